"""From the bytes of an uploaded file to rows of text."""

from .header import DELIMITERS
from .rows import WORKBOOK, Dialect, ReadError, Row
from .sheet import sheet_names
from .table import (
    MAX_BYTES,
    MAX_ROWS,
    Table,
    check_rows,
    open_table,
    read_table,
    reopen,
)

__all__ = [
    "DELIMITERS",
    "MAX_BYTES",
    "MAX_ROWS",
    "WORKBOOK",
    "Dialect",
    "ReadError",
    "Row",
    "Table",
    "check_rows",
    "open_table",
    "read_table",
    "reopen",
    "sheet_names",
]
