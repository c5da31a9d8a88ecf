"""From the text of a cell to a value, or to the sentence that refuses it.

Dates and money are read in two steps: evidence is gathered over the whole
column (`DateEvidence`, `MoneyEvidence`), then each cell is read by what it says.
A blank cell reads as None; `(clear)` is for the caller to see first.
"""

from .dates import DateEvidence, DateOrder, order_stated, to_date
from .money import (
    DecimalMark,
    Money,
    MoneyEvidence,
    currency_stated,
    to_currency,
    to_money,
)
from .text import (
    CLEAR,
    CellProblem,
    folded,
    is_clear,
    is_garbled,
    split_name,
    spreadsheet_error,
    surname_first,
    to_code,
    to_email,
    to_note,
    to_serial,
    to_text,
)
from .words import (
    BooleanEvidence,
    Status,
    StatusEvidence,
    check_quantity,
    guess_category,
    is_in_stock,
    is_mere_form,
    status_label,
    to_boolean,
    to_condition,
    to_country,
    to_holder_kind,
    to_months,
    to_status,
)

__all__ = [
    "CLEAR",
    "BooleanEvidence",
    "CellProblem",
    "DateEvidence",
    "DateOrder",
    "DecimalMark",
    "Money",
    "MoneyEvidence",
    "Status",
    "StatusEvidence",
    "check_quantity",
    "currency_stated",
    "folded",
    "guess_category",
    "is_clear",
    "is_garbled",
    "is_in_stock",
    "is_mere_form",
    "order_stated",
    "split_name",
    "spreadsheet_error",
    "status_label",
    "surname_first",
    "to_boolean",
    "to_code",
    "to_condition",
    "to_country",
    "to_currency",
    "to_date",
    "to_email",
    "to_holder_kind",
    "to_money",
    "to_months",
    "to_note",
    "to_serial",
    "to_status",
    "to_text",
]
