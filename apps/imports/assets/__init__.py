from .facts import UNKNOWN_CATEGORY
from .rules import AssetRules

__all__ = ["UNKNOWN_CATEGORY", "AssetRules"]
