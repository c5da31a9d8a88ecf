"""Names of what events are about, looked up when a page shows them: events hold ids
only. The app that owns a thing registers its model in its AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.core import prepared
from apps.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    url: str = ""


class Names:
    """What a reader may call the things that events are about, by id."""

    def __init__(self, known: Mapping[UUID, Name]) -> None:
        self._known = known

    def get(self, thing_id: UUID | None) -> Name | None:
        return self._known.get(thing_id) if thing_id else None

    def text(self, thing_id: UUID | None, otherwise: str) -> str:
        name = self.get(thing_id)
        return name.text if name else otherwise

    def somebody(self, user_id: UUID | None) -> str:
        return self.text(user_id, _("somebody"))


_models: list[type[models.Model]] = []


def register(model: type[models.Model]) -> None:
    """Things of this model are told by their `str` and linked to their page."""
    if model not in _models:
        _models.append(model)


def of(ids: Collection[UUID], actor: Actor) -> dict[UUID, Name]:
    """Those of the ids that exist and that the actor may see; one query for each kind
    of thing that is among them, whatever the number of ids."""
    found: dict[UUID, Name] = {}
    for model in _kinds(ids):
        left = set(ids) - found.keys()
        visible = model._default_manager.all().visible_to(actor)  # type: ignore[attr-defined]
        for thing in visible.filter(pk__in=left).select_related():
            has_page = hasattr(thing, "get_absolute_url")
            url = thing.get_absolute_url() if has_page else ""
            found[thing.pk] = Name(str(thing), url)
    return found


def _kinds(ids: Collection[UUID]) -> list[type[models.Model]]:
    """Of what the ids are: by the keys alone, in one statement."""
    if not ids or not _models:
        return []
    sql = " UNION ALL ".join(  # of our own names
        f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {model._meta.db_table} "  # noqa: S608
        f"WHERE {model._meta.pk.column} = ANY(%s))"
        for place, model in enumerate(_models)
    )
    rows = prepared.execute(sql, [list(ids)] * len(_models), is_plain=True)
    return [_models[place] for (place,) in sorted(rows)]
