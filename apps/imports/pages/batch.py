"""The pages of a batch once its columns are known: plan, progress, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core import seen
from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.core.confirm import ReasonForm
from apps.core.errors import Invalid
from apps.core.pagination import Page
from apps.core.query import PagedQuery
from apps.imports import services
from apps.imports.models import Batch, BatchQuerySet, Unknown
from apps.imports.shown.plan import (
    is_open,
    kept_csv,
    left_out_csv,
    made_besides,
    meanings_of,
)
from apps.imports.states import BatchState, Choice, UndoReason
from apps.imports.targets import staleness
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import NameChoice, differs

from . import plan

UNKNOWNS_ON_A_PAGE = 50
OPTIONS_SHOWN = 20


def _batches(actor: Actor) -> BatchQuerySet:
    found = Batch.objects.visible_to(actor).defer("samples")
    return found.select_related("file", "default_address")


def batch_of(request: HttpRequest, pk: UUID) -> Batch:
    return get_object_or_404(_batches(request.actor), pk=pk)


@members(Permission.IMPORTS_READ)
@require_safe
def batch_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One address for the whole life of an import; what it shows goes by the state."""
    batch = batch_of(request, pk)
    if batch.state == BatchState.DISCARDED:
        return render(request, "imports/batch_discarded.html", {"batch": batch})
    if batch.is_working:
        return render(request, "imports/batch_progress.html", _progress(batch))
    if batch.state == BatchState.UPLOADED or batch.is_unread:
        return redirect("imports:columns", batch.pk)
    context = plan.context(batch, request)
    return render(request, "imports/batch_plan.html", context)


@members(Permission.IMPORTS_READ)
@require_safe
def batch_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fragment that asks for itself every two seconds, and sooner at the beginning;
    reloads the page at the end."""
    batch = batch_of(request, pk)
    response = render(request, "imports/_progress.html", _progress(batch))
    if not batch.is_working:
        response["HX-Refresh"] = "true"
    return response


def _progress(batch: Batch) -> dict[str, Any]:
    done, total = batch.progress
    has_no_worker = (
        Batch.objects.filter(pk=batch.pk).without_worker(timezone.now()).exists()
    )
    is_small = batch.state == BatchState.READING and not done
    return {
        "batch": batch,
        "done": done,
        "total": total,
        "has_no_worker": has_no_worker,
        # A small file is read by the time somebody looks.
        "is_brief": is_small and not has_no_worker,
    }


@members(Permission.IMPORTS_READ)
@require_safe
def batch_stale(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fragment: what was changed after the plan was made. It compares every row, so
    the page does not wait for it."""
    batch = batch_of(request, pk)
    stale = staleness.of(batch)
    for row in stale.rows:
        plan.describe(row, batch)
    context = {"batch": batch, "stale": stale}
    return render(request, "imports/_stale.html", context)


# --- Unknown names ----------------------------------------------------------


