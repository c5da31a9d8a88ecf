"""By which ids other systems (an HRIS, an MDM) know a thing: one for each system, and
in a company no two things with the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .errors import Conflict, Invalid
from .keys import code, has_code
from .tenancy import TenantModel

Rows = TypeVar("Rows", bound=QuerySet)
FIELD = "external_ids"
LONGEST = 255
_SYSTEM = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")


class ExternalId(TenantModel):
    """Subclasses add the reference to whose it is, and their constraints by
    `external_id_constraints`."""

    system = models.CharField(max_length=32)
    external_id = models.CharField(max_length=LONGEST)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"


def external_id_constraints(table: str, owner: str) -> list[models.UniqueConstraint]:
    return [
        models.UniqueConstraint(fields=[owner, "system"], name=f"{table}_one_a_system"),
        models.UniqueConstraint(
            fields=["company", "system", "external_id"], name=f"{table}_once"
        ),
    ]


def clean(ids: Mapping[str, str | None]) -> dict[str, str | None]:
    """Raises Invalid `bad_system`, `bad_external_id` with the field of the system."""
    cleaned: dict[str, str | None] = {}
    for system, text in ids.items():
        if not _SYSTEM.fullmatch(system):
            sentence = _("A system is named by up to 32 of: a-z, 0-9, -")
            raise Invalid("bad_system", sentence, field=FIELD)
        cleaned[system] = found = code(text)
        if text is not None and (found is None or len(found) > LONGEST):
            sentence = _("An id of another system has 1 to %(most)d characters.")
            told = sentence % {"most": LONGEST}
            raise Invalid("bad_external_id", told, field=f"{FIELD}/{system}")
    return cleaned


def write(
    rows: type[ExternalId], owner: Mapping[str, Any], ids: Mapping[str, str | None]
) -> tuple[list[str], list[str]]:
    """Sets the ids of these systems, None takes one away; others stay. `owner` are the
    columns of whose they are, who is locked. Returns the systems whose id is another
    one now, and those that have none any more. Raises Invalid, Conflict
    `external_id_taken`."""
    wanted = clean(ids)
    theirs = rows._default_manager.filter(**owner)
    had = dict(theirs.values_list("system", "external_id"))
    changed = sorted(s for s, text in wanted.items() if text != had.get(s))
    theirs.filter(system__in=[s for s in changed if s in had]).delete()
    made = [
        rows(**owner, system=system, external_id=text)
        for system in changed
        if (text := wanted[system]) is not None
    ]
    try:
        with transaction.atomic():
            rows._default_manager.bulk_create(made)
    except IntegrityError as error:
        raise _taken(rows, made) or error from error
    removed = [system for system in changed if wanted[system] is None]
    return [one.system for one in made], removed


def _taken(rows: type[ExternalId], made: list[ExternalId]) -> Conflict | None:
    for one in made:
        others = rows._default_manager.filter(company_id=one.company_id)
        if named(others, one.system, one.external_id).exists():
            sentence = _("Something else has this id in %(system)s already.")
            return Conflict(
                "external_id_taken",
                sentence % {"system": one.system},
                field=f"{FIELD}/{one.system}",
            )
    return None


def named(rows: Rows, system: str, text: str | None) -> Rows:
    """Of ExternalIds: those with this id of this system; none without an id."""
    return rows.filter(has_code("external_id", text) & Q(system=system))


def of(thing: Any) -> dict[str, str]:
    """System -> id."""
    rows = thing.external_ids.order_by("system")
    return dict(rows.values_list("system", "external_id"))
