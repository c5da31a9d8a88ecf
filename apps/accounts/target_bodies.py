"""What requests say of whom and where something goes to: to exactly one of an employee,
a new one, a place and a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.validators import validate_email
from django.utils.translation import gettext as _

from apps.companies.billing import unknown_entity
from apps.companies.bodies import CompanyAddressRequest, columns, columns_of
from apps.companies.models import Address, Company, Entity
from apps.core.actor import Actor
from apps.core.api import fields
from apps.core.errors import Invalid, renamed

from .bodies import NAMES, CreateEmployeeRequest
from .models import User
from .targets import (
    Target,
    unknown_address,
    unknown_employee,
)


def mailbox(**kwargs: Any) -> fields.Text:
    return fields.Text(max_length=254, validators=[validate_email], **kwargs)


class TargetRequest(fields.Body):
    """Exactly one of the four."""

    employee_id = fields.Id(
        required=False,
        help_text="Existing employee ID. Mutually exclusive with employee.",
    )
    employee = CreateEmployeeRequest(
        required=False,
        help_text="Create a new employee inline. Mutually exclusive with employeeId.",
    )
    company_address_id = fields.Id(
        required=False,
        help_text=(
            "Existing company address ID. Mutually exclusive with companyAddress."
        ),
    )
    company_address = CompanyAddressRequest(
        required=False,
        help_text=(
            "Create a new company address inline. Mutually exclusive with "
            "companyAddressId."
        ),
    )


# --- What they say, by the names of the verbs --------------------------------


def target_of(said: Mapping[str, Any], actor: Actor, company: Company) -> Target:
    """Of a TargetRequest. Raises Invalid with the pointer of what is wrong; what is
    not visible to the actor is unknown."""
    employee, place = said.get("employee"), said.get("company_address")
    return Target(
        user=_found(
            User.objects.visible_to(actor), said.get("employee_id"), unknown_employee
        ),
        employee=None if employee is None else _employee(employee),
        address=_found(
            Address.objects.visible_to(actor),
            said.get("company_address_id"),
            unknown_address,
        ),
        new_address=None if place is None else columns(place),
    )


def entity_of(said: Mapping[str, Any], actor: Actor) -> Entity | None:
    """By `companyEntityId`. Raises Invalid `unknown_entity`."""
    entities = Entity.objects.visible_to(actor)
    found: Entity | None = _found(
        entities, said.get("company_entity_id"), unknown_entity
    )
    return found


def delivery_of(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of `deliveryAddress`, by the names of `accounts.delivery`; None if it is absent.
    Raises Invalid `unknown_country`."""
    stated = said.get("delivery_address")
    if stated is None:
        return None
    with renamed(under="delivery_address"):
        return columns_of(stated)


def _found(rows: Any, pk: Any, unknown: Callable[[object], Invalid]) -> Any:
    if pk is None:
        return None
    thing = rows.filter(pk=pk).first()
    if thing is None:
        raise unknown(pk)
    return thing


def _employee(said: Mapping[str, Any]) -> dict[str, Any]:
    if said.get("equipment_ids"):
        raise Invalid(
            "equipment_of_employee",
            _("Name what they get in the request itself: leave this out."),
            field="employee/equipment_ids",
        )
    with renamed(NAMES, under="employee"):
        return {
            **CreateEmployeeRequest.columns(said),
            "tags": said.get("tags", []),
            "external_ids": said.get("external_ids") or {},
        }
