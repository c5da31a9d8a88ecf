"""The page of an import that asks what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.companies.models import Address
from apps.core import money
from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.core.errors import DomainError
from apps.imports import services
from apps.imports.columns import formats, meaning
from apps.imports.columns.fields import (
    SPECIFICATION,
    WITH_SPECIFICATION,
    Value,
    field_named,
)
from apps.imports.models import Batch, RememberedColumns
from apps.imports.reading.encoding import ENCODINGS
from apps.imports.shown import questions
from apps.imports.shown.columns import ColumnShown, meanings, overview
from apps.imports.shown.questions import Asked
from apps.imports.states import BatchState, Kind
from apps.imports.targets import TARGETS
from apps.imports.values import CLEAR

from .batch import batch_of
from .upload import DELIMITER_NAMES, ReadingForm


class TargetSelect(forms.Select):
    """Made without templates: a list may have a thousand columns, and each of them
    some forty choices."""

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        chosen = str(value or "")
        options = [
            f'<option value="{escape(target)}"'
            f"{' selected' if str(target) == chosen else ''}>{escape(label)}</option>"
            for target, label in self.choices
        ]
        about = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return mark_safe(f"<select{about}>{''.join(options)}</select>")  # noqa: S308


class ColumnsForm(forms.Form):
    """Which field each column fills, and what the cells alone don't tell."""

    def __init__(
        self,
        *args: Any,
        batch: Batch,
        actor: Actor,
        mapping: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.kind = Kind(batch.kind)
        self.overview = overview(batch, mapping)
        # By the name of the form's field.
        self.asked: dict[str, Asked] = {}
        targets = [(one.code, str(one.label)) for one in self.overview.targets]
        self.targets = [("", _("Leave out")), *targets]
        for column in self.overview.columns:
            self.fields[_field_of(column)] = self._target(column)
        for asked in self.overview.questions:
            name = f"answer-{len(self.asked)}"
            self.asked[name] = asked
            self.fields[name] = forms.ChoiceField(
                label=asked.text,
                choices=asked.choices,
                required=False,
                initial=asked.answer or None,
                widget=forms.RadioSelect if asked.is_open else forms.Select,
            )
        if TARGETS[self.kind].has_places:
            self.fields["default_address"] = self._place(actor)
        if any(one.field == "purchase_price" for one in self.overview.columns):
            self.fields["currency"] = self._currency()

    def _target(self, column: ColumnShown) -> forms.ChoiceField:
        choices = self.targets[:]
        if self.kind in WITH_SPECIFICATION:
            own = f"{SPECIFICATION}{column.header.strip()}"
            own = column.field if column.field.startswith(SPECIFICATION) else own
            name = own.removeprefix(SPECIFICATION)
            choices.append((own, _("Specification: %(name)s") % {"name": name}))
        return forms.ChoiceField(
            label=column.name,
            choices=choices,
            required=False,
            initial=column.field,
            widget=TargetSelect,
        )

    def _place(self, actor: Actor) -> forms.ModelChoiceField:
        places = Address.objects.visible_to(actor).active()
        places = places.filter(company=self.batch.company_id)
        return forms.ModelChoiceField(
            places,
            label=_("Where are assets without a holder and place?"),
            help_text=_("Picked once, for all rows that say neither."),
            required=False,
            empty_label=_("Not known: refuse such rows"),
            initial=self.batch.default_address_id
            or places.filter(is_default=True).first(),
        )

    def _currency(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_("Which currency are prices in that name none?"),
            choices=money.choices(),
            widget=forms.Select(attrs={"translate": "no"}),
            required=False,
            initial=self.overview.currency,
        )

    def clean(self) -> dict[str, Any]:
        """Two columns can't fill the same field; what is asked is to be answered."""
        cleaned = super().clean() or {}
        first: dict[str, str] = {}
        for column in self.overview.columns:
            target = cleaned.get(_field_of(column))
            if target and target in first:
                told = _("“%(column)s” fills this field already.")
                self.add_error(_field_of(column), told % {"column": first[target]})
            elif target:
                first[target] = column.header.strip()
        for name in self.asked:
            if self._is_wanted(name, cleaned) and not cleaned.get(name):
                self.add_error(name, _("Choose one; the cells alone don’t tell."))
        return cleaned

    def _is_wanted(self, name: str, cleaned: Mapping[str, Any]) -> bool:
        """The column still fills a field about which the question is."""
        option, at, _word = self.asked[name].question
        target = cleaned.get(f"column-{at}")
        if not target or target.startswith(SPECIFICATION):
            return False
        value = field_named(self.kind, target).value
        if option == formats.WORD:
            return value is Value.BOOLEAN
        return value in questions.ORDERS and questions.ORDERS[value][0] == option

    @property
    def mapping(self) -> dict[str, str]:
        chosen = {
            str(column.position): self.cleaned_data[_field_of(column)]
            for column in self.overview.columns
        }
        return {position: target for position, target in chosen.items() if target}

    @property
    def answers(self) -> dict[str, Any]:
        """As `formats.answers` takes them."""
        given = {one.id: self.cleaned_data[n] for n, one in self.asked.items()}
        said = {name: answer for name, answer in given.items() if answer}
        currency = self.cleaned_data.get("currency", "")
        found = questions.answers(self.asked.values(), said)
        return {formats.CURRENCY: currency, **found}

    @property
    def questions(self) -> list[forms.BoundField]:
        """Those that the cells leave open."""
        return [self[name] for name, asked in self.asked.items() if asked.is_open]

    def rows(self) -> list[dict[str, Any]]:
        """Of the table: a column with its field."""
        return [
            {"shown": column, "field": self[_field_of(column)]}
            for column in self.overview.columns
        ]

    @property
    def settled(self) -> list[dict[str, Any]]:
        """What the cells of whole columns say, and where that can be overruled."""
        found = []
        for column in self.overview.columns:
            kept = formats.column_of(self.batch.options, column.position)
            fields = [
                self[name]
                for name, asked in self.asked.items()
                if asked.column == column.position and not asked.is_open
            ]
            proof = meanings(kept.get("means", {})) or kept.get("proof", "")
            is_of_words = not any(name in kept for name in formats.ORDERS)
            if fields or (proof and is_of_words):
                found.append({"header": column.name, "fields": fields, "proof": proof})
        return found


def _field_of(column: ColumnShown) -> str:
    return f"column-{column.position}"


@members(Permission.IMPORTS_RUN)
def batch_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if batch.is_working or batch.is_written or batch.state == BatchState.DISCARDED:
        return redirect(batch)
    if batch.is_unread:
        return render(request, "imports/batch_unread.html", _how_read(batch))
    known = _remembered(batch)
    is_fresh = bool(known) and "fresh" in request.GET
    mapping = meaning.guess_of(batch).by_position() if is_fresh else None
    form = ColumnsForm(
        request.POST or None, batch=batch, actor=request.actor, mapping=mapping
    )
    if request.method == "POST" and form.is_valid() and _settle(form, request.actor):
        open_questions = formats.open_questions(form.batch.options)
        return redirect("imports:columns", pk) if open_questions else redirect(batch)
    rows = form.rows()
    unsure = [row for row in rows if _needs_a_look(row)]
    sure = [row for row in rows if not _needs_a_look(row)]
    context = {
        "form": form,
        "remembered": None if is_fresh else known,
        "clear": CLEAR,
        "unsure": unsure,
        "sure": sure,
        "left_out": sum(not row["field"].value() for row in sure),
        **_how_read(batch),
    }
    return render(request, "imports/batch_columns.html", context)


def _needs_a_look(row: dict[str, Any]) -> bool:
    shown = row["shown"]
    return bool(row["field"].errors) or not (shown.is_sure or shown.is_empty)


def _settle(form: ColumnsForm, actor: Actor) -> bool:
    """Keeps the columns; starts the plan unless a new question came up."""
    try:
        form.batch = services.confirm_columns(
            form.batch,
            mapping=form.mapping,
            options=form.answers,
            default_address=form.cleaned_data.get("default_address"),
            actor=actor,
        )
    except DomainError as error:
        form.add_error(
            error.field if error.field in form.fields else None, error.message
        )
        return False
    return True


@members(Permission.IMPORTS_RUN)
@require_POST
def batch_reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reads the file as people say it is to be read."""
    batch = batch_of(request, pk)
    form = ReadingForm(request.POST, batch=batch, sheets=_sheets(batch))
    if form.is_valid():
        services.read_again(batch, actor=request.actor, **form.cleaned_data)
    for name, errors in form.errors.items():
        words = {"name": form[name].label, "reason": errors[0]}
        messages.error(request, _("%(name)s: %(reason)s") % words)
    return redirect(batch)


def _remembered(batch: Batch) -> RememberedColumns | None:
    """What the columns were filled from, while nobody changed them."""
    if batch.state != BatchState.UPLOADED:
        return None
    known = meaning.remembered(batch.company, batch.headers, batch.kind)
    return known if known and known.mapping == batch.mapping else None


def _sheets(batch: Batch) -> list[str]:
    chosen = batch.options.get("sheet")
    return batch.samples.get("sheets") or ([chosen] if chosen else [])


def _how_read(batch: Batch) -> dict[str, Any]:
    options, sheets = batch.options, _sheets(batch)
    encoding = options.get("encoding", "")
    facts = {
        _("Sheet"): options.get("sheet", ""),
        _("Encoding"): "" if sheets else ENCODINGS.get(encoding, encoding),
        _("Between the cells"): DELIMITER_NAMES.get(options.get("delimiter", ""), ""),
        _("Columns named in line"): options.get("header_line", ""),
    }
    # Of a workbook whose sheets nobody could list there is nothing to choose.
    is_choice = sheets or batch.file.content_type != services.XLSX
    return {
        "batch": batch,
        "how_read": {name: fact for name, fact in facts.items() if fact},
        "accented": batch.samples.get("words", []),
        "is_old": not (batch.samples or batch.is_unread),
        "reading_form": ReadingForm(batch=batch, sheets=sheets) if is_choice else None,
        "sheet_count": len(sheets),
    }
