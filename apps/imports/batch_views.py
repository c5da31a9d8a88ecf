"""The pages of a batch once its columns are known: plan, progress, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.core.access import members
from apps.core.actor import Actor, Role
from apps.core.pagination import keyset_page

from . import services
from .fields import Kind
from .forms import field_label
from .models import Batch, BatchQuerySet, BatchRow
from .states import BatchState, Verdict

ROWS_SHOWN = 25
UNKNOWNS_SHOWN = 200
NO_WORKER_AFTER = timedelta(seconds=20)
DONE = {
    Verdict.CREATE: gettext_lazy("Created"),
    Verdict.CHANGE: gettext_lazy("Changed"),
    Verdict.SAME: gettext_lazy("Same"),
    Verdict.REFUSED: gettext_lazy("Refused"),
}
# What tells a person which row it is, in this order.
TITLES = (
    "serial_number",
    "asset_tag",
    "email",
    "full_name",
    "last_name",
    "first_name",
    "name",
    "product_name",
)


def _batches(actor: Actor) -> BatchQuerySet:
    return Batch.objects.visible_to(actor).select_related("file", "default_address")


def batch_of(request: HttpRequest, pk: UUID) -> Batch:
    return get_object_or_404(_batches(request.actor), pk=pk)


@members(Role.COMPANY_ADMIN)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    page = keyset_page(
        _batches(request.actor), sort="-id", after=request.GET.get("after", "")
    )
    return render(request, "imports/batch_list.html", {"page": page})


@members(Role.COMPANY_ADMIN)
@require_safe
def batch_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One address for the whole life of an import; what it shows goes by the state."""
    batch = batch_of(request, pk)
    if batch.state == BatchState.UPLOADED:
        return redirect("imports:columns", batch.pk)
    if batch.is_working:
        return render(request, "imports/batch_progress.html", _progress(batch))
    return render(request, "imports/batch_plan.html", _rows(request, batch))


@members(Role.COMPANY_ADMIN)
@require_safe
def batch_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fragment that asks for itself every two seconds; reloads the page at the end."""
    batch = batch_of(request, pk)
    response = render(request, "imports/_progress.html", _progress(batch))
    if not batch.is_working:
        response["HX-Refresh"] = "true"
    return response


def _progress(batch: Batch) -> dict[str, Any]:
    is_planning = batch.state == BatchState.PLANNING
    to_apply = batch.counts.get("CREATE", 0) + batch.counts.get("CHANGE", 0)
    last_sign = batch.alive_at or batch.created_at
    return {
        "batch": batch,
        "is_planning": is_planning,
        "done": batch.planned_rows if is_planning else batch.applied_rows,
        "total": batch.total_rows if is_planning else to_apply,
        "has_no_worker": batch.is_working
        and last_sign < timezone.now() - NO_WORKER_AFTER,
    }


def _rows(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    verdict = request.GET.get("verdict", "")
    if verdict not in Verdict.values:
        verdict = next((v for v in Verdict.values if batch.counts.get(v)), "CREATE")
    rows = BatchRow.objects.filter(
        company_id=batch.company_id, batch=batch, verdict=verdict
    )
    page = keyset_page(
        rows, sort="line", size=ROWS_SHOWN, after=request.GET.get("after", "")
    )
    for row in page.rows:
        _describe(row, batch)
    labels = DONE if batch.state == BatchState.APPLIED else dict(Verdict.choices)
    address = reverse("imports:detail", args=[batch.pk])
    tabs = [
        {
            "label": labels[value],
            "url": f"{address}?verdict={value}",
            "count": batch.counts.get(value, 0),
            "is_current": value == verdict,
        }
        for value in Verdict.values
    ]
    to_apply = batch.counts.get("CREATE", 0) + batch.counts.get("CHANGE", 0)
    return {
        "batch": batch,
        "page": page,
        "verdict": verdict,
        "tabs": tabs,
        "to_apply": max(to_apply - batch.applied_rows, 0),
        "unknown_count": len(batch.unknowns),
        "unknowns": [
            {**unknown, "key": _key(unknown)}
            for unknown in batch.unknowns[:UNKNOWNS_SHOWN]
        ],
    }


def _key(unknown: dict[str, Any]) -> str:
    return f"{unknown['kind']}:{unknown['value']}"


def _describe(row: BatchRow, batch: Batch) -> None:
    """Puts what the template shows on the row: its title, its diffs, its faults."""
    kind = Kind(batch.kind)
    row.title = _title(row, batch)
    if row.applied_at and row.target_id:
        page = "inventory:detail" if kind is Kind.ASSETS else "people:detail"
        row.url = reverse(page, args=[row.target_id])
    row.diffs = [
        {"label": field_label(kind, name), "old": old, "new": new}
        for name, (old, new) in row.changes.items()
    ]
    row.faults = [
        {
            "message": problem.get("message", ""),
            "header": _at(batch.headers, problem.get("column")),
            "cell": _at(row.cells, problem.get("column")),
        }
        for problem in row.problems
    ]


def _title(row: BatchRow, batch: Batch) -> str:
    cells = {
        target: _at(row.cells, int(position)).strip()
        for position, target in batch.mapping.items()
    }
    found = [cells[name] for name in TITLES if cells.get(name)]
    return " · ".join(found[:2])


def _at(texts: Sequence[str], position: int | None) -> str:
    is_there = position is not None and 0 <= position < len(texts)
    return str(texts[position]) if is_there else ""


@members(Role.COMPANY_ADMIN)
@require_POST
def batch_unknowns(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    shown, ticked = request.POST.getlist("shown"), request.POST.getlist("create")
    decisions = {
        (unknown["kind"], unknown["value"]): _key(unknown) in ticked
        for unknown in batch.unknowns
        if _key(unknown) in shown
    }
    services.decide_unknowns(batch, decisions, actor=request.actor)
    return redirect(batch)


@members(Role.COMPANY_ADMIN)
@require_POST
def batch_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    services.request_plan(batch, actor=request.actor)
    return redirect(batch)


@members(Role.COMPANY_ADMIN)
@require_POST
def batch_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    services.request_apply(batch, actor=request.actor)
    return redirect(batch)


@members(Role.COMPANY_ADMIN)
@require_POST
def batch_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    services.request_stop(batch, actor=request.actor)
    messages.success(request, _("It stops after the rows it has in hand."))
    return redirect(batch)


@members(Role.COMPANY_ADMIN)
@require_safe
def batch_refused(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    batch = batch_of(request, pk)
    response = StreamingHttpResponse(
        services.refused_csv(batch), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return response
