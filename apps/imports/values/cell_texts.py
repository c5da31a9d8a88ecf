"""Why a cell is refused."""

from __future__ import annotations

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext_lazy as _

from apps.core.showing import listed
from apps.core.told import sentence
from apps.inventory.states import ArchiveReason, AssetState, Grade


class _Naming:
    """A sentence with what pages call such values, in the language it is read in."""

    def __init__(self, text: Promise, *labels: str | Promise) -> None:
        self.text, self.labels = text, labels

    def __str__(self) -> str:
        named = listed(self.labels).replace("%", "%%")
        return str(self.text) % {"value": "%(value)s", "labels": named}


BAD_HOLDER_KIND = sentence(
    "bad_holder_kind",
    _("“%(value)s” is no kind of holder: write user, location or asset."),
)
BAD_DATE = sentence(
    "bad_date",
    _("“%(value)s” is not a date: write it as 2024-01-31."),
)
DATE_ORDER_UNKNOWN = sentence(
    "date_order_unknown",
    _(
        "“%(value)s” may begin with the day or with the month: choose the "
        "order for this column."
    ),
)
DATE_IS_NUMBER = sentence(
    "date_is_number",
    _(
        "“%(value)s” is the number a spreadsheet keeps for a date: format the "
        "column as a date (2024-01-31) and export the file once more."
    ),
)
NO_SUCH_DAY = sentence(
    "no_such_day",
    _(
        "“%(value)s” is not a day of the calendar: write year, month and day, "
        "like 2024-01-31."
    ),
)
BAD_MONEY = sentence(
    "bad_money",
    _("“%(value)s” is not an amount of money: write it as 1299.00 EUR."),
)
DECIMAL_MARK_UNKNOWN = sentence(
    "decimal_mark_unknown",
    _(
        "“%(value)s” may be thousands or have three decimals: choose the "
        "decimal mark for this column."
    ),
)
TOO_MANY_DECIMALS = sentence(
    "too_many_decimals",
    _("“%(value)s” has more decimals than any currency: round it."),
)
CURRENCY_UNCLEAR = sentence(
    "currency_unclear",
    _("“%(value)s” names no single currency: write its code (EUR, SEK, JPY)."),
)
FORMER_CURRENCY = sentence(
    "former_currency",
    _(
        "“%(value)s” is in money that is no longer used: enter the amount in "
        "another money."
    ),
)
FORMER_CURRENCY_FOLLOWED = sentence(
    "former_currency.followed",
    _(
        "“%(value)s” is in money that is no longer used: enter the amount in "
        "%(successor)s, which replaced it."
    ),
)
BAD_CURRENCY = sentence(
    "bad_currency.cell",
    _("“%(value)s” is not a currency: write its three letters, like EUR."),
)
SPREADSHEET_ERROR = sentence(
    "spreadsheet_error",
    _("“%(value)s” is an error of a spreadsheet: repair the formula or column."),
)
BECAME_A_DAY = sentence(
    "became_a_day",
    _(
        "“%(value)s” was turned into a day by a spreadsheet: format the column "
        "as text, enter the number again, and export the file once more."
    ),
)
TOO_LONG = sentence(
    "too_long",
    _("“%(value)s” is too long: shorten it."),
)
DIGITS_LOST = sentence(
    "digits_lost",
    _(
        "“%(value)s” has lost digits in a spreadsheet: format the column as "
        "text, enter the number again, and export the file once more."
    ),
)
APOSTROPHE = sentence(
    "apostrophe",
    _(
        "“%(value)s” begins with the apostrophe by which a spreadsheet marks "
        "text: remove it."
    ),
)
BECAME_A_NUMBER = sentence(
    "became_a_number",
    _(
        "“%(value)s” was turned into a decimal number: format the column as "
        "text, remove the end “.0”, and export the file once more."
    ),
)
NO_SERIAL = sentence(
    "no_serial",
    _(
        "“%(value)s” is not a serial number but what firmware shows without "
        "one: enter the number on the device, or leave the cell empty."
    ),
)
BAD_EMAIL = sentence(
    "bad_email",
    _("“%(value)s” is not an e-mail address: correct it, like anna@acme.com."),
)
WHERE_SURNAME_ENDS = sentence(
    "where_surname_ends",
    _(
        "“%(value)s” begins with the surname, and nothing says where it ends: put a "
        "comma behind it, like “García Pérez, Ana”."
    ),
)
BAD_BOOLEAN = sentence(
    "bad_boolean",
    _("“%(value)s” is neither yes nor no: write yes or no."),
)
BAD_MONTHS = sentence(
    "bad_months",
    _("“%(value)s” is not a number of months: write it as 36."),
)
NOT_ONE_DEVICE = sentence(
    "not_one_device",
    _(
        "“%(value)s” is not one device: give each device a row of its own, with its "
        "serial number or asset tag."
    ),
)
UNKNOWN_STATUS = sentence(
    "unknown_status",
    lazystr(
        _Naming(
            _(
                "“%(value)s” is not a status we know: say with the plan what it means, "
                "or write one of these: %(labels)s."
            ),
            AssetState.STORAGE.label,
            AssetState.ACTIVE.label,
            AssetState.IN_REPAIR.label,
            *ArchiveReason.labels,
        )
    ),
)
BAD_CONDITION = sentence(
    "bad_condition",
    lazystr(
        _Naming(
            _(
                "“%(value)s” is not a condition: write 0 to 1 or one of these "
                "(%(labels)s)."
            ),
            *Grade.labels,
        )
    ),
)
UNKNOWN_COUNTRY = sentence(
    "unknown_country",
    _("“%(value)s” is not a country we know: write its two letters, like DE."),
)
