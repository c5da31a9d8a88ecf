"""Names that the register lacks, and words that say nothing to us: noted with the plan,
and what becomes of them as the person who imports says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalog.models import Category, Product
from apps.companies.models import Address
from apps.core.errors import Invalid
from apps.core.keys import exactly
from apps.core.told import dumps
from apps.imports.models import Batch, Unknown
from apps.imports.states import HOLDERS, Choice

from .asset_attributes import BY_NAME
from .asset_location import MEANINGS
from .outcome import UNKNOWN, Outcome
from .references import IDENTITY, Wanted

# What words may be taken for, by the kind of question; names, for what there is.
CODES: Mapping[str, Sequence[str]] = {
    "category": (BY_NAME, *Category.values),
    **MEANINGS,
}


@dataclass(frozen=True, slots=True)
class NameChoice:
    """`use` is the existing one's label: a product's, a place's name, an e-mail, or
    one of CODES. Without a key it is about all of the kind, which are created or
    refused."""

    kind: str
    key: str | None
    choice: str
    use: str = ""


def inherit(batch: Batch) -> None:
    """What was last decided about a name in another file of the company holds for this
    file too, until somebody decides otherwise. That something is created is said of
    one file, and so is that somebody is not; whether two are the same, of one row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO imports_unknown (company_id, batch_id, kind, key, value, "
            "note, rows, may_create, action, use_id, use_text, decided_at) "
            "SELECT company_id, %s, kind, key, value, '', 0, may_create, action, "
            "use_id, use_text, decided_at FROM (SELECT DISTINCT ON (kind, key) * "
            "FROM imports_unknown WHERE company_id = %s AND batch_id <> %s "
            "AND decided_at IS NOT NULL "
            "ORDER BY kind, key, decided_at DESC, id DESC) newest WHERE kind <> %s AND "
            "(action IN ('USE', 'NOBODY') OR action = 'REFUSE' "
            "AND kind NOT IN ('person', 'holder') AND left(key, 1) <> chr(10)) "
            "ON CONFLICT (company_id, batch_id, kind, key) DO UPDATE SET "
            "action = excluded.action, use_id = excluded.use_id, "
            "use_text = excluded.use_text, decided_at = excluded.decided_at "
            "WHERE imports_unknown.decided_at IS NULL",
            [batch.pk, batch.company_id, batch.pk, IDENTITY],
        )


