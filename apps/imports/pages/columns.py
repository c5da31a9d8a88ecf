"""The page of an import that asks what its columns mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.core.errors import DomainError
from apps.imports import services
from apps.imports.columns import formats, meaning
from apps.imports.models import Batch, RememberedColumns
from apps.imports.reading.encoding import ENCODINGS
from apps.imports.states import BatchState, Kind
from apps.imports.values import CLEAR

from .batch import batch_of
from .columns_form import ColumnsForm
from .upload import DELIMITER_NAMES, ReadingForm


@members(Permission.IMPORTS_RUN)
def batch_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if batch.is_working or batch.is_written or batch.state == BatchState.DISCARDED:
        return redirect(batch)
    if batch.is_unread:
        return render(request, "imports/batch_unread.html", _how_read(batch))
    known = _remembered(batch)
    is_fresh = bool(known) and "fresh" in request.GET
    mapping = meaning.guessed(batch.headers, Kind(batch.kind)) if is_fresh else None
    form = ColumnsForm(
        request.POST or None, batch=batch, actor=request.actor, mapping=mapping
    )
    if request.method == "POST" and form.is_valid() and _settle(form, request.actor):
        open_questions = formats.open_questions(form.batch.options)
        return redirect("imports:columns", pk) if open_questions else redirect(batch)
    rows = form.rows()
    for row in rows:
        row["needs_a_look"] = _needs_a_look(row)
    unsure = [row for row in rows if row["needs_a_look"]]
    sure = [row for row in rows if not row["needs_a_look"]]
    context = {
        "form": form,
        "exporter": form.guess.exporter,
        "remembered": None if is_fresh else known,
        "clear": CLEAR,
        "unsure": unsure,
        "sure": sure,
        "left_out": sum(not row["field"].value() for row in sure),
        **_how_read(batch),
    }
    return render(request, "imports/batch_columns.html", context)


def _needs_a_look(row: dict[str, Any]) -> bool:
    return bool(row["field"].errors) or not (row["is_sure"] or row["is_empty"])


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
