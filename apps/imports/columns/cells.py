"""From the cells of a row to clean values, as JSON keeps them.

A blank cell leaves its field out; `(clear)` makes it None. Dates and amounts are
text, so that `BatchRow.values` says the same before and after the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from apps.core.clean import stripped
from apps.core.fields import TEXTS
from apps.core.told import Told, as_written
from apps.imports import values as convert
from apps.imports.states import Kind
from apps.imports.values import CellProblem, DateOrder, DecimalMark
from apps.imports.values.text import shortened
from apps.imports.values.vocabulary import MANUFACTURERS, NOBODY

from . import column_texts, formats
from .fields import (
    AMOUNTS,
    SPECIFICATION,
    TABLES,
    Value,
    field_named,
    may_be_left_out,
)

Converter = Callable[[str], Any]
# No damage: what is meant is for a person to say, on the columns page or in the file.
# Until then nothing is written of the row.
ASKED = frozenset(
    {"bad_boolean", "currency_unclear", "date_order_unknown", "decimal_mark_unknown"}
)
_READ_AS = {Value.PRODUCT: Value.TEXT}  # by its name


@dataclass(slots=True)
class Reading:
    """What one row says: values by field, problems by column. Warnings are problems
    for which the row is not refused."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # field -> cell


def problem(told: Told, column: int | None = None, *, code: str = "") -> dict[str, Any]:
    """As a row keeps it: `code` is what rows are filtered by, "told" the sentence where
    that code has several, "column" the position of the cell."""
    found = {"column": column, "code": code or told.reason, "params": told.params}
    return found if told.code == found["code"] else {**found, "told": told.code}


def told_of(problem: Mapping[str, Any]) -> Told:
    """Why the row is refused; of rows planned before sentences had codes, in the words
    of that time."""
    if "message" in problem:
        return as_written(problem["message"])
    return Told(problem.get("told") or problem["code"], problem.get("params") or {})


class CellReader:
    """Reads the rows of one file by its mapping and options."""

    def __init__(
        self,
        kind: Kind,
        mapping: Mapping[str, str],
        options: Mapping[str, Any],
        countries: Mapping[str, str],
    ) -> None:
        self.kind = kind
        self.options = options
        self.countries = countries
        self.columns = [
            (int(position), target, self._converter(target, int(position)))
            for position, target in sorted(mapping.items(), key=lambda i: int(i[0]))
        ]
        self.targets = {at: (target, how) for at, target, how in self.columns}
        self.positions = {target: at for at, target, _how in self.columns}

    def read(self, cells: Sequence[str]) -> Reading:
        found = Reading()
        cleared: list[str] = []
        for position, target, converter in self.columns:
            text = cells[position]
            if not stripped(text):
                continue
            if convert.is_clear(text):
                self._clear(found, target, position)
                cleared.append(target)
                continue
            value = convert.spreadsheet_error(text) or converter(text)
            if isinstance(value, CellProblem):
                self._refuse(found, target, problem(value.told, position), text)
            elif value is not None:
                found.values[target] = value
                if convert.is_garbled(text):
                    told = column_texts.GARBLED(value=shortened(text))
                    found.warnings.append(problem(told, position))
        if found.left_out:
            self._leave_out_beside(found)
        for target in cleared:
            self._refuse_beside_values(found, target)
        settle(found.values)
        return found

    def _refuse_beside_values(self, found: Reading, cleared: str) -> None:
        """`(clear)`, where another column says something of the same."""
        for group in (one for one in SAID_TOGETHER[self.kind] if cleared in one):
            said = next(filter(None, map(found.values.get, group)), None)
            text = "" if said is None else str(said)
            says_so_too = convert.folded(text) in NOBODY or convert.is_in_stock(text)
            if text and not says_so_too:
                told = column_texts.CLEAR_BESIDE_VALUE(value=shortened(text))
                found.problems.append(problem(told, self.positions[cleared]))

    def _refuse(
        self, found: Reading, target: str, why: dict[str, Any], text: str
    ) -> None:
        if why["code"] not in ASKED and may_be_left_out(self.kind, target):
            found.warnings.append(why)
            found.left_out[target] = text
        else:
            found.problems.append(why)

    def _leave_out_beside(self, found: Reading) -> None:
        """An amount says nothing without its currency, which a default would replace,
        nor the currency without its amount: it would become that of another."""
        for amount, currency in AMOUNTS[self.kind]:
            if amount in found.left_out:
                self._leave_out(found, currency, found.left_out[amount])
            elif currency in found.left_out and not _own_currency(found, amount):
                self._leave_out(found, amount, found.left_out[currency])

    def _leave_out(self, found: Reading, target: str, beside: str) -> None:
        if found.values.pop(target, None) is not None:
            told = column_texts.BESIDE_LEFT_OUT(value=shortened(beside))
            found.warnings.append(problem(told, self.positions[target]))

    def _clear(self, found: Reading, target: str, position: int) -> None:
        is_specification = target.startswith(SPECIFICATION)
        if not (is_specification or field_named(self.kind, target).is_clearable):
            found.problems.append(problem(column_texts.CANNOT_CLEAR(), position))
        else:
            found.values[target] = None

    def _converter(self, target: str, position: int) -> Converter:
        if target.startswith(SPECIFICATION):
            return lambda text: convert.to_text(text, max_length=1000)
        filled = field_named(self.kind, target)
        length = TABLES[self.kind].max_length(filled)
        converters: dict[Value, Converter] = {
            Value.TEXT: lambda text: convert.to_text(text, max_length=length),
            Value.LONG_TEXT: convert.to_note,
            Value.CODE: lambda text: convert.to_code(text, max_length=length),
            Value.SERIAL: lambda text: convert.to_serial(text, max_length=length),
            Value.EMAIL: lambda text: convert.to_email(text, max_length=length),
            Value.DATE: partial(_date, formats.order_of(self.options, position)),
            Value.MONEY: partial(_money, formats.mark_of(self.options, position)),
            Value.CURRENCY: convert.to_currency,
            Value.MONTHS: convert.to_months,
            Value.BOOLEAN: partial(_boolean, formats.words_of(self.options, position)),
            Value.COUNTRY: lambda text: convert.to_country(text, self.countries),
            Value.CATEGORY: convert.guess_category,
            Value.STATUS: _status,
            Value.CONDITION: _condition,
            Value.HOLDER_KIND: convert.to_holder_kind,
            Value.QUANTITY: convert.check_quantity,
        }
        converter = converters[_READ_AS.get(filled.value, filled.value)]
        if formats.column_of(self.options, position).get("names"):
            converter = _surname_first(converter, may_be_open=target == "holder_name")
        if target == "holder_email":
            converter = _or_nobody(converter)
        # Of the others there are few distinct ones, each in thousands of rows.
        return converter if filled.value in TEXTS else cache(converter)