def note_unknowns(batch: Batch, outcomes: Iterable[Outcome]) -> None:
    """Adds the rows of a chunk to the list of unknown names; what is decided about
    one stays."""
    seen: dict[tuple[str, str], Wanted] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        if {problem["code"] for problem in outcome.problems} <= UNKNOWN:
            for wanted in outcome.unknowns:
                seen.setdefault((wanted.kind, wanted.key), wanted)
                counts[wanted.kind, wanted.key] += 1
    if not seen:
        return
    rows = [
        (
            *name,
            wanted.value,
            dumps(wanted.note),
            counts[name],
            orjson.dumps(wanted.suggestions).decode(),
            *_usual(wanted),
        )
        for name, wanted in sorted(seen.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO imports_unknown (company_id, batch_id, kind, key, value, "
            "note, rows, candidates, may_create, action, use_text) "
            "SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::text[], "
            "%s::text[], %s::int[], %s::jsonb[], %s::bool[], %s::text[], %s::text[]) "
            "ON CONFLICT (company_id, batch_id, kind, key) DO UPDATE SET "
            "rows = imports_unknown.rows + excluded.rows, note = excluded.note, "
            "candidates = excluded.candidates",
            [batch.company_id, batch.pk, *map(list, zip(*rows, strict=True))],
        )


def _usual(wanted: Wanted) -> tuple[bool, str, str]:
    """May it be created, and what becomes of it if nobody decides otherwise."""
    if wanted.kind == "category":
        return False, str(Choice.USE), BY_NAME
    action = Choice.CREATE if wanted.is_usual else Choice.REFUSE
    return wanted.may_create, str(action), ""


def possible(kind: str, *, may_create: bool) -> list[Choice]:
    """What may be decided about one name of this kind."""
    barred = set() if may_create else {Choice.CREATE}
    barred |= set() if kind in HOLDERS else {Choice.NOBODY}
    return [one for one in Choice if one not in barred]


def differs(unknown: Unknown, choice: NameChoice) -> bool:
    """Whether the choice is another one than what the plan went by: on a form that
    shows many, the others are no decision."""
    if choice.choice != unknown.action:
        return True
    is_named = choice.choice == Choice.USE and unknown.kind != IDENTITY
    return is_named and choice.use.strip() != unknown.use_text


def decide(batch: Batch, choices: Sequence[NameChoice]) -> None:
    """Raises Invalid with the key of the name as its field: `unknown_name`,
    `bad_choice`, or `name_not_found` with the name in its sentence."""
    for choice in choices:
        if choice.key is None:
            _decide_all(batch, choice)
    keys = {choice.key for choice in choices if choice.key is not None}
    found = batch.unknowns.filter(company=batch.company_id, key__in=keys)
    known = {(unknown.kind, unknown.key): unknown for unknown in found}
    changed = []
    for choice in choices:
        if choice.key is None:
            continue
        unknown = known.get((choice.kind, choice.key))
        if unknown is None:
            message = _("The file has no unknown name of this kind and key.")
            raise Invalid("unknown_name", message, field=choice.key)
        _apply(unknown, choice)
        changed.append(unknown)
    decided = ["action", "use_id", "use_text", "decided_at"]
    Unknown.objects.bulk_update(changed, decided, batch_size=1000)


def _decide_all(batch: Batch, choice: NameChoice) -> None:
    """Of one kind: refused, or created as far as that can be; whether they are the
    same, too."""
    is_identity = choice.kind == IDENTITY
    possible = Choice.values if is_identity else (Choice.CREATE, Choice.REFUSE)
    if choice.choice not in possible:
        raise Invalid("bad_choice", _("Choose one of the answers."))
    found = batch.unknowns.filter(company=batch.company_id, kind=choice.kind)
    if choice.choice == Choice.CREATE:
        found = found.filter(may_create=True)
    found.filter(rows__gt=0).update(
        action=choice.choice, use_id=None, use_text="", decided_at=timezone.now()
    )


def _apply(unknown: Unknown, choice: NameChoice) -> None:
    if choice.choice not in possible(unknown.kind, may_create=unknown.may_create):
        message = _("Choose one of the answers.")
        raise Invalid("bad_choice", message, field=unknown.key)
    unknown.action, unknown.use_id, unknown.use_text = choice.choice, None, ""
    unknown.decided_at = timezone.now()
    if choice.choice == Choice.USE and unknown.kind != IDENTITY:
        unknown.use_id, unknown.use_text = _existing(unknown, choice.use.strip())


def _existing(unknown: Unknown, text: str) -> tuple[UUID | None, str]:
    if (codes := CODES.get(unknown.kind)) is not None:
        if text not in codes:
            raise _not_found(unknown, text)
        return None, text
    found: list[Any]
    if unknown.kind == "place":
        found = _places(unknown, text)
    elif unknown.kind == "product":
        products = Product.objects.filter(company=unknown.company_id).called(text)
        found = exactly(text, list(products), attrgetter("label"), attrgetter("name"))
    else:
        people = User.objects.people().filter(company=unknown.company_id).called(text)
        found = exactly(text, list(people), *User.NAMES)
        found = found or _places(unknown, text)
    if len(found) != 1:
        raise _not_found(unknown, text)
    label = found[0].email if isinstance(found[0], User) else str(found[0])
    return found[0].pk, label


def _places(unknown: Unknown, text: str) -> list[Any]:
    places = Address.objects.active().filter(company=unknown.company_id)
    return exactly(text, list(places.called(text)), attrgetter("name"))


def _not_found(unknown: Unknown, text: str) -> Invalid:
    if not text:
        message = _("Choose what “%(value)s” is, or create or refuse it.")
    else:
        message = _("“%(text)s” was not found: choose from the list for “%(value)s”.")
    message %= {"value": unknown.value, "text": text}
    return Invalid("name_not_found", message, field=unknown.key)
