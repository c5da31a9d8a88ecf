"""From an uploaded file to columns that are understood, before anything is planned; and
the columns that people confirmed, for the next file like it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps.companies.models import Company
from apps.core.actor import Actor
from apps.core.errors import Conflict, Invalid
from apps.core.keys import keys
from apps.files import services as files
from apps.imports import reading
from apps.imports.models import Batch, RememberedColumns
from apps.imports.reading import Table
from apps.imports.reading.table import Kept
from apps.imports.states import Kind

from . import column_texts
from .detection import detect_kind
from .fields import FIELDS, KEYS, SPECIFICATION, WITH_SPECIFICATION
from .formats import Options
from .headers import Column, ColumnMapping, Confidence, count_known, guess_mapping

# The names under which a batch keeps how its file was read.
HOW_READ = ("encoding", "delimiter", "skipped_lines", "sheet", "header_line")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file are taken to be, before its rows are looked at."""

    kind: Kind
    mapping: dict[str, str]
    answers: Options  # earlier ones, for what the cells leave open


@dataclass(frozen=True, slots=True)
class Contents:
    """What a walk over all rows has found out."""

    headers: list[str]
    how_read: dict[str, str]
    row_count: int
    options: Options
    samples: Kept


def columns_of(
    batch: Batch, headers: list[str], empty: Collection[int] = ()
) -> Columns:
    """As people said; else as the company confirmed them before, else as they are
    called, and which of them hold anything. Raises Invalid for a foreign list."""
    if batch.headers:
        return Columns(Kind(batch.kind), dict(batch.mapping), {})
    known = remembered(batch.company, headers, batch.kind or None)
    if known:
        return Columns(Kind(known.kind), dict(known.mapping), known.answers)
    kind = Kind(batch.kind) if batch.kind else _detected(headers)
    guess = guess_mapping(headers, kind, empty)
    return Columns(kind, guess.by_position(), {})


def _detected(headers: list[str]) -> Kind:
    detection = detect_kind(headers)
    if detection.told is not None:
        raise Invalid(detection.told, field="file")
    return detection.kind


def guess_of(batch: Batch) -> ColumnMapping:
    """What the columns of a file that was read are taken for as they are called."""
    empty = batch.samples.get("empty", ())
    return guess_mapping(batch.headers, Kind(batch.kind), empty)


def table_of(batch: Batch) -> Table:
    """The rows of a batch, read as they were when it was uploaded."""
    path = files.local_path(batch.file)
    how, headers, count = batch.options, batch.headers, batch.total_rows
    return reading.reopen(path, how, headers, count, score=count_known)


def how_read(batch: Batch) -> dict[str, str]:
    return {k: v for k, v in batch.options.items() if k in HOW_READ}


def check_mapping(batch: Batch, mapping: Mapping[str, str]) -> None:
    if not (batch.kind and batch.headers):
        raise unread()
    kind, targets = Kind(batch.kind), list(mapping.values())
    known = {field.target for field in FIELDS[kind]}
    is_sound = len(set(targets)) == len(targets) and all(
        position.isdecimal()
        and int(position) < len(batch.headers)
        and (target in known or _is_specification(kind, target))
        for position, target in mapping.items()
    )
    if not is_sound:
        raise Invalid(column_texts.BAD_MAPPING())
    if not set(KEYS[kind]) & set(targets):
        raise Invalid(column_texts.NO_KEY[kind]())


def doubtful(
    batch: Batch, mapping: Mapping[str, str], said: Collection[int] = ()
) -> list[Column]:
    """Columns that are taken for what they are but likely to be, and of which nobody of
    the company has said so, of this file (by position: `said`) or an earlier one."""
    known = remembered(batch.company, batch.headers, batch.kind)
    earlier = known.mapping if known else {}
    return [
        one
        for one in guess_of(batch).columns
        if one.confidence is Confidence.LIKELY
        and one.position not in said
        and mapping.get(str(one.position)) == one.target
        and one.target != earlier.get(str(one.position))
    ]


def require_confirmed(batch: Batch) -> None:
    """Raises Conflict `doubtful_columns` until somebody has said what they are."""
    if not batch.is_confirmed and (left := doubtful(batch, batch.mapping)):
        named = [
            f"“{one.header.strip()}” ({one.position}): {one.target}" for one in left
        ]
        raise Conflict(column_texts.DOUBTFUL(columns=named))


def unread() -> Conflict:
    return Conflict(column_texts.UNREAD())


def _is_specification(kind: Kind, target: str) -> bool:
    is_named = target.startswith(SPECIFICATION) and target != SPECIFICATION
    return kind in WITH_SPECIFICATION and is_named


# --- Remembered for the next file like it -------------------------------------


def fingerprint(headers: Sequence[str]) -> str | None:
    """Of the headers in their order, regardless of case and blanks around them; None
    where no column has one: such files are not alike."""
    if not keys(headers):
        return None
    tidy = [header.strip().casefold() for header in headers]
    return hashlib.sha256(json.dumps(tidy).encode()).hexdigest()


def remembered(
    company: Company, headers: Sequence[str], kind: str | None = None
) -> RememberedColumns | None:
    known = fingerprint(headers)
    if known is None:
        return None
    found = RememberedColumns.objects.filter(company=company, headers_sha256=known)
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("-confirmed_at").first()


def remember(batch: Batch, answers: Options, *, actor: Actor) -> None:
    """The next file with these headers is taken to be like this one; a command that
    nobody looked at confirms nothing."""
    known = fingerprint(batch.headers)
    if actor.id is None or known is None:
        return
    RememberedColumns.objects.update_or_create(
        company=batch.company,
        headers_sha256=known,
        kind=Kind(batch.kind),
        defaults={
            "mapping": dict(batch.mapping),
            "answers": answers,
            "confirmed_at": timezone.now(),
            "confirmed_by": actor.id,
        },
    )
