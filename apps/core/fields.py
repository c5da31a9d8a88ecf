"""Fields, said once: what people read, enter, export and import of a thing.

Each kind of thing has one table: `apps/inventory/fields.py`, `apps/accounts/fields.py`.
Forms, pages, verbs, events, exports and imports read it, so that a new field is the
model, its migration and one row.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from . import money
from .actor import Actor, Permission
from .clean import capitals, lines, one_line, small_letters
from .errors import Conflict


class Value(enum.StrEnum):
    """What the values of a field are: it decides the widget of a form, how a page and
    an export write them, how an import reads a cell, and their type in events."""

    TEXT = "TEXT"
    LONG_TEXT = "LONG_TEXT"  # may have several lines
    CODE = "CODE"
    SERIAL = "SERIAL"
    EMAIL = "EMAIL"
    DATE = "DATE"
    MONEY = "MONEY"
    CURRENCY = "CURRENCY"
    MONTHS = "MONTHS"
    BOOLEAN = "BOOLEAN"
    COUNTRY = "COUNTRY"
    CATEGORY = "CATEGORY"
    STATUS = "STATUS"
    CONDITION = "CONDITION"
    ROLE = "ROLE"
    LANGUAGE = "LANGUAGE"
    PRODUCT = "PRODUCT"
    HOLDER_KIND = "HOLDER_KIND"  # of a row: a person, a place or a device
    QUANTITY = "QUANTITY"  # of a row: one device, or the row is refused
    PAIRS = "PAIRS"  # names with values


ONE_LINE = frozenset({Value.TEXT, Value.CODE, Value.SERIAL, Value.EMAIL})
TEXTS = ONE_LINE | {Value.LONG_TEXT}
# How a text is written, whatever it comes from, and so how it is compared.
CLEANERS: dict[Value, Callable[[str], str]] = {
    **dict.fromkeys((*ONE_LINE, Value.CURRENCY), one_line),
    Value.LONG_TEXT: lines,
    Value.SERIAL: capitals,
    Value.EMAIL: small_letters,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A row. What most fields are is the default: edited by the verb and in the form,
    shown on the page, exported, imported, and emptied by whoever may edit it."""

    name: str  # of the model's column, as verbs and events call it
    label: str | Promise
    value: Value = Value.TEXT
    header: str = ""  # of exports; which others imports know: imports/columns
    column: str = ""  # what imports call it, if not `name`; stored, so it stays
    asked_as: str = ""  # what forms call it, if not `name`
    reads: str = ""  # what an export reads of the thing, if not `name`
    shows: str = ""  # what its page reads, if not that
    # What an export makes of several columns, or of one otherwise than as it is.
    made_of: tuple[str, ...] = ()
    makes: Callable[..., object] | None = None
    kept_in: str = ""  # `app.Model.field` whose length it has, if not of the model
    currency: str = ""  # of MONEY: the column that says in which
    help_text: str | Promise = ""
    section: str | Promise = ""  # of the form
    seen_with: Permission | None = None  # what one needs beside seeing the thing
    is_edited: bool = True  # False: a file says with it what is no column of the model
    in_form: bool = True
    on_page: bool = True  # in the list of facts; False: elsewhere, or not at all
    is_exported: bool = True
    is_imported: bool = True
    is_filtered: bool = False  # in the list of such things
    is_clearable: bool = True
    is_key: bool = False  # an import finds the thing by it
    # Which one a row is about, whose, where, or what becomes of it: a cell of it that
    # can't be read refuses the row, while that of another field is left out.
    decides: bool = False
    is_personal: bool = False  # events say only that it changed
    is_free_text: bool = False  # likewise, since it may hold anything

    def __post_init__(self) -> None:
        if (self.is_imported or self.is_exported) and not self.header:
            raise ValueError(f"{self.name}: which header has it in files?")
        if (self.value is Value.MONEY) != bool(self.currency):
            raise ValueError(f"{self.name}: money has a column for its currency")

    @property
    def target(self) -> str:
        """What imports call it."""
        return self.column or self.name

    @property
    def form_name(self) -> str:
        return self.asked_as or self.name

    @property
    def may_be_left_out(self) -> bool:
        """By an import, where the cell can't be read."""
        return not (self.is_key or self.decides)

    @property
    def is_version_checked(self) -> bool:
        """Whether a form that showed another value is refused."""
        return self.is_edited and self.in_form

    @property
    def is_told(self) -> bool:
        """Whether an event may carry its values."""
        is_free = self.value in (Value.LONG_TEXT, Value.PAIRS) or self.is_free_text
        return not (self.is_personal or is_free)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a page shows of one field; never empty."""

    field: Field
    value: Any
    currency: str = ""

    @property
    def copies(self) -> bool:
        """What is printed somewhere is written monospaced, and a click copies it."""
        return self.field.is_key and self.field.value in (Value.SERIAL, Value.CODE)


@dataclass(frozen=True, slots=True)
class Written:
    """What an export writes: what is made of columns, or the one column."""

    paths: tuple[str, ...]
    make: Callable[..., object] | None


class Table:
    """The fields of one model, in the order of exports, pages and forms."""

    def __init__(self, model: str, *fields: Field) -> None:
        """`model` is `app.Model`: tables are read before models are there."""
        self.model, self.fields = model, fields
        self.by_name = {field.name: field for field in fields}
        if len(self.by_name) != len(fields):
            raise ValueError(f"{model}: a field stands in its table twice")

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    @cached_property
    def edited(self) -> tuple[Field, ...]:
        """What the edit verb takes."""
        return tuple(field for field in self.fields if field.is_edited)

    @cached_property
    def exported(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_exported)

    @cached_property
    def imported(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_imported)

    @cached_property
    def filtered(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_filtered)

    def edited_of(self, *values: Value) -> frozenset[str]:
        """Names of the edited fields with such values."""
        return frozenset(field.name for field in self.edited if field.value in values)

    @cached_property
    def cleaners(self) -> dict[str, Callable[[str], str]]:
        """By the name of an edited field that is a text: what its verb writes of it."""
        return {
            field.name: CLEANERS[field.value]
            for field in self.edited
            if field.value in CLEANERS
        }

    def max_length(self, field: Field) -> int | None:
        """As the column has it that keeps the text."""
        if not (field.kept_in or field.is_edited):
            return None
        kept_in = field.kept_in or f"{self.model}.{field.name}"
        model, _dot, name = kept_in.rpartition(".")
        column = apps.get_model(model, require_ready=False)._meta.get_field(name)
        return getattr(column, "max_length", None)

    def lengths(self, names: Iterable[str]) -> dict[str, int]:
        """The longest texts that those columns take."""
        found = {name: self.max_length(self[name]) for name in names}
        return {name: longest for name, longest in found.items() if longest}

    # What a form showed

    def version(self, thing: models.Model, only: str = "") -> str:
        """What a form remembers of the thing as it is in the database: nothing that
        the form does not show counts. `only` is the one field that it shows, with its
        currency."""
        names = {only, self.by_name[only].currency} if only in self.by_name else {only}
        values = [
            (field.name, str(getattr(thing, field.name)))
            for field in self.fields
            if field.is_version_checked and (not only or field.name in names)
        ]
        digest = hashlib.sha256(repr(values).encode()).hexdigest()[:20]
        return f"{only}:{digest}" if only else digest

    def require_unchanged(self, thing: models.Model, seen: str | None) -> None:
        """Raises Conflict `changed_meanwhile` if the locked row is no longer what the
        form showed; None asks for nothing."""
        only = seen.rpartition(":")[0] if seen else ""
        if seen is not None and seen != self.version(thing, only):
            raise Conflict(
                "changed_meanwhile",
                _(
                    "Somebody saved other changes meanwhile. Compare with the page in "
                    "another tab; saving again overwrites theirs."
                ),
            )

    # Forms

    @property
    def asked(self) -> list[str]:
        """For `Meta.fields` of a ModelForm."""
        return [f.form_name for f in self.edited if f.in_form]

    def form_name(self, name: str | None) -> str | None:
        """What forms call the field that a refusal is about."""
        return self.by_name[name].form_name if name in self.by_name else name

    def formfield(self, column: models.Field, **kwargs: Any) -> forms.Field | None:
        """For `Meta.formfield_callback` of a ModelForm."""
        field = self[column.attname]
        told: dict[str, Any] = {
            "label": field.label,
            "help_text": field.help_text,
            "required": not field.is_clearable,
        }
        if field.value is Value.CURRENCY:
            return money.CurrencyField(**told)
        if field.value is Value.DATE:
            told["widget"] = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        elif field.value is Value.LONG_TEXT:
            told["widget"] = forms.Textarea({"rows": 3})
        return column.formfield(**kwargs, **told)

    def sections(
        self, form: forms.BaseForm
    ) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        """The bound fields of a form by the sections of the table."""
        found: dict[str | Promise, list[forms.BoundField]] = {}
        for field in self.edited:
            if field.in_form:
                found.setdefault(field.section, []).append(form[field.form_name])
        return list(found.items())

    # Pages

    def facts(self, thing: models.Model, actor: Actor) -> list[Fact]:
        """What is known of the thing and may be seen."""
        found = []
        for field in self.fields:
            if not field.on_page:
                continue
            if field.seen_with and not actor.holds(field.seen_with):
                continue
            value = _read(thing, field.shows or field.reads or field.name)
            if value not in (None, ""):
                currency = getattr(thing, field.currency) if field.currency else ""
                found.append(Fact(field, value, currency))
        return found

    # Files

    @property
    def headers(self) -> list[str]:
        return [field.header for field in self.exported]

    def written(self, field: Field) -> Written:
        """What an export writes of a thing."""
        if field.makes:
            return Written(field.made_of or (field.reads or field.name,), field.makes)
        if field.value is Value.MONEY:
            return Written((field.name, field.currency), money.plain)
        path, separator, last = (field.reads or field.name).rpartition("__")
        if last.startswith("get_") and last.endswith("_display"):
            last = last.removeprefix("get_").removesuffix("_display")
            labels = untranslated(self.choices(f"{path}{separator}{last}"))
            return Written((f"{path}{separator}{last}",), lambda code: labels.get(code))
        return Written((f"{path}{separator}{last}",), None)

    def choices(self, path: str) -> dict[Any, str | Promise]:
        """Labels of the values of a column, by a path such as `product__category`."""
        model: Any = apps.get_model(self.model, require_ready=False)
        *steps, name = path.split("__")
        for step in steps:
            model = model._meta.get_field(step).related_model
        return dict(model._meta.get_field(name).flatchoices)


def untranslated(labels: dict[Any, str | Promise]) -> dict[Any, str]:
    """Imports read it, whatever language whoever asked for the file speaks."""
    with translation.override(settings.LANGUAGE_CODE):
        return {code: str(label) for code, label in labels.items()}


class TableForm(forms.ModelForm):
    """The form of a thing that has a table; the verb checks and saves."""

    table: ClassVar[Table]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Before what was typed is set on the instance.
        is_new = self.instance._state.adding
        self.version = "" if is_new else self.table.version(self.instance)

    @property
    def sections(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        return self.table.sections(self)


def _read(thing: Any, path: str) -> Any:
    """By a path such as `product__name`; None where a part of it is not there."""
    for name in path.split("__"):
        if thing is None:
            return None
        thing = getattr(thing, name)
        if callable(thing):
            thing = thing()
    return thing
