from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.core.lists import List, understood
from apps.events.registry import EventType
from apps.events.services import Draft, record_many

from . import events
from .models import SavedView

# A row of tabs is no menu.
MOST = 20


@transaction.atomic
def save(
    owner: User,
    *,
    actor: Actor,
    of: List,
    name: str,
    query: str,
    is_shared: bool = False,
) -> SavedView:
    """A view of the owner's, or of the whole company; one of that name is replaced.

    Raises Invalid `no_name`, `too_long`, `too_many_views`, and `bad_query` for what the
    list does not understand.
    """
    actor.require(Permission.VIEWS_SAVE, owner)
    if is_shared:
        actor.require(Permission.VIEWS_SHARE, owner.company_id)
    name = one_line(name)
    _check(name, query)
    understood(of, query, actor)
    return _write(owner, of, name, query, is_shared, actor)


@transaction.atomic
def choose_columns(
    owner: User, *, actor: Actor, of: List, columns: Sequence[str]
) -> SavedView:
    """With which columns the list opens for its owner; none are the usual ones. No
    event tells of it: it changes nothing that anybody else sees.

    Raises Invalid `bad_query`.
    """
    actor.require(Permission.VIEWS_SAVE, owner)
    query = f"columns={','.join(columns)}" if columns else ""
    understood(of, query, actor)
    view, _is_new = SavedView.objects.update_or_create(
        company_id=owner.company_id,
        owner=owner,
        list_name=of.name,
        name="",
        is_shared=False,
        defaults={"query": query},
    )
    return view


@transaction.atomic
def delete(view: SavedView, *, actor: Actor) -> None:
    """What is gone already stays so."""
    _require(view, actor)
    found = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if found is None:
        return
    _require(found, actor)
    _record(events.VIEW_DELETED, found, actor)
    found.delete()


def _require(view: SavedView, actor: Actor) -> None:
    if view.is_shared:
        actor.require(Permission.VIEWS_SHARE, view.company_id)
    else:
        actor.require(Permission.VIEWS_SAVE, view.owner)


def _check(name: str, query: str) -> None:
    if not name:
        raise Invalid("no_name", _("A view needs a name."), field="name")
    longest = SavedView._meta.get_field("name").max_length or 0
    if len(name) > longest:
        sentence = _("At most %(n)d characters.") % {"n": longest}
        raise Invalid("too_long", sentence, field="name")
    if len(query) > (SavedView._meta.get_field("query").max_length or 0):
        sentence = _("There are too many filters for one view.")
        raise Invalid("too_long", sentence, field="query")


def _write(
    owner: User, of: List, name: str, query: str, is_shared: bool, actor: Actor
) -> SavedView:
    same = {
        "company_id": owner.company_id,
        "list_name": of.name,
        "name": name,
        "is_shared": is_shared,
    }
    if not is_shared:
        same["owner"] = owner
    found = SavedView.objects.select_for_update().filter(**same).first()
    if found is not None:
        if found.query != query:
            found.query = query
            found.save(update_fields=["query", "updated_at"])
            _record(events.VIEW_CHANGED, found, actor)
        return found
    _require_room(owner, of, is_shared)
    view = SavedView(**{**same, "owner": owner}, query=query)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        sentence = _("Somebody saved a view of this name just now: look at it first.")
        raise Conflict("view_name_taken", sentence, field="name") from error
    _record(events.VIEW_SAVED, view, actor)
    return view


def _require_room(owner: User, of: List, is_shared: bool) -> None:
    rows = SavedView.objects.filter(company_id=owner.company_id, list_name=of.name)
    rows = rows.filter(is_shared=True) if is_shared else rows.filter(owner=owner)
    if rows.exclude(name="").count() >= MOST:
        sentence = _("There are %(n)d views already: delete one first.") % {"n": MOST}
        raise Invalid("too_many_views", sentence)


def _record(kind: EventType[events.View], view: SavedView, actor: Actor) -> None:
    told = events.View(list=view.list_name, is_shared=view.is_shared)
    record_many([Draft(kind, view.company_id, view.id, told)], actor=actor)
