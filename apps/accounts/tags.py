"""Which tags people have."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.companies.tags import hold
from apps.core.actor import Actor, Permission
from apps.events.services import record_many

from . import events
from .models import User, UserTag
from .services import draft, lock, require_not_erased


@transaction.atomic
def set_tags(
    user: User, tags: Collection[UUID], *, actor: Actor, at: datetime | None = None
) -> User:
    """From now on they have these tags, by their ids, and no others.

    Raises Conflict `user_erased`, Invalid `unknown_tag` also for one of another
    company.
    """
    actor.require(Permission.PEOPLE_EDIT, user.company_id)
    user = lock(user)
    require_not_erased(user)
    wanted = {tag.id for tag in hold(tags, company_id=user.company_id)}
    had = _tags_of(user)
    _write(user, sorted(wanted - had), sorted(had - wanted), actor=actor, at=at)
    return user


@transaction.atomic
def retag(
    user: User,
    *,
    actor: Actor,
    add: Collection[UUID] = (),
    remove: Collection[UUID] = (),
) -> bool:
    """They have these tags, and those no more; others stay. False if it was so already.
    Same refusals as `set_tags`."""
    actor.require(Permission.PEOPLE_EDIT, user.company_id)
    user = lock(user)
    require_not_erased(user)
    wanted = {tag.id for tag in hold(add, company_id=user.company_id)}
    had = _tags_of(user)
    added, removed = sorted(wanted - had), sorted(had.intersection(remove) - wanted)
    return _write(user, added, removed, actor=actor)


def _tags_of(user: User) -> set[UUID]:
    rows = UserTag.objects.filter(company_id=user.company_id, user=user)
    return set(rows.values_list("tag_id", flat=True))


def _write(
    user: User,
    added: list[UUID],
    removed: list[UUID],
    *,
    actor: Actor,
    at: datetime | None = None,
) -> bool:
    if not added and not removed:
        return False
    rows = UserTag.objects.filter(company_id=user.company_id, user=user)
    rows.filter(tag_id__in=removed).delete()
    UserTag.objects.bulk_create(
        UserTag(company_id=user.company_id, user=user, tag_id=tag) for tag in added
    )
    user.save(update_fields=["updated_at"])
    told = draft(events.USER_TAGGED, user, at=at, added=added, removed=removed)
    record_many([told], actor=actor)
    return True
