"""Comments on devices. Their text is personal: no event tells it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.clean import lines
from apps.core.errors import Conflict, Invalid
from apps.events.registry import EventType
from apps.events.services import record
from apps.inventory import events
from apps.inventory.models import Asset, Comment

COMMENT_LONGEST = 5_000


@transaction.atomic
def comment(asset: Asset, text: str, *, actor: Actor) -> Comment:
    """Says something about it. Raises Invalid `no_text`, `too_long`."""
    actor.require(Permission.COMMENTS_ADD, asset)
    made = Comment.objects.create(
        company_id=asset.company_id,
        asset=asset,
        author_id=actor.id,
        text=_text(text),
    )
    _record(events.ASSET_COMMENT_ADDED, made, actor=actor)
    return made


def _text(said: str) -> str:
    text = lines(said)
    if not text:
        raise Invalid("no_text", _("Write something."), field="text")
    if len(text) > COMMENT_LONGEST:
        told = _("This is too long: at most %(count)d characters.")
        raise Invalid("too_long", told % {"count": COMMENT_LONGEST}, field="text")
    return text


@transaction.atomic
def edit_comment(
    comment: Comment, text: str, *, actor: Actor, seen: str | None = None
) -> Comment:
    """Says it otherwise. Raises Invalid as `comment`, Conflict `comment_removed`,
    `changed_meanwhile` unless it is as it was `seen` (`Comment.version`)."""
    actor.require(Permission.COMMENTS_EDIT, comment)
    comment = _lock(comment)
    if comment.removed_at is not None:
        raise Conflict("comment_removed", _("This comment was removed meanwhile."))
    _require_unchanged(comment, seen)
    text = _text(text)
    if text == comment.text:
        return comment
    comment.text, comment.edited_at = text, timezone.now()
    comment.save(update_fields=["text", "edited_at"])
    _record(events.ASSET_COMMENT_EDITED, comment, actor=actor)
    return comment


@transaction.atomic
def remove_comment(
    comment: Comment, *, actor: Actor, seen: str | None = None
) -> Comment:
    """Takes its text away; removed twice is once. Raises Conflict `changed_meanwhile`
    unless it is as it was `seen`."""
    actor.require(Permission.COMMENTS_EDIT, comment)
    comment = _lock(comment)
    if comment.removed_at is not None:
        return comment
    _require_unchanged(comment, seen)
    comment.text, comment.removed_at = "", timezone.now()
    comment.save(update_fields=["text", "removed_at"])
    _record(events.ASSET_COMMENT_REMOVED, comment, actor=actor)
    return comment


@transaction.atomic
def forget(user: User, *, actor: Actor) -> int:
    """Takes away what somebody who is erased has said; how many comments."""
    actor.require(Permission.PEOPLE_ERASE, user)
    theirs = Comment.objects.filter(company_id=user.company_id, author_id=user.pk)
    return theirs.filter(removed_at=None).update(text="", removed_at=timezone.now())


def _require_unchanged(comment: Comment, seen: str | None) -> None:
    if seen is not None and seen != comment.version:
        told = _("This comment was changed meanwhile: read it again.")
        raise Conflict("changed_meanwhile", told)


def _lock(comment: Comment) -> Comment:
    return Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)


def _record(
    type_: EventType[events.DeviceComment], comment: Comment, *, actor: Actor
) -> None:
    asset = comment.asset
    told = events.DeviceComment(
        product_id=asset.product_id,
        serial_number=asset.serial_number,
        asset_tag=asset.asset_tag,
        comment_id=comment.id,
    )
    record(type_, told, actor=actor, company_id=asset.company_id, subject_id=asset.id)
