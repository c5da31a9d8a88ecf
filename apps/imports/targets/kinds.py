"""One set of rules per kind of file."""

from __future__ import annotations

from apps.imports.models import Batch
from apps.imports.states import Kind

from .assets import AssetRules
from .people import PeopleRules

Rules = AssetRules | PeopleRules


def rules_for(batch: Batch) -> Rules:
    return AssetRules(batch) if batch.kind == Kind.ASSETS else PeopleRules(batch)
