"""What the confined process does: it reads a file from its first byte to its last, and
knows nothing but the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from apps.imports import reading
from apps.imports.columns import formats
from apps.imports.columns.headers import count_known
from apps.imports.reading import ReadError, Table
from apps.imports.reading.samples import Samples, words_of
from apps.imports.states import Kind

from .confined import Link, Message

TOLD_EVERY = 2_000  # rows


def walk(
    path: Path, how: Mapping[str, str], headers: Sequence[str], link: Link
) -> Message:
    """The fields of a Contents, or why it is refused. With `headers` the file was read
    before, in the way that `how` says; else `how` is what people chose of it."""
    try:
        is_workbook = reading.is_workbook(path)
        sheets = reading.sheet_names(path) if is_workbook else []
        link.tell({"sheets": sheets})
        if headers:
            table = reading.reopen(path, how, headers, 0, score=count_known)
        else:
            table = _opened(path, how, is_workbook=is_workbook)
        columns = link.ask({"headers": table.header, "how_read": table.how_read()})
        found = _walked(table, Kind(columns["kind"]), columns["mapping"], link)
        found["samples"]["sheets"] = sheets
        return found
    except ReadError as error:
        place = {"line": error.line, "column": error.column}
        return {"refused": {"told": error.told.plain(), **place}}


def _opened(path: Path, how: Mapping[str, str], *, is_workbook: bool) -> Table:
    return reading.open_table(
        path,
        score=count_known,
        encoding="" if is_workbook else how.get("encoding", ""),
        delimiter=how.get("delimiter", ""),
        sheet=how.get("sheet", ""),
        header_line=int(how.get("header_line") or 0),
    )


def _walked(
    table: Table, kind: Kind, mapping: Mapping[str, str], link: Link
) -> Message:
    evidence = formats.Evidence(kind, mapping)
    examples = Samples(table)
    rows = count(1)

    def see(row: reading.Row) -> None:
        evidence.see(row)
        examples.see(row)
        if not (seen := next(rows)) % TOLD_EVERY:
            link.tell({"rows": seen})

    row_count = reading.check_rows(table, see).row_count
    return {
        "headers": table.header,
        "how_read": table.how_read(),
        "row_count": row_count,
        "options": evidence.options(),
        "samples": {
            "columns": examples.kept(),
            "words": words_of(table.path, table.encoding),
        },
    }
