"""What is decided about a device."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.imports.columns.fields import KEYS as ALL_KEYS
from apps.imports.states import Kind
from apps.inventory.models import Asset

from .outcome import Decision
from .references import Wanted

KEYS = ALL_KEYS[Kind.ASSETS]
Holder = User | Address | Wanted | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is to be."""

    state: str
    holder: Holder = None
    reason: str = ""


@dataclass(slots=True)
class AssetDecision(Decision):
    target: Asset | None = None
    product: Product | Wanted | None = None
    place: Place | None = None
