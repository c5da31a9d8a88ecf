from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.companies.models import Address
from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.events import sentences
from apps.events.models import Event
from apps.imports.models import Batch
from apps.inventory.lists import PRESENT
from apps.inventory.models import Asset
from apps.inventory.states import AssetState
from apps.notifications import waiting
from apps.returns.models import Return, ReturnLine
from apps.shipping.models import Shipment

from . import finding, needs
from .forms import EverythingQuery

TONES = {
    AssetState.ORDERED: "grey",
    AssetState.STORAGE: "grey",
    AssetState.RESERVED: "grey",
    AssetState.IN_TRANSIT: "blue",
    AssetState.ACTIVE: "green",
    AssetState.IN_REPAIR: "amber",
}
PARCELS_SHOWN = 20
EVENTS_SHOWN = 10


@members()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor
    if actor.is_staff:
        return redirect("admin:index")
    if actor.holds(Permission.HISTORY_READ):
        return render(request, "portal/home_admin.html", _admin(actor))
    if actor.holds(Permission.ASSETS_RECEIVE):
        return render(request, "portal/home_warehouse.html", _warehouse(request))
    return render(request, "portal/home_employee.html", _employee(request))


def _admin(actor: Actor) -> dict[str, Any]:
    assets = Asset.objects.visible_to(actor).exclude(state=AssetState.ARCHIVED)
    by_state = dict(assets.order_by().values_list("state").annotate(n=Count("id")))
    latest = Event.objects.visible_to(actor)
    values = assets.filter(purchase_price__isnull=False).order_by()
    now = timezone.now()
    return {
        "needs": needs.all_of(actor, now),
        "has_no_worker": waiting.has_no_worker(actor, now)
        or Batch.objects.visible_to(actor).without_worker(now).exists(),
        "entries": sentences.tell(latest.order_by("-id")[:EVENTS_SHOWN], actor),
        "asset_count": sum(by_state.values()),
        "transit_count": by_state.get(AssetState.IN_TRANSIT, 0),
        "return_count": Return.objects.visible_to(actor).unfinished().count(),
        "asset_url": f"{reverse('inventory:list')}?state={PRESENT}",
        "transit_url": f"{reverse('inventory:list')}?state={AssetState.IN_TRANSIT}",
        "fleet_values": list(
            values.values("currency")
            .annotate(total=Sum("purchase_price"))
            .order_by("-total")
        ),
        "parts": [
            {
                "label": state.label,
                "value": by_state[state],
                "tone": tone,
                "url": f"{reverse('inventory:list')}?state={state}",
            }
            for state, tone in TONES.items()
            if by_state.get(state)
        ],
    }


def _employee(request: HttpRequest) -> dict[str, Any]:
    actor = request.actor
    asked = ReturnLine.objects.filter(outcome="", decision__in=["RETURN", ""])
    returns = Return.objects.visible_to(actor).unfinished().filter(user=actor.id)
    lines = Prefetch("lines", asked.select_related("asset__product"), to_attr="asked")
    parcels = Shipment.objects.visible_to(actor).open().filter(to_user=actor.id)
    return {
        "assets": list(
            Asset.objects.visible_to(actor)
            .for_list()
            .filter(user=actor.id)
            .order_by("name")
        ),
        "returns": [ret for ret in returns.prefetch_related(lines) if ret.asked],
        "parcels": list(parcels),
    }


def _warehouse(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate(timezone=request.member.zone(request.member.company))
    incoming = (
        Shipment.objects.visible_to(request.actor)
        .under_way()
        .filter(Q(expected_on__lte=today) | Q(expected_on__isnull=True))
        .filter(to_address__in=Address.objects.visible_to(request.actor))
        .select_related("from_user", "to_address")
        .annotate(item_count=Count("assets"))
        .order_by("expected_on", "id")
    )
    return {"parcels": list(incoming[:PARCELS_SHOWN])}


@members()
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = EverythingQuery.read(request).cleaned_data["q"]
    context = {
        "q": text,
        **finding.everything(text, request.actor),
    }
    return render(request, "portal/search.html", context)
