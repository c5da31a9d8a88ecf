from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.core import seen
from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.core.errors import DomainError
from apps.core.query import Query
from apps.core.seen import ChangedMeanwhile
from apps.inventory.models import Asset, Claim

from . import endings, links, progress, services
from .filters import WhoForm
from .forms import START_FORMS, DecisionForm, StartForm, refuse
from .models import Return, ReturnLine
from .services.contact import held_beside
from .states import Kind

PEOPLE_SHOWN = 12


def visible_return(request: HttpRequest, pk: UUID) -> Return:
    returns = Return.objects.visible_to(request.actor).select_related(
        "company", "user__country", "address__country", "country"
    )
    return get_object_or_404(returns, pk=pk)


def lines_of(ret: Return) -> list[ReturnLine]:
    return list(ret.lines.select_related("asset__product", "shipment"))


# --- List ----------------------------------------------------------------------


def my_returns(request: HttpRequest) -> HttpResponse:
    Query.read(request)
    lines = ReturnLine.objects.select_related("asset__product")
    returns = (
        Return.objects.visible_to(request.actor)
        .for_list()
        .prefetch_related(Prefetch("lines", lines))
        .order_by("-created_at")
    )
    return render(request, "returns/return_list_mine.html", {"returns": returns})


# --- Start ------------------------------------------------------------------


@members(Permission.RETURNS_START, across_companies=True)
def return_create(request: HttpRequest) -> HttpResponse:
    """Until the last step everything chosen stands in the query string."""
    who = WhoForm.read(request, actor=request.actor)
    try:
        person = who.person
    except User.DoesNotExist as error:
        raise Http404 from error
    if person is None:
        context = {"who": who, "people": who.options(PEOPLE_SHOWN)}
        return render(request, "returns/return_create_who.html", context)
    form = _start_form(request, who.chosen_kind, person)
    if request.method == "POST" and form.is_valid():
        if question := endings.of_start(request, form):
            return question
        request.intent = _("Start it?")
        ret = _start(form, request.actor, seen.of(request))
        if ret is not None:
            messages.success(
                request, _("%(reference)s has started.") % {"reference": ret}
            )
            return redirect(ret)
    return render(request, "returns/return_create.html", _start_context(request, form))


def _start_form(request: HttpRequest, kind: Kind, person: User) -> StartForm:
    held = Asset.objects.visible_to(request.actor).for_list().held_by(person)
    if kind == Kind.COLLECTION:
        held = held.exclude(claims__isnull=False)
    assets = list(held.order_by("name", "id"))
    data = request.POST if request.method == "POST" else None
    form = START_FORMS[kind](data, person=person, assets=assets)
    if data is None and "address" in request.GET:
        form.initial = {
            name: request.GET.get(name, "") for name in form.fields if name != "user"
        }
    return form


def _start_context(request: HttpRequest, form: StartForm) -> dict[str, Any]:
    chosen = request.GET if "address" in request.GET else _defaults(form)
    draft = type(form)(chosen, person=form.person, assets=form.assets)
    if chosen is request.GET and not request.htmx:
        draft.require_sound(request)
    claims = Claim.objects.filter(asset__in=form.assets).select_related("asset")
    return {
        "form": form,
        "person": form.person,
        "kind": form.kind,
        "claims": list(claims),
        "draft": draft if draft.is_valid() else None,
    }


def _defaults(form: StartForm) -> dict[str, Any]:
    return {n: form.get_initial_for_field(f, n) for n, f in form.fields.items()}


def _start(form: StartForm, actor: Actor, shown: str) -> Return | None:
    start = (
        services.start_offboarding
        if form.kind == Kind.OFFBOARDING
        else services.start_collection
    )
    try:
        return start(form.person, actor=actor, seen=shown, **form.values())
    except ChangedMeanwhile:
        raise
    except DomainError as error:
        refuse(form, error)
        return None


# --- One return -------------------------------------------------------------


@members(Permission.RETURNS_READ, across_companies=True)
@require_safe
def return_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret, actor = visible_return(request, pk), request.actor
    lines = lines_of(ret)
    may = progress.legal(ret, lines, actor)
    context = {
        "ret": ret,
        "lines": lines,
        "steps": progress.step_bar(ret, lines),
        "parcels": progress.parcels(lines),
        "may": may,
    }
    if not actor.holds(Permission.RETURNS_READ, beyond_own=True):
        return render(request, "returns/return_mine.html", context)
    seen = Asset.objects.visible_to(actor).filter(return_lines__ret=ret)
    with_page = set(seen.values_list("pk", flat=True))
    for line in lines:
        line.has_page = line.asset_id in with_page
    context |= {
        "sees_person": actor.may(Permission.PEOPLE_READ, ret.company_id),
        "receive_url": _receive_url(ret, actor),
        "link": _link(ret, actor),
        **(_to_decide(ret, lines) if may.decide else {}),
    }
    return render(request, "returns/return_detail.html", context)


def _link(ret: Return, actor: Actor) -> str:
    """It lets whoever has it answer: shown to who may send it."""
    may_send = actor.may(Permission.RETURNS_SEND_LINK, ret)
    return links.url(ret) if may_send and not ret.is_finished else ""


def _receive_url(ret: Return, actor: Actor) -> str:
    """Who works at places receives by scanning."""
    if actor.may(Permission.RETURNS_RECEIVE, ret.company_id):
        return reverse("returns:receive", args=[ret.pk])
    return f"{reverse('portal:receive')}?return={ret.pk}"


def _to_decide(ret: Return, lines: list[ReturnLine]) -> dict[str, Any]:
    for line in lines:
        line.form = DecisionForm(
            initial={"decision": line.decision, "reason": line.reason},
            auto_id=f"{line.pk}_%s",
        )
    return {"beside": list(held_beside(ret).for_list())}
