"""What a request looks at: the name, the size, how the file begins and, of an archive,
its directory. It costs the same whatever the file holds."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from . import limits, texts
from .encoding import ZIP, refuse_foreign_format
from .rows import ReadError
from .workbook import open_archive

BEGINNING = 4_096  # bytes
# Lists that are neither text nor a workbook of this kind, whatever they begin with.
FOREIGN_NAMES = frozenset(
    {".ods", ".numbers", ".xlsb", ".pdf", ".docx", ".doc", ".json", ".zip", ".xml"}
)


def check_upload(file: Any, name: str, size: int) -> bool:
    """Whether an upload, a readable stream of `size` bytes, is a workbook. Raises
    ReadError for what no worker needs to look at. Leaves the stream at its begin."""
    if size > limits.MAX_BYTES:
        raise limits.too_large()
    if not size:
        raise ReadError(texts.EMPTY_FILE())
    if PurePath(name).suffix.lower() in FOREIGN_NAMES:
        raise ReadError(texts.FOREIGN_NAME(name=PurePath(name).name))
    file.seek(0)
    start = file.read(BEGINNING)
    is_workbook = start.startswith(ZIP)
    if is_workbook:
        open_archive(file).close()
    else:
        refuse_foreign_format(start)
    file.seek(0)
    return bool(is_workbook)
