"""Whom or where something is sent: somebody, somebody new, a place, or a new place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from apps.companies import services as companies
from apps.companies.bodies import CompanyAddressRequest
from apps.companies.models import Address, Company
from apps.core.actor import Actor, Permission
from apps.core.api.fields import named
from apps.core.errors import Invalid, renamed
from apps.core.roles import CLIENT_ROLES

from . import services
from .bodies import NAMES
from .external_ids import set_external_ids
from .models import User
from .tags import set_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Exactly one of them is given. `employee` are fields of `accounts.create`, `tags`
    by their ids, and `external_ids`; `new_address` those of `companies.create_address`:
    they are made with whatever is sent to them, or not at all."""

    user: User | None = None
    employee: Mapping[str, Any] | None = None
    address: Address | None = None
    new_address: Mapping[str, Any] | None = None

    def require_one(self, company: Company) -> None:
        """Raises Invalid `one_target`, `unknown_employee` or `unknown_address`."""
        given = [self.user, self.employee, self.address, self.new_address]
        if sum(one is not None for one in given) != 1:
            raise Invalid(
                "one_target",
                _(
                    "Say where it goes by exactly one of employeeId, employee, "
                    "companyAddressId and companyAddress."
                ),
            )
        user, address = self.user, self.address
        if user and (user.company_id != company.id or user.role in CLIENT_ROLES):
            raise unknown_employee(user.pk)
        if address and (address.company_id != company.id or not address.is_active):
            raise unknown_address(address.pk)


def unknown_employee(key: object) -> Invalid:
    told = _("There is no employee %(id)s.") % {"id": key}
    return Invalid("unknown_employee", told, field="employee_id")


def unknown_address(key: object) -> Invalid:
    told = _("There is no company address %(id)s.") % {"id": key}
    return Invalid("unknown_address", told, field="company_address_id")


@transaction.atomic
def receiver(target: Target, *, actor: Actor, company: Company) -> User | Address:
    """The one it is; who or what is new is added. Refuses as the verbs do that add
    them, naming where that stands in the request."""
    if target.employee is not None:
        fields = dict(target.employee)
        tags, ids = fields.pop("tags", ()), fields.pop("external_ids", {})
        with renamed(NAMES, under="employee"):
            user = services.create(actor=actor, company=company, **fields)
            tagged = actor.for_consequences(company.id, Permission.PEOPLE_EDIT)
            user = set_tags(user, tags, actor=tagged) if tags else user
            return set_external_ids(user, ids, actor=tagged) if ids else user
    if target.new_address is not None:
        with named(CompanyAddressRequest, under="company_address"):
            return companies.create_address(
                actor=actor, company=company, **target.new_address
            )
    return cast(User | Address, target.user or target.address)  # `require_one`
