"""What happens to companies and their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from apps.events.names import Names
from apps.events.payloads import Payload, PlaceName, Text
from apps.events.registry import declare

from .models import Address


@dataclass(slots=True, kw_only=True)
class NewCompany(Payload):
    name: Annotated[str, Text("what the company is called")]
    slug: Annotated[str, Text("its short name in addresses")]

    def thing(self) -> str:
        return self.name


@dataclass(slots=True, kw_only=True)
class Place(Payload):
    address_name: PlaceName

    def thing(self) -> str:
        return self.address_name


@dataclass(slots=True, kw_only=True)
class NewPlace(Place):
    type: Address.Type


LABELS = {
    "name": _("Name"),
    "type": _("Kind of place"),
    "warehouse": _("Warehouse"),
    "street": _("Street"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
    "is_default": _("Default place"),
}


@dataclass(slots=True, kw_only=True)
class ChangedPlace(Place):
    changed: list[Annotated[str, Text("name of a field")]]

    def words(self, names: Names) -> dict[str, str]:
        told = (label for name, label in LABELS.items() if name in self.changed)
        return {"changed": ", ".join(map(str, told))}


COMPANY_CREATED = declare(
    "company.created", NewCompany, _("The company joined"), icon="building"
)
ADDRESS_CREATED = declare(
    "address.created", NewPlace, _("%(thing)s was added as a place"), icon="building"
)
ADDRESS_UPDATED = declare(
    "address.updated",
    ChangedPlace,
    _("%(thing)s was changed: %(changed)s"),
    icon="building",
)
ADDRESS_REMOVED = declare(
    "address.removed",
    Place,
    _("%(thing)s was taken out: its import was undone"),
    icon="building",
)