@members(Permission.IMPORTS_RUN)
def batch_unknowns(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if request.method == "POST":
        return _decide(request, batch)
    found = batch.unknowns.filter(company=batch.company_id)
    asked = PagedQuery.read(request)
    page = asked.page(found, sort="-rows", size=UNKNOWNS_ON_A_PAGE)
    plan.describe_unknowns(page.rows)
    context = {
        "batch": batch,
        "page": page,
        "count": found.count(),
        "pickers": plan.PICKERS,
    }
    return render(request, "imports/batch_unknowns.html", context)


def _chosen(request: HttpRequest, batch: Batch) -> list[tuple[Unknown, NameChoice]]:
    """The names of the form of which something is chosen, each with that."""
    actions = {
        name.removeprefix("action-"): action
        for name, action in request.POST.items()
        if name.startswith("action-") and name.removeprefix("action-").isdecimal()
    }
    asked = [pk for pk, action in actions.items() if action]
    chosen = []
    for unknown in batch.unknowns.filter(pk__in=asked).order_by("-rows", "-id"):
        action, _sign, meaning = actions[str(unknown.pk)].partition(":")
        use = meaning or request.POST.get(f"use-{unknown.pk}", "")
        choice = NameChoice(unknown.kind, unknown.key, action, use)
        chosen.append((unknown, choice))
    return chosen


def _is_decided(unknown: Unknown, choice: NameChoice) -> bool:
    """What is as usual, and stays so, is no decision."""
    return is_open(unknown) or differs(unknown, choice)


def _decide(request: HttpRequest, batch: Batch) -> HttpResponse:
    chosen = _chosen(request, batch)
    choices = [
        choice
        for unknown, choice in chosen
        if unknown.decided_at or _is_decided(unknown, choice)
    ]
    if kind := request.POST.get("create_all"):
        choices = [
            NameChoice(kind, None, Choice.CREATE),
            *(one for one in choices if (one.kind, one.choice) != (kind, "REFUSE")),
        ]
    if answer := request.POST.get("all"):
        choices = [NameChoice(IDENTITY, None, answer)]
    try:
        services.decide_unknowns(batch, choices, actor=request.actor)
    except Invalid as error:
        return _chosen_again(request, batch, chosen, error)
    return redirect(batch)


def _chosen_again(
    request: HttpRequest,
    batch: Batch,
    chosen: list[tuple[Unknown, NameChoice]],
    error: Invalid,
) -> HttpResponse:
    """The same names as they were chosen, with the error beside the one it is about."""
    rows = plan.describe_unknowns(unknown for unknown, _choice in chosen)
    for unknown, choice in chosen:
        unknown.chosen, unknown.use_text = choice.choice, choice.use
        if meanings_of(unknown.kind):
            unknown.chosen = f"{choice.choice}:{choice.use}"
        unknown.error = error.message if unknown.key == error.field else ""
    context = {
        "batch": batch,
        "page": Page(rows, after=""),
        "count": len(chosen),
        "pickers": plan.PICKERS,
    }
    return render(request, "imports/batch_unknowns.html", context)


@members(Permission.IMPORTS_RUN)
@require_safe
def unknown_options(request: HttpRequest, kind: str) -> HttpResponse:
    """Options of a datalist: what a name in a file could be taken for."""
    text = plan.UsePicker.read(request).text
    actor = request.actor
    if kind == "product":
        products = Product.objects.visible_to(actor).search(text)
        context = {"products": products.order_by("name", "pk")[:OPTIONS_SHOWN]}
        return render(request, "inventory/_product_options.html", context)
    if kind in ("person", "holder"):
        people = User.objects.visible_to(actor).people().search(text)
        context = {"people": people.order_by("sort_key", "id")[:OPTIONS_SHOWN]}
        return render(request, "inventory/_people_options.html", context)
    if kind != "place":
        raise Http404
    places = Address.objects.visible_to(actor).active().search(text)
    context = {"places": places.order_by("name")[:OPTIONS_SHOWN]}
    return render(request, "imports/_place_options.html", context)


# --- Steps ------------------------------------------------------------------


@members(Permission.IMPORTS_RUN)
@require_POST
def batch_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    services.request_plan(batch, actor=request.actor)
    return redirect(batch)


@members(Permission.IMPORTS_RUN)
@require_POST
def batch_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    chosen = _chosen(request, batch)
    if any(_is_decided(unknown, choice) for unknown, choice in chosen):
        messages.info(request, _("Your choices come first: look at the plan again."))
        return _decide(request, batch)
    as_of = request.POST.get("as_of", "")
    services.request_apply(batch, actor=request.actor, as_of=as_of)
    return redirect(batch)


@members(Permission.IMPORTS_RUN)
@require_POST
def batch_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    services.request_stop(batch, actor=request.actor)
    messages.success(request, _("It stops after the rows it has in hand."))
    return redirect(batch)


@members(Permission.IMPORTS_RUN)
def batch_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    form = ReasonForm(request.POST or None, choices=UndoReason.choices)
    if request.method == "POST" and form.is_valid():
        request.intent = _("Undo the import?")
        reason, shown = form.cleaned_data["reason"], seen.of(request)
        services.undo(batch, actor=request.actor, reason=reason, seen=shown)
        return redirect(batch)
    context = {
        "batch": batch,
        "form": form,
        "cancel_url": batch.get_absolute_url(),
        "moves": batch,
        "made": made_besides(batch),
    }
    return render(request, "imports/batch_undo.html", context)


@members(Permission.IMPORTS_RUN)
def batch_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if request.method == "POST":
        request.intent = _("Discard the import?")
        services.discard(batch, actor=request.actor, seen=seen.of(request))
        messages.success(request, _("%(name)s is discarded.") % {"name": batch})
        return redirect("imports:list")
    context = {
        "batch": batch,
        "cancel_url": batch.get_absolute_url(),
        "moves": batch,
    }
    return render(request, "imports/batch_discard.html", context)


# --- Files ------------------------------------------------------------------


@members(Permission.IMPORTS_READ)
@require_safe
def batch_refused(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    batch = batch_of(request, pk)
    return _csv(left_out_csv(batch), "refused.csv")


@members(Permission.IMPORTS_READ)
@require_safe
def batch_kept(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    batch = batch_of(request, pk)
    return _csv(kept_csv(batch), "kept.csv")


def _csv(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
