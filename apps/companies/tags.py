"""Tags: team or role labels. Who has which one stands in accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from apps.core.actor import Actor, Permission
from apps.core.clean import tidy
from apps.core.errors import Conflict, Invalid
from apps.core.keys import key
from apps.events.services import Draft, record_many

from . import events
from .models import Company, Tag


@transaction.atomic
def create_tag(
    *, actor: Actor, company: Company, name: str, at: datetime | None = None
) -> Tag:
    """Raises Conflict `tag_name_taken`, Invalid `no_name`, `too_long`."""
    actor.require(Permission.TAGS_EDIT, company.id)
    tag = Tag(company=company, name=name)
    _save(tag)
    told = events.NamedTag(name=tag.name)
    draft = Draft(events.TAG_CREATED, company.id, tag.id, told, (), at)
    record_many([draft], actor=actor)
    return tag


@transaction.atomic
def rename_tag(tag: Tag, *, actor: Actor, name: str) -> Tag:
    """Same refusals as `create_tag`."""
    actor.require(Permission.TAGS_EDIT, tag.company_id)
    tag = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    before, tag.name = tag.name, name
    _check(tag)
    if tag.name == before:
        return tag
    _save(tag)
    told = events.RenamedTag(name=tag.name, old_name=before)
    draft = Draft(events.TAG_RENAMED, tag.company_id, tag.id, told)
    record_many([draft], actor=actor)
    return tag


@transaction.atomic
def delete_tag(tag: Tag, *, actor: Actor) -> None:
    """Takes it from all who have it. Raises Conflict `tag_in_use` while something else
    goes by it. What is gone already stays so."""
    actor.require(Permission.TAGS_EDIT, tag.company_id)
    found = Tag.objects.select_for_update().filter(pk=tag.pk).first()
    if found is None:
        return
    name = found.name
    try:
        found.delete()
    except ProtectedError as error:
        users = ", ".join(sorted({str(one) for one in error.protected_objects})[:3])
        raise Conflict(
            "tag_in_use",
            _("The tag %(name)s is still used by: %(users)s.")
            % {"name": name, "users": users},
        ) from error
    told = events.NamedTag(name=name)
    draft = Draft(events.TAG_DELETED, tag.company_id, tag.id, told)
    record_many([draft], actor=actor)


def hold(ids: Collection[UUID], *, company_id: UUID) -> list[Tag]:
    """Those tags of the company, which nobody deletes until the transaction ends;
    renaming goes on. Raises Invalid `unknown_tag`."""
    found = Tag.objects.raw(
        "SELECT * FROM companies_tag WHERE company_id = %s AND id = ANY(%s) "
        "ORDER BY id FOR KEY SHARE",
        [company_id, list(ids)],
    )
    tags = list(found)
    if missing := sorted(set(ids) - {tag.id for tag in tags}):
        sentence = _("There is no tag with the id %(id)s.") % {"id": missing[0]}
        raise Invalid("unknown_tag", sentence, field="tags")
    return tags


def _check(tag: Tag) -> None:
    tidy(tag, ["name"])
    if key(tag.name) is None:
        raise Invalid("no_name", _("A tag needs a name."), field="name")


def _save(tag: Tag) -> None:
    _check(tag)
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        raise Conflict(
            "tag_name_taken",
            _("There is a tag named %(name)s already.") % {"name": tag.name},
            field="name",
        ) from error
