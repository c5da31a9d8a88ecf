"""Reads an uploaded file, once: the only place where one is looked into before it is
planned. No request does, and a process of its own does it under limits."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.told import told
from apps.files import services as files
from apps.imports import services
from apps.imports.columns import formats, meaning
from apps.imports.columns.meaning import Columns, Contents
from apps.imports.models import Batch
from apps.imports.reading import ReadError, texts
from apps.imports.states import BatchState

from . import confined, progress, walk
from .confined import Message, Unfinished

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
    work = partial(walk.walk, path, meaning.how_read(batch), batch.headers)
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
        self.columns = meaning.columns_of(self.batch, message["headers"])
        return {"kind": self.columns.kind, "mapping": self.columns.mapping}

    def sign(self) -> None:
        progress.show_life(self.batch, rows=self.rows)


def _unfinished(why: str) -> ReadError:
    if why == "seconds":
        return ReadError(texts.UNFINISHED_SECONDS(seconds=confined.MOST_SECONDS))
    if why == "memory":
        memory = confined.MOST_MEMORY // 1024**2
        return ReadError(texts.UNFINISHED_MEMORY(memory=memory))
    return ReadError(texts.UNFINISHED_FAULT())