def _or_nobody(converter: Converter) -> Converter:
    """A word that says that nobody has it is no damaged address: see `_nobody`."""

    def converted(text: str) -> Any:
        is_word = convert.folded(text) in NOBODY or convert.is_in_stock(text)
        return convert.to_text(text) if is_word else converter(text)

    return converted


def _surname_first(converter: Converter, *, may_be_open: bool) -> Converter:
    """Whom a name means that may be taken apart in two ways, a person says."""

    def converted(text: str) -> Any:
        name = converter(text)
        if not isinstance(name, str) or convert.folded(name) in NOBODY:
            return name
        found = convert.surname_first(name)
        return name if may_be_open and isinstance(found, CellProblem) else found

    return converted


def _own_currency(found: Reading, amount: str) -> str | None:
    """That stands in the cell of the amount."""
    _number, currency = found.values.get(amount) or (None, None)
    return currency


def _date(order: DateOrder, text: str) -> Any:
    found = convert.to_date(text, order)
    return found if isinstance(found, CellProblem | None) else found.isoformat()


def _money(mark: DecimalMark, text: str) -> Any:
    found = convert.to_money(text, mark)
    if isinstance(found, CellProblem | None):
        return found
    return [str(found.amount), found.currency]


def _boolean(words: Mapping[str, str], text: str) -> Any:
    """Words that people gave a meaning for this file come first."""
    meaning = words.get(convert.folded(text))
    return meaning == "YES" if meaning in ("YES", "NO") else convert.to_boolean(text)


LONGEST_WORD = 128  # of a status that is asked about


def _status(text: str) -> Any:
    """State, reason and the word; both are empty where the word says nothing to us:
    then people are asked."""
    found = convert.to_status(text)
    if found is None:
        return None
    word = convert.to_text(text, max_length=LONGEST_WORD)
    if isinstance(word, CellProblem | None):
        return word
    if isinstance(found, CellProblem):
        return ["", "", word]
    return [found.state, found.reason, word]


def _condition(text: str) -> Any:
    found = convert.to_condition(text)
    return found if isinstance(found, CellProblem | None) else str(found)


# What is worth showing beside a sample, since it may be read in two ways.
_PREVIEWED = (Value.DATE, Value.MONEY, Value.BOOLEAN)


