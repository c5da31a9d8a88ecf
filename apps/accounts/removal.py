"""Taking people out of the books whom an import brought into them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core import references
from apps.core.actor import Actor
from apps.core.errors import Conflict, DomainError
from apps.events import services as events

from . import payloads
from .models import User


@transaction.atomic
def remove_many(
    versions: Mapping[UUID, datetime | None],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID,
) -> dict[UUID, DomainError]:
    """Deletes people, as if they had never been added; their events stay.

    Only those who are still as they were at `versions` (`updated_at`), can't sign in
    and that nothing refers to. Returns the refusals; who is gone already is none.
    """
    actor.require_manage(company.id)
    people = list(
        User.objects.select_for_update(of=("self",))
        .filter(pk__in=versions, company=company)
        .order_by("pk")
    )
    ids = [person.id for person in people]
    used = references.used(User, ids, company_id=company.id)
    refused: dict[UUID, DomainError] = {}
    for person in people:
        message = ""
        if name := used.get(person.id):
            message = _("%(name)s is in use: %(thing)s.")
            message %= {"name": person.name, "thing": name}
        elif person.login_id:
            message = _("%(name)s can sign in.") % {"name": person.name}
        elif person.updated_at != versions[person.id]:
            message = _("%(name)s was changed after the import.")
            message %= {"name": person.name}
        if message:
            refused[person.id] = Conflict("in_use", message)
    gone = [person for person in people if person.id not in refused]
    User.objects.filter(pk__in=[person.id for person in gone]).delete()
    events.record_many(
        (
            events.Draft(
                "user.removed",
                company.id,
                "user",
                person.id,
                payloads.user(person),
                [batch_id],
            )
            for person in gone
        ),
        actor=actor,
    )
    return refused
