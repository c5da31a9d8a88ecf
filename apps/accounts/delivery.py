"""Where something is delivered: the columns of a workflow that keep it as it was when
it was asked for, and what the API calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.companies.bodies import names_under
from apps.companies.models import Address, Country
from apps.core.clean import fitting
from apps.core.errors import Invalid

from .models import User

DELIVERY = names_under("delivery_address")
PLACE = ("street", "street2", "city", "region", "postal_code", "country_id")


def own_address(to: User | Address) -> dict[str, Any]:
    """Where the receiver is, by the names of DELIVERY; a shelf stands where its
    warehouse does."""
    if isinstance(to, User):
        own = {name: getattr(to, name) for name in PLACE}
        return {**own, "full_name": to.recipient, "phone": to.recipient_phone}
    stands = to.warehouse or to
    own = {name: getattr(stands, name) for name in PLACE}
    return {**own, "full_name": to.contact_name, "phone": to.contact_phone}


def set_delivery(
    workflow: models.Model, to: User | Address, stated: Mapping[str, Any] | None
) -> None:
    """Sets the columns of DELIVERY: the `stated` address as a whole, in which a missing
    name or telephone is the receiver's; None: the receiver's own.

    Raises Invalid `unknown_country` or `too_long`, naming the field.
    """
    where = own_address(to)
    if stated is not None:
        named = {name: where[name] for name in ("full_name", "phone")}
        where = {**named, **{name: value for name, value in stated.items() if value}}
    for name, field in DELIVERY.items():
        if name == "country_id":
            _set_country(workflow, where.get(name) or "", field)
        else:
            column = workflow._meta.get_field(name)
            text = fitting(column, where.get(name) or "", field=field)
            setattr(workflow, name, text)


def _set_country(workflow: models.Model, code: str, field: str) -> None:
    if code and not Country.objects.filter(code=code).exists():
        raise Invalid(
            "unknown_country",
            _("There is no country %(code)s: write its two letters, like PL.")
            % {"code": code[:8]},
            field=field,
        )
    workflow.country_id = code or None  # type: ignore[attr-defined]
