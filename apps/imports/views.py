from __future__ import annotations

from itertools import islice
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.core.access import members
from apps.core.actor import Actor, Role
from apps.core.errors import DomainError

from . import services
from .batch_views import batch_of
from .forms import ColumnsForm, UploadForm
from .intake import table_of
from .models import Batch

SAMPLES = 3


@members(Role.COMPANY_ADMIN)
def batch_create(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.upload(
                request.member.company,
                form.cleaned_data["file"],
                form.cleaned_data["kind"] or None,
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(
                error.field if error.field in form.fields else None, error.message
            )
        else:
            return redirect("imports:columns", batch.pk)
    return render(request, "imports/batch_form.html", {"form": form})


@members(Role.COMPANY_ADMIN)
def batch_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if batch.is_working or batch.is_written:
        return redirect(batch)
    form = ColumnsForm(request.POST or None, batch=batch, actor=request.actor)
    if request.method == "POST" and form.is_valid() and _plan(form, request.actor):
        return redirect(batch)
    rows = form.rows(_samples(batch))
    context = {
        "batch": batch,
        "form": form,
        "unsure": [row for row in rows if not row["is_sure"] or row["field"].errors],
        "sure": [row for row in rows if row["is_sure"] and not row["field"].errors],
    }
    return render(request, "imports/batch_columns.html", context)


def _plan(form: ColumnsForm, actor: Actor) -> bool:
    try:
        services.set_columns(
            form.batch,
            mapping=form.mapping,
            options=form.options,
            default_address=form.cleaned_data.get("default_address"),
            actor=actor,
        )
        services.request_plan(form.batch, actor=actor)
    except DomainError as error:
        form.add_error(
            error.field if error.field in form.fields else None, error.message
        )
        return False
    return True


def _samples(batch: Batch) -> dict[int, list[str]]:
    """The first few filled cells of each column."""
    table = table_of(batch)
    samples: dict[int, list[str]] = {}
    for row in islice(table.rows(), 50):
        for position, cell in enumerate(row.cells):
            seen = samples.setdefault(position, [])
            if cell.strip() and cell not in seen and len(seen) < SAMPLES:
                seen.append(cell)
    return samples
