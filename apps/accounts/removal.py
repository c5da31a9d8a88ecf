"""Taking people out of the register whom an import brought into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.companies.models import Company
from apps.core import references
from apps.core.actor import Actor, Permission, Role
from apps.core.errors import Conflict
from apps.events.services import Draft, record_many

from . import events, texts
from .models import User
from .states import UserState


@transaction.atomic
def remove_many(
    versions: Mapping[UUID, datetime | None],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID,
) -> references.Refused:
    """Deletes people, as if they had never been added; their events stay.

    Only those who are still as they were at `versions` (`updated_at`), can't sign in
    and that nothing refers to. Returns the refusals; who is gone already is none.
    """
    actor.require(Permission.PEOPLE_REMOVE, company.id)

    def refuse(people: Sequence[User]) -> references.Refused:
        refused: references.Refused = {}
        for person in people:
            if person.login_id:
                refused[person.id] = Conflict(texts.HAS_LOGIN(name=person.name))
            elif person.updated_at != versions[person.id]:
                refused[person.id] = references.changed_since(person)
        return refused

    gone, refused = references.remove_unused(
        User, versions, company_id=company.id, refuse=refuse
    )
    record_many((_removed(person, batch_id) for person in gone), actor=actor)
    return refused


def _removed(person: User, batch_id: UUID) -> Draft:
    payload = events.Person(role=Role(person.role), state=UserState(person.state))
    return Draft(events.USER_REMOVED, person.company_id, person.id, payload, [batch_id])
