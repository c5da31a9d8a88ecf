"""Reads an uploaded file, once: the only place where one is looked into before it is
planned. No request does, and a process of its own does it under limits: `walk`."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.told import told
from apps.files import services as files
from apps.imports import reading, services
from apps.imports.columns import formats, meaning
from apps.imports.columns.headers import count_known
from apps.imports.columns.meaning import Columns, Contents
from apps.imports.models import Batch
from apps.imports.reading import ReadError, Table, confined, file_texts
from apps.imports.reading.confined import Link, Message, Unfinished
from apps.imports.reading.table import Samples, words_of
from apps.imports.states import BatchState, Kind

from . import progress

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
        asked = {"headers": table.header, "how_read": table.how_read(), "empty": []}
        columns = link.ask(asked)
        found = _walked(table, columns, link)
        empty = found["samples"]["empty"]
        if set(map(str, empty)) & columns["mapping"].keys():
            # Another column may fill the field of one that holds nothing.
            now = link.ask({**asked, "empty": empty})
            found = found if now == columns else _walked(table, now, link)
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


def _walked(table: Table, columns: Message, link: Link) -> Message:
    kind, mapping = Kind(columns["kind"]), columns["mapping"]
    evidence = formats.Evidence(kind, mapping, table.header)
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
            "empty": sorted(examples.empty),
            "words": words_of(table.path, table.encoding),
        },
    }


logger = logging.getLogger(__name__)


def read_rows(batch_id: UUID) -> bool:
    """Finds out how the file is to be read, what its columns are and what its cells
    say. Columns that people have looked at are planned, if nothing is left open. False
    if another worker does it.

    Raises ReadError, or Invalid for a list of something else. Killed in the middle, it
    is done again from the beginning.
    """
    batch = progress.take_over(batch_id, BatchState.READING)
    if batch is None:
        return False
    guide = _Guide(batch)
    try:
        contents = _contents(batch, guide)
        _finish(batch, guide.columns, contents)
    except progress.Overtaken:
        return False
    except DomainError as error:
        logger.info("import %s refused: %s", batch_id, error.code)
        progress.note_how_read(batch, guide.how_read, guide.sheets)
        raise
    return True


@transaction.atomic
def _finish(read: Batch, columns: Columns, contents: Contents) -> None:
    batch = progress.lock_ours(read)
    progress.finish_reading(batch, columns, contents)
    if batch.is_confirmed and not formats.open_questions(batch.options):
        services.request_plan(batch, actor=progress.worker_actor(batch))


def _contents(batch: Batch, guide: _Guide) -> Contents:
    path = files.local_path(batch.file)
    work = partial(walk, path, meaning.how_read(batch), batch.headers)
    try:
        found = confined.run(work, answer=guide.answer, sign=guide.sign)
    except Unfinished as error:
        raise _unfinished(error.why) from error
    if refused := found.get("refused"):
        place = {"line": refused["line"], "column": refused["column"] or 1}
        raise ReadError(told(refused["told"]), **place)
    return Contents(**found)


class _Guide:
    """What the reading process asks and tells, on the side that has the database."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rows = 0
        self.columns: Columns
        self.sheets: list[str] = []
        self.how_read: dict[str, str] = {}

    def answer(self, message: Message) -> Any:
        if "rows" in message:
            self.rows = message["rows"]
            return self.sign()
        if "sheets" in message:
            self.sheets = message["sheets"]
            return None
        self.how_read = message["how_read"]
        headers, empty = message["headers"], message["empty"]
        self.columns = meaning.columns_of(self.batch, headers, empty)
        return {"kind": self.columns.kind, "mapping": self.columns.mapping}

    def sign(self) -> None:
        progress.show_life(self.batch, rows=self.rows)


def _unfinished(why: str) -> ReadError:
    if why == "seconds":
        return ReadError(file_texts.UNFINISHED_SECONDS(seconds=confined.MOST_SECONDS))
    if why == "memory":
        memory = confined.MOST_MEMORY // 1024**2
        return ReadError(file_texts.UNFINISHED_MEMORY(memory=memory))
    return ReadError(file_texts.UNFINISHED_FAULT())
