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
    "street2": _("Address line 2"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "region": _("State or province"),
    "country": _("Country"),
    "contact_name": _("Contact person"),
    "contact_phone": _("Phone of the contact person"),
    "contact_email": _("E-mail of the contact person"),
    "supported_countries": _("Countries served"),
    "is_order_supported": _("Orders are delivered here"),
    "is_default": _("Default place"),
    "is_active": _("In use"),
}


@dataclass(slots=True, kw_only=True)
class ChangedPlace(Place):
    changed: list[Annotated[str, Text("name of a field")]]

    def words(self, names: Names) -> dict[str, str]:
        told = (label for name, label in LABELS.items() if name in self.changed)
        return {"changed": ", ".join(map(str, told))}


EntityName = Annotated[str, Text("what a legal entity is called in its register")]
TagName = Annotated[str, Text("what a company calls one of its tags")]


@dataclass(slots=True, kw_only=True)
class LegalEntity(Payload):
    legal_name: EntityName

    def thing(self) -> str:
        return self.legal_name


ENTITY_LABELS = {
    "legal_name": _("Legal name"),
    "street": _("Street"),
    "street2": _("Address line 2"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "region": _("State or province"),
    "country": _("Country"),
    "invoicing_email": _("E-mail for invoices"),
    "currency": _("Currency"),
    "vat_id": _("VAT number"),
    "is_vat_validated": _("VAT number is validated"),
    "is_default": _("Default legal entity"),
}


@dataclass(slots=True, kw_only=True)
class ChangedEntity(LegalEntity):
    changed: list[Annotated[str, Text("name of a field")]]

    def words(self, names: Names) -> dict[str, str]:
        told = (label for name, label in ENTITY_LABELS.items() if name in self.changed)
        return {"changed": ", ".join(map(str, told))}


@dataclass(slots=True, kw_only=True)
class NamedTag(Payload):
    name: TagName

    def thing(self) -> str:
        return self.name


@dataclass(slots=True, kw_only=True)
class RenamedTag(NamedTag):
    old_name: TagName

    def words(self, names: Names) -> dict[str, str]:
        return {"old_name": self.old_name, "name": self.name}


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
ENTITY_CREATED = declare(
    "entity.created",
    LegalEntity,
    _("%(thing)s was added as a legal entity"),
    icon="building",
)
ENTITY_UPDATED = declare(
    "entity.updated",
    ChangedEntity,
    _("%(thing)s was changed: %(changed)s"),
    icon="building",
)
ENTITY_ARCHIVED = declare(
    "entity.archived",
    LegalEntity,
    _("%(thing)s is no longer invoiced"),
    icon="building",
)
TAG_CREATED = declare(
    "tag.created", NamedTag, _("The tag %(thing)s was added"), icon="user"
)
TAG_RENAMED = declare(
    "tag.renamed",
    RenamedTag,
    _("The tag %(old_name)s is called %(name)s now"),
    icon="user",
)
TAG_DELETED = declare(
    "tag.deleted", NamedTag, _("The tag %(thing)s was deleted"), icon="user"
)
