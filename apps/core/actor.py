"""Who acts: the one value every verb and every `visible_to` takes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from .errors import NotAllowed


class Role(enum.StrEnum):
    EMPLOYEE = "EMPLOYEE"
    COMPANY_ADMIN = "COMPANY_ADMIN"
    STORAGE = "STORAGE"
    TEQUIPY_ADMIN = "TEQUIPY_ADMIN"
    INTERNAL_ADMIN = "INTERNAL_ADMIN"
    API_CLIENT = "API_CLIENT"
    API_CLIENT_READONLY = "API_CLIENT_READONLY"
    AI_AGENT = "AI_AGENT"


COMPANY_ROLES = frozenset({Role.EMPLOYEE, Role.COMPANY_ADMIN, Role.STORAGE})
PLATFORM_ROLES = frozenset({Role.TEQUIPY_ADMIN, Role.INTERNAL_ADMIN})
COMPANY_READERS = frozenset(
    {Role.COMPANY_ADMIN, Role.API_CLIENT, Role.API_CLIENT_READONLY, Role.AI_AGENT}
)
COMPANY_WRITERS = frozenset({Role.COMPANY_ADMIN, Role.API_CLIENT})


class ActorKind(enum.StrEnum):
    USER = "USER"
    LEAVER = "LEAVER"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in one company, a leaver on a signed link, or the system itself.

    `company_id` is the tenant that limits everything the actor sees; it is None
    for the system and for platform roles, who see all companies.
    """

    kind: ActorKind
    id: UUID | None = None
    company_id: UUID | None = None
    role: Role | None = None
    address_ids: frozenset[UUID] = frozenset()
    warehouse_ids: frozenset[UUID] = frozenset()

    @property
    def sees_everything(self) -> bool:
        return self.kind is ActorKind.SYSTEM or self.role in PLATFORM_ROLES

    @property
    def reads_company(self) -> bool:
        return self.role in COMPANY_READERS

    @property
    def is_company_admin(self) -> bool:
        return self.role is Role.COMPANY_ADMIN

    @property
    def is_warehouse(self) -> bool:
        return self.role is Role.STORAGE

    @property
    def is_employee(self) -> bool:
        return self.role is Role.EMPLOYEE

    @property
    def is_staff(self) -> bool:
        return self.role in PLATFORM_ROLES

    def may_manage(self, company_id: UUID) -> bool:
        """May change anything of that company."""
        if self.sees_everything:
            return True
        return self.role in COMPANY_WRITERS and self.company_id == company_id

    def require_manage(self, company_id: UUID) -> None:
        if not self.may_manage(company_id):
            raise NotAllowed("not_allowed", _("Only a company admin can do this."))


SYSTEM = Actor(ActorKind.SYSTEM)
