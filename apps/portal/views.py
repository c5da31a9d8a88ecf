from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.companies.models import Address, Company
from apps.core.access import members
from apps.core.actor import Actor, Permission
from apps.core.pagination import CappedCount
from apps.events import sentences
from apps.events.models import Event
from apps.imports.models import Batch
from apps.inventory import counts
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
    fleet, now = counts.fleet(actor.company_id), timezone.now()
    counted = _counted(actor, now)
    latest = Event.objects.visible_to(actor)
    return {
        "needs": needs.all_of(
            actor, now, parcels=counted["parcels"], mails=counted["mails"]
        ),
        "has_no_worker": counted["is_late"],
        "entries": sentences.tell(latest.order_by("-id")[:EVENTS_SHOWN], actor),
        "asset_count": fleet.count,
        "transit_count": fleet.by_state.get(AssetState.IN_TRANSIT, 0),
        "return_count": counted["returns"],
        "asset_url": f"{reverse('inventory:list')}?state={PRESENT}",
        "return_url": f"{reverse('returns:list')}?group=open",
        "transit_url": f"{reverse('inventory:list')}?state={AssetState.IN_TRANSIT}",
        "fleet_values": fleet.values,
        "parts": [
            {
                "label": state.label,
                "value": fleet.by_state[state],
                "tone": tone,
                "url": f"{reverse('inventory:list')}?state={state}",
            }
            for state, tone in TONES.items()
            if fleet.by_state.get(state)
        ],
    }


def _counted(actor: Actor, now: datetime) -> dict[str, Any]:
    """What is counted or looked for, in one statement."""
    idle = Batch.objects.visible_to(actor).without_worker(now)
    late = [Exists(found) for found in (*waiting.late(actor, now), idle)]
    return Company.objects.values(
        returns=CappedCount(Return.objects.visible_to(actor).unfinished()),
        parcels=CappedCount(needs.failed_parcels(actor)),
        mails=CappedCount(needs.failed_mails(actor)),
        is_late=Q(*late, _connector=Q.OR),
    ).get(pk=actor.company_id)


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
