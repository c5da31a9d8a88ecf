"""Who acts: the one value every verb and every `visible_to` takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from . import permissions, texts
from .errors import NotAllowed
from .permissions import RIGHTS, Permission, Reach
from .roles import PLATFORM_ROLES, ActorKind, Role

_OF_SOME_THINGS = frozenset({Reach.PLACES, Reach.OWN})


class Thing(Protocol):
    """A row of a company (`core.tenancy.TenantModel`)."""

    company_id: Any

    def is_within_reach(self, actor: Actor, permission: Permission) -> bool: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in one company, a leaver on a signed link, or the system itself.

    `company_id` is the tenant that limits what is held in a company, at places or for
    own things; None for the system.
    """

    kind: ActorKind
    id: UUID | None = None
    company_id: UUID | None = None
    role: Role | None = None
    address_ids: frozenset[UUID] = frozenset()
    warehouse_ids: frozenset[UUID] = frozenset()
    # What a verb that calls another one declares; see `for_consequences`.
    granted: frozenset[Permission] = frozenset()
    granted_in: UUID | None = None

    @property
    def is_staff(self) -> bool:
        return self.role in PLATFORM_ROLES

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        """Of what the role holds it; empty: of nothing."""
        return permissions.reaches(self.role or self.kind, permission)

    def holds(self, permission: Permission, *, beyond_own: bool = False) -> bool:
        """Whether there may be anything it is held of: what a page or a button asks
        before it knows the thing. `beyond_own`: of more than their own things."""
        own = {Reach.OWN} if beyond_own else frozenset()
        return bool(self.reaches(permission) - own)

    def may(self, permission: Permission, thing: UUID | Thing | None) -> bool:
        """Whether it is held of this thing; for a company's id, of all of that
        company; for None, of the installation.

        Costs a query only where it is held at places or of own things.
        """
        company_id = thing if isinstance(thing, UUID) or not thing else thing.company_id
        held = self.reaches(permission)
        if Reach.EVERYWHERE in held:
            return True
        if company_id is None:
            return False
        if Reach.COMPANY in held and company_id == self.company_id:
            return True
        if permission in self.granted and company_id == self.granted_in:
            return True
        if thing is None or isinstance(thing, UUID) or not held & _OF_SOME_THINGS:
            return False
        return thing.is_within_reach(self, permission)

    def require(self, permission: Permission, thing: UUID | Thing | None) -> None:
        """Raises NotAllowed `not_allowed` unless they may. First line of every verb."""
        if not self.may(permission, thing):
            raise NotAllowed(texts.NOT_ALLOWED())

    def for_consequences(self, company_id: UUID, *granted: Permission) -> Actor:
        """The same actor with the rights that what follows from a verb needs, in that
        company: the verb has asked for its own right, and names these itself. Nothing
        a verb grants outlives its calls, or reaches the verbs that those call."""
        return replace(self, granted=frozenset(granted), granted_in=company_id)

    def may_give(self, role: str) -> bool:
        rights = RIGHTS.get(self.role or self.kind)
        return rights is not None and role in rights.gives


SYSTEM = Actor(ActorKind.SYSTEM)

__all__ = ["SYSTEM", "Actor", "ActorKind", "Permission", "Reach", "Role", "Thing"]
