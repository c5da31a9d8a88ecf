"""Why a file, or a row of it, can't be read."""

from django.utils.translation import gettext_lazy as _

from apps.core.showing import grouped, listed
from apps.core.told import sentence

BAD_WORKBOOK = sentence(
    "bad_workbook",
    _(
        "The workbook is damaged. Open it in your spreadsheet, save it as a "
        "new .xlsx file, and upload that."
    ),
)
UNPACKS_TOO_LARGE = sentence(
    "unpacks_too_large",
    _(
        "The workbook unpacks to far more than it holds in rows. Copy the rows "
        "into a new workbook, or save the sheet as CSV."
    ),
)
TOO_MANY_PARTS = sentence(
    "too_many_parts",
    _(
        "The workbook consists of more than %(limit)s parts. Copy the rows "
        "into a new workbook, or save the sheet as CSV."
    ),
    limit=grouped,
)
NOT_A_WORKBOOK = sentence(
    "not_a_workbook",
    _(
        "This is a packed file but not an .xlsx workbook. Save the list as "
        ".xlsx or CSV, and upload that file."
    ),
)
LOCKED_WORKBOOK = sentence(
    "locked_workbook",
    _(
        "This workbook is locked by a password. Save it without one, and "
        "upload that file."
    ),
)
EMPTY_FILE = sentence(
    "empty_file",
    _("The file is empty. Export the list again and upload that file."),
)
FOREIGN_NAME = sentence(
    "foreign_name",
    _("“%(name)s” is neither CSV nor .xlsx: save the list as one of them."),
)
UNKNOWN_ENCODING = sentence(
    "unknown_encoding",
    _("Choose one of the encodings."),
)
NO_ENCODING = sentence(
    "workbook",
    _("A workbook has no encoding to choose."),
)
NO_UTF_16 = sentence(
    "undecodable.no_utf_16",
    _("The file is not UTF-16."),
)
NUL_BYTE = sentence(
    "nul_byte",
    _(
        "Line %(line)s, column %(column)s holds a NUL byte, so this is not "
        "plain text. Export the list again as “CSV UTF-8”."
    ),
)
NOT_IN_ENCODING = sentence(
    "undecodable.chosen",
    _(
        "Line %(line)s, column %(column)s holds a character that is not "
        "%(encoding)s: choose another encoding."
    ),
)
UNDECODABLE = sentence(
    "undecodable",
    _(
        "Line %(line)s, column %(column)s holds a character that is neither "
        "UTF-8 nor Windows-1252. Export the list again as “CSV UTF-8”."
    ),
)
OLD_WORKBOOK = sentence(
    "old_workbook",
    _(
        "This workbook is in the old .xls format or locked by a password. Save "
        "it as .xlsx without a password, and upload that file."
    ),
)
NOT_CSV = sentence(
    "not_csv",
    _(
        "This is neither a CSV file nor a workbook: it begins like a picture, "
        "a document, an archive or a web page. Export the list again as CSV."
    ),
)
NO_HEADER = sentence(
    "no_header",
    _("Line %(line)s does not hold the names of columns."),
)
NO_HEADER_AT_ALL = sentence(
    "no_header.at_all",
    _(
        "No header was found in the first %(count)s lines. The first row must "
        "name the columns."
    ),
)
TOO_LARGE = sentence(
    "too_large",
    _("The file is larger than %(limit)s MB: split it into parts."),
)
TOO_MANY_ROWS = sentence(
    "too_many_rows",
    _(
        "The file has more than %(limit)s rows, blank ones counted. Delete the "
        "blank ones, or split it and import the parts one after the other."
    ),
    limit=grouped,
)
TOO_MANY_COLUMNS = sentence(
    "too_many_columns",
    _(
        "Row %(line)s has a cell in column %(column)s; at most %(limit)s "
        "columns can be read. Delete what is to the right of the list."
    ),
)
TOO_MUCH_TEXT = sentence(
    "too_much_text",
    _(
        "The cells hold more than %(limit)s million characters. Leave out the "
        "columns with long texts, or split the file."
    ),
)
ROW_TOO_LONG = sentence(
    "row_too_long",
    _(
        "The row in line %(line)s is longer than %(limit)s characters. Check "
        "that its lines end, and shorten it."
    ),
    limit=grouped,
)
CELL_TOO_LONG = sentence(
    "cell_too_long",
    _("A cell in line %(line)s is longer than %(limit)s characters: shorten it."),
    limit=grouped,
)
CELL_TOO_LONG_SOMEWHERE = sentence(
    "cell_too_long.somewhere",
    _("A cell is longer than %(limit)s characters: shorten it."),
    limit=grouped,
)
TOO_MANY_CELLS = sentence(
    "too_many_cells",
    _(
        "The file has more than %(limit)s million cells, blank ones counted. "
        "Delete the rows and columns that are not needed, or split the file."
    ),
)
UNCLOSED_QUOTE = sentence(
    "unclosed_quote",
    _(
        "The quotation mark in line %(line)s, column %(column)s is never "
        "closed. Close it, or remove it, and upload the file again."
    ),
)
STRAY_QUOTE = sentence(
    "stray_quote",
    _(
        "The cell that begins in line %(line)s, column %(column)s goes on after "
        "its closing quotation mark. Write quotation marks inside a cell twice."
    ),
)
ROW_TOO_WIDE = sentence(
    "too_many_cells.row",
    _(
        "Line %(line)s has %(count)s cells but the header has %(width)s; the first "
        "one too many is “%(value)s”. Put cells that contain the separator in "
        "quotation marks."
    ),
)
UNKNOWN_SHEET = sentence(
    "unknown_sheet",
    _("There is no sheet “%(name)s”; there is %(names)s."),
    names=lambda names: listed([f"“{name}”" for name in names]),
)
NO_SHEET = sentence(
    "no_sheet",
    _("The workbook has no sheet with rows."),
)
NO_ROWS = sentence(
    "no_rows",
    _("The file has a header in line %(line)s but no rows below it."),
)
TOO_MANY_SHEETS = sentence(
    "too_many_sheets",
    _(
        "The workbook has more than %(limit)s sheets. Copy the one with the "
        "list into a new workbook, and upload that."
    ),
)

# --- Ended before its end ---------------------------------------------------

UNFINISHED_SECONDS = sentence(
    "unfinished_seconds",
    _(
        "Reading the file took longer than %(seconds)s seconds and was ended. "
        "Split it, or save the sheet as CSV, and upload that."
    ),
)
UNFINISHED_MEMORY = sentence(
    "unfinished_memory",
    _(
        "Reading the file takes more than %(memory)s MB of memory and was ended. "
        "Copy the rows into a new workbook, or save the sheet as CSV, and upload "
        "that."
    ),
)
UNFINISHED_FAULT = sentence(
    "unfinished_fault",
    _(
        "The file can't be read: it is built in a way that nothing here foresees. "
        "Save the sheet as CSV, and upload that."
    ),
)
