"""From an uploaded file to columns that are understood, before anything is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Intake:
    table: Table
    kind: Kind
    mapping: dict[str, str]
    options: dict[str, str]


def read(path: Path, company: Company, kind: str | None = None, **how: Any) -> Intake:
    """Reads the whole file once: its columns as the company confirmed them before,
    else as their headers say. Raises ReadError, or Invalid for a foreign list."""
    table = reading.open_table(path, **how)
    known = remembered.find(company, table.header, kind)
    found = Kind(known.kind) if known else Kind(kind) if kind else _detected(table)
    mapping = known.mapping if known else guessed(table.header, found)
    evidence = inference.Evidence(found, mapping)
    table = reading.check_rows(table, evidence.see)
    options = evidence.options()
    if known:
        options = remembered.answered(options, known)
    return Intake(table, found, mapping, options | table.how_read())


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


def settled(
    batch: Batch, mapping: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The options for a mapping, with what people answered. Raises `bad_option`."""
    answers = inference.answers(given)
    inferred = dict(batch.options)
    if dict(mapping) != batch.mapping:
        evidence = inference.Evidence(Kind(batch.kind), mapping)
        for row in table_of(batch).rows():
            evidence.see(row)
        how_read = {k: v for k, v in batch.options.items() if k in HOW_READ}
        inferred = evidence.options() | how_read
    return inference.settle(inferred, answers)


def remember(batch: Batch, given: Mapping[str, str], *, actor: Actor) -> None:
    """The next file with these headers is taken to be like this one; a command that
    nobody looked at confirms nothing."""
    if actor.id is None:
        return
    remembered.keep(
        batch.company,
        batch.headers,
        Kind(batch.kind),
        mapping=dict(batch.mapping),
        answers=inference.answers(given),
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
