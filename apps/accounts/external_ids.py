"""By which ids other systems know people."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from apps.core import external_ids
from apps.core.actor import Actor, Permission
from apps.events.services import record_many

from . import events
from .models import User, UserExternalId
from .services import draft, lock, require_not_erased


@transaction.atomic
def set_external_ids(
    user: User, ids: Mapping[str, str | None], *, actor: Actor
) -> User:
    """Their ids in these systems; None takes one away, other systems stay.

    Raises Conflict `user_erased`, `external_id_taken`, Invalid `bad_system`,
    `bad_external_id`.
    """
    actor.require(Permission.PEOPLE_EDIT, user.company_id)
    user = lock(user)
    require_not_erased(user)
    owner = {"company_id": user.company_id, "user_id": user.id}
    written, removed = external_ids.write(UserExternalId, owner, ids)
    if not written and not removed:
        return user
    user.save(update_fields=["updated_at"])
    told = {"written": written, "removed": removed}
    record_many([draft(events.USER_EXTERNAL_IDS_SET, user, **told)], actor=actor)
    return user
