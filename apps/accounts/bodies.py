"""People as bodies of requests state them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.validators import validate_email
from django.utils.translation import gettext as _

from apps.companies.bodies import DeliveryAddressRequest, columns_of, names_under
from apps.companies.models import Country
from apps.core.actor import Role
from apps.core.api import fields
from apps.core.api.facts import Facts
from apps.core.clean import one_line
from apps.core.errors import Invalid

from .fields import FIELDS
from .shapes import APART, CALLED

# What bodies call the fields that refusals of the verbs name.
_COLUMNS = {"full_name": "parcel_name", "phone": "parcel_phone"}
NAMES = {
    "first_name": "full_name",
    "last_name": "full_name",
    "job_title": "position",
    "start_on": "start_date",
    "country_code": "address/country_code",
    "country": "address/country",
    **{_COLUMNS.get(c, c): name for c, name in names_under("address").items()},
}


class EmployeeFacts(Facts):
    """What is known of a person and may be changed."""

    table = FIELDS
    apart = APART
    called = CALLED

    full_name = fields.Text(required=False, max_length=256)
    email = fields.Text(required=False, max_length=254, validators=[validate_email])
    private_email = fields.Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=254,
        validators=[validate_email],
    )
    role = fields.OneOf(choices=list(Role), required=False)
    start_date = fields.Day(required=False, allow_null=True)
    tags = fields.Several(fields.Id(), required=False)
    address = DeliveryAddressRequest(required=False, allow_null=True)
    external_ids = fields.ExternalIds(required=False, allow_null=True)

    @classmethod
    def columns(
        cls, said: Mapping[str, Any], countries: Collection[Country] | None = None
    ) -> dict[str, Any]:
        """As `accounts.services` takes them; tags and ids of other systems are apart.
        Who reads many bodies gives the `countries`. Raises Invalid."""
        found = cls.values(said)
        if "full_name" in said:
            found |= split(said["full_name"])
        for name in ("email", "role"):
            if name in said:
                found[name] = said[name]
        if "private_email" in said:
            found["private_email"] = said["private_email"] or ""
        if "start_date" in said:
            found["start_on"] = said["start_date"]
        if "address" in said:
            found |= _address(said["address"], countries)
        return found


class CreateEmployeeRequest(EmployeeFacts):
    """Somebody new. `equipmentIds` are products of the catalogue: what they shall get
    waits as a draft of an order, for approval."""

    full_name = fields.Text(max_length=256)
    email = fields.Text(max_length=254, validators=[validate_email])
    equipment_ids = fields.Several(fields.Id(), required=False)


class UpdateUserRequest(EmployeeFacts):
    """What is absent stays as it is, null clears."""


class UpdateOneUserRequest(UpdateUserRequest):
    """One of many: by `id`, else by `email`, which then stays as it is."""

    id = fields.Id(required=False)


def split(full_name: str) -> dict[str, str]:
    """At the last space (design, section 6). Raises Invalid `no_name`, `too_long`."""
    name = one_line(full_name)
    if not name:
        raise Invalid("no_name", _("Say what they are called."), field="full_name")
    first, _space, last = name.rpartition(" ")
    found = {"first_name": first or last, "last_name": last if first else ""}
    for column, longest in FIELDS.lengths(found).items():
        if len(found[column]) > longest:
            told = _("This is too long: at most %(count)d characters.")
            raise Invalid("too_long", told % {"count": longest}, field="full_name")
    return found


_CLEARED = {
    **dict.fromkeys(("street", "street2", "city", "region", "postal_code"), ""),
    **dict.fromkeys(_COLUMNS.values(), ""),
    "country_id": None,
}


def _address(
    said: Mapping[str, Any] | None, countries: Collection[Country] | None
) -> dict[str, Any]:
    """null clears all of it; of an object, what it states."""
    if said is None:
        return dict(_CLEARED)
    stated = columns_of(said, countries)
    return {_COLUMNS.get(name, name): value for name, value in stated.items()}