def preview(reader: CellReader, position: int, text: str) -> str:
    """How a cell is read, for a person; empty where that says nothing new."""
    if position not in reader.targets:
        return ""
    target, converter = reader.targets[position]
    if target.startswith(SPECIFICATION):
        return ""
    value = field_named(reader.kind, target).value
    found = converter(text) if value in _PREVIEWED else None
    if found is None or isinstance(found, CellProblem):
        return ""
    if value is Value.DATE:
        return format_date(date.fromisoformat(found), "j F Y")
    if value is Value.MONEY:
        amount = " ".join(filter(None, found))
        return "" if amount.rstrip("0") == text.strip().rstrip("0") else amount
    return _("yes") if found else _("no")


# --- What several cells say together -----------------------------------------

# Another device that holds this one is kept as a fact of it: here a device is held by
# a person, or stands at a place.
HELD_BY_DEVICE = f"{SPECIFICATION}Checked out to"
_NAMES = ("holder_name", "holder_username")
_NAMES_OF_A_HOLDER = (*_NAMES, "holder_email")
_OF_A_HOLDER = (*_NAMES_OF_A_HOLDER, "holder_first_name", "holder_last_name")
# Fields that say the same of a thing: what one of them clears, the others don't state.
SAID_TOGETHER = {
    Kind.ASSETS: (_OF_A_HOLDER, ("warranty_months", "warranty_ends_on")),
    Kind.PEOPLE: (),
}
# In the values of a row: what of it gave way to other cells of the same row, by field.
OVERRULED = "overruled"
_LONGEST = max(maker.count(" ") for maker in MANUFACTURERS) + 1


def settle(values: dict[str, Any]) -> None:
    """Fills the fields that are written, and takes out those that only say how."""
    if text := values.pop("make_and_model", None):
        _split(values, text)
    _nobody(values)
    kind, place = values.pop("holder_kind", None), values.pop("holder_place", None)
    if kind or place:
        _hold(values, kind, place)


def _split(values: dict[str, Any], text: str) -> None:
    """“Dell Latitude 5440” is a Latitude 5440 by Dell, since Dell is known for a maker
    or the row says so; of other texts all is the model. A column of its own comes
    first."""
    maker, model = _maker_in(text, values.get("manufacturer"))
    if maker and not values.get("manufacturer"):
        values["manufacturer"] = maker
    product = values.get("product_name")
    if model and not product:
        values["product_name"] = model
    elif model and convert.folded(product) not in (
        convert.folded(model),
        convert.folded(text),
    ):
        _overrule(values, "make_and_model", text)


def _maker_in(text: str, stated: str | None) -> tuple[str, str]:
    known = {*MANUFACTURERS, convert.folded(stated)} if stated else MANUFACTURERS
    words = text.split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        maker = " ".join(words[:count]).rstrip(" ,:;/|-\u2013")
        if convert.folded(maker) in known:
            rest = " ".join(words[count:])
            return maker, re.sub(r"^[\s,:;/|\-\u2013]+", "", rest)
    return "", text


def _nobody(values: dict[str, Any]) -> None:
    """“Unassigned” is no name: the row says that nobody has the device, unless another
    cell names somebody."""
    if (word := values.get("holder_email")) and "@" not in word:
        del values["holder_email"]
        if values.setdefault("holder_name", word) != word:
            _overrule(values, "holder_email", word)
    said = [n for n in _NAMES if convert.folded(values.get(n) or "") in NOBODY]
    words = {name: values.pop(name) for name in said}
    if words and any(values.get(name) for name in _OF_A_HOLDER):
        for name, text in words.items():
            _overrule(values, name, text)
    elif words:
        values["holder_name"] = None


def _hold(values: dict[str, Any], kind: str | None, place: str | None) -> None:
    """As tools say it that check devices out to places and to other devices, too."""
    named = next(
        (values[name] for name in _NAMES_OF_A_HOLDER if values.get(name)), None
    )
    if kind is None and not (named or values.get("holder_last_name")):
        kind = "PLACE"  # it is the only one that the row names
    if kind:
        values[HELD_BY_DEVICE] = named if kind == "DEVICE" else None
    where = place or named if kind == "PLACE" else values.get("location") or place
    where = where or ""
    if kind in ("PLACE", "DEVICE"):
        holds = convert.folded((named if kind == "DEVICE" else where) or "")
        for name in _OF_A_HOLDER:
            if (text := values.pop(name, None)) and convert.folded(text) not in holds:
                _overrule(values, name, text)
        values["holder_name"] = None  # whoever had it has it no more
    for name, text in (("location", values.get("location")), ("holder_place", place)):
        if text and convert.folded(text) != convert.folded(where):
            _overrule(values, name, text)
    if where:
        values["location"] = where


def _overrule(values: dict[str, Any], name: str, text: str) -> None:
    values.setdefault(OVERRULED, {})[name] = text
