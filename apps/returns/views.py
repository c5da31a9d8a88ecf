from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.core import seen
from apps.core.access import members
from apps.core.actor import PLATFORM_ROLES, Actor, Role
from apps.core.errors import DomainError
from apps.core.query import Query
from apps.core.seen import ChangedMeanwhile
from apps.inventory.models import Asset, Claim

from . import links, progress, services
from .filters import ReturnFilter, WhoForm
from .forms import START_FORMS, DecisionForm, StartForm, refuse
from .models import Return, ReturnLine
from .services.contact import held_beside
from .states import Kind, Outcome

MANAGERS = (Role.COMPANY_ADMIN, *PLATFORM_ROLES)
PEOPLE_SHOWN = 12


def visible_return(request: HttpRequest, pk: UUID) -> Return:
    returns = Return.objects.visible_to(request.actor).select_related(
        "company", "user__country", "address__country", "country"
    )
    return get_object_or_404(returns, pk=pk)


def lines_of(ret: Return) -> list[ReturnLine]:
    return list(ret.lines.select_related("asset__product", "shipment"))


# --- List -------------------------------------------------------------------


@members()
@require_safe
def return_list(request: HttpRequest) -> HttpResponse:
    if request.actor.role is Role.EMPLOYEE:
        return _my_returns(request)
    form = ReturnFilter.read(request)
    returns = Return.objects.visible_to(request.actor)
    found = form.apply(returns.for_list(), request.actor).annotate(
        open_count=Count("lines", filter=Q(lines__outcome=Outcome.OPEN))
    )
    context = {
        "form": form,
        "page": form.page(found, sort="-created_at"),
        "tabs": _tabs(form.cleaned_data["group"], returns),
        "may_manage": request.actor.role in MANAGERS,
    }
    return render(request, "returns/return_list.html", context)


def _tabs(current: str, returns: Any) -> list[dict[str, Any]]:
    counts = progress.group_counts(returns)
    tabs = [
        {
            "label": label,
            "url": f"?group={group}",
            "count": counts.get(group.replace("-", "_")),
            "is_current": group == current,
        }
        for group, label in progress.GROUPS.items()
    ]
    everything = {
        "label": _("All"),
        "url": "?",
        "count": None,
        "is_current": not current,
    }
    return [everything, *tabs]


def _my_returns(request: HttpRequest) -> HttpResponse:
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


@members(*MANAGERS)
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


@members()
@require_safe
def return_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    lines = lines_of(ret)
    context = {
        "ret": ret,
        "lines": lines,
        "steps": progress.step_bar(ret, lines),
        "parcels": progress.parcels(lines),
        "may": progress.legal(ret, lines),
    }
    if request.actor.role is Role.EMPLOYEE:
        return render(request, "returns/return_mine.html", context)
    if request.actor.role in MANAGERS:
        context |= _for_managers(ret, lines)
    return render(request, "returns/return_detail.html", context)


def _for_managers(ret: Return, lines: list[ReturnLine]) -> dict[str, Any]:
    for line in lines:
        line.form = DecisionForm(
            initial={"decision": line.decision, "reason": line.reason},
            auto_id=f"{line.pk}_%s",
        )
    return {
        "may_manage": True,
        "link": "" if ret.is_finished else links.url(ret),
        "beside": [] if ret.is_finished else list(held_beside(ret).for_list()),
    }
