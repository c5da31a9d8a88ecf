"""From an uploaded file to columns that are understood, before anything is planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.files import services as files

from . import inference, reading, remembered
from .columns import guess_mapping
from .exporters import SPECIFICATION
from .fields import FIELDS, Kind
from .kinds import detect_kind
from .models import Batch
from .reading import Table

# What tells rows apart; one of them at least must be mapped.
KEYS = {
    Kind.ASSETS: frozenset({"serial_number", "asset_tag", "external_id"}),
    Kind.PEOPLE: frozenset({"email", "employee_number", "username"}),
}
# The names under which a batch keeps how its file was read.
HOW_READ = ("encoding", "delimiter", "skipped_lines", "sheet", "header_line")
# A workbook is unpacked and parsed by the whole: beyond this size that takes longer
# than anybody waits for a page, so a worker does it.
READ_AT_ONCE = 1024 * 1024  # bytes, about 3 s
WATCHED_EVERY = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Intake:
    table: Table
    kind: Kind
    mapping: dict[str, str]
    answers: dict[str, str]  # earlier ones, for what the cells leave open


def is_large(table: Table) -> bool:
    return table.dialect.is_workbook and table.path.stat().st_size > READ_AT_ONCE


def open_file(
    path: Path, company: Company, kind: str | None = None, **how: Any
) -> Intake:
    """Reads the header: its columns as the company confirmed them before, else as
    they are called. Raises ReadError, or Invalid for a foreign list."""
    table = reading.open_table(path, **how)
    known = remembered.find(company, table.header, kind)
    found = Kind(known.kind) if known else Kind(kind) if kind else _detected(table)
    mapping = known.mapping if known else guessed(table.header, found)
    return Intake(table, found, mapping, known.answers if known else {})


@dataclass(frozen=True, slots=True)
class Contents:
    """What a walk over all rows has found out."""

    row_count: int
    options: dict[str, str]


def read_rows(
    table: Table,
    kind: Kind,
    mapping: Mapping[str, str],
    *,
    watch: Callable[[int], None] = lambda _rows: None,
) -> Contents:
    """Walks the whole file for what its columns say. `watch` is told from time to time
    how far it is. Raises ReadError."""
    evidence = inference.Evidence(kind, mapping)
    rows = count(1)

    def see(row: reading.Row) -> None:
        evidence.see(row)
        if not (seen := next(rows)) % WATCHED_EVERY:
            watch(seen)

    row_count = reading.check_rows(table, see).row_count
    return Contents(row_count, evidence.options())


def _detected(table: Table) -> Kind:
    detection = detect_kind(table.header)
    if detection.kind is None:
        raise Invalid(detection.code, detection.message, field="file")
    return detection.kind


def guessed(header: tuple[str, ...] | list[str], kind: Kind) -> dict[str, str]:
    targets = guess_mapping(header, kind).targets()
    return {str(position): target for position, target in targets.items()}


def table_of(batch: Batch) -> Table:
    """The rows of a batch, read as they were when it was uploaded."""
    path = files.local_path(batch.file)
    return reading.reopen(path, batch.options, batch.headers, batch.total_rows)


def how_read(batch: Batch) -> dict[str, str]:
    return {k: v for k, v in batch.options.items() if k in HOW_READ}


def remember(batch: Batch, answers: Mapping[str, str], *, actor: Actor) -> None:
    """The next file with these headers is taken to be like this one; a command that
    nobody looked at confirms nothing."""
    if actor.id is None:
        return
    remembered.keep(
        batch.company,
        batch.headers,
        Kind(batch.kind),
        mapping=dict(batch.mapping),
        answers=dict(answers),
        actor=actor,
    )


def check_mapping(batch: Batch, mapping: Mapping[str, str]) -> None:
    kind, targets = Kind(batch.kind), list(mapping.values())
    known = {field.name for field in FIELDS[kind]}
    is_sound = len(set(targets)) == len(targets) and all(
        position.isdecimal()
        and int(position) < len(batch.headers)
        and (target in known or _is_specification(kind, target))
        for position, target in mapping.items()
    )
    if not is_sound:
        raise Invalid("bad_mapping", _("Choose a field for each column, each once."))
    if not KEYS[kind] & set(targets):
        raise Invalid("no_key", _no_key(kind))


def _is_specification(kind: Kind, target: str) -> bool:
    is_named = target.startswith(SPECIFICATION) and target != SPECIFICATION
    return kind is Kind.ASSETS and is_named


def _no_key(kind: Kind) -> str:
    if kind is Kind.ASSETS:
        return _("Which column tells devices apart: serial number, tag or another id?")
    return _("Which column tells people apart: e-mail, number or user name?")
