"""From the bytes of an uploaded file to rows of text."""

from .encoding import check_upload, is_workbook
from .limits import MAX_BYTES, MAX_ROWS
from .rows import WORKBOOK, Dialect, ReadError, Row
from .sheet import sheet_names
from .table import DELIMITERS, Table, check_rows, open_table, read_table, reopen

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
    "check_upload",
    "is_workbook",
    "open_table",
    "read_table",
    "reopen",
    "sheet_names",
]
