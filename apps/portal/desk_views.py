from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.keys import has_key
from apps.returns import endings
from apps.returns import services as returns
from apps.returns.models import Return
from apps.shipping.models import Shipment

from . import desk
from .forms import DeskForm, DeskQuery

PARCELS_SHOWN = 30


@members(Permission.ASSETS_RECEIVE)
@require_safe
def receive(request: HttpRequest) -> HttpResponse:
    """One field: `?code=` is what was scanned; a click asks for one thing by id."""
    asked = DeskQuery.read(request).cleaned_data
    code = asked["code"]
    found = _scanned(request, code) if code else _asked(request, asked)
    context = {"code": code, **found}
    return render(request, "portal/desk/receive.html", context)


def _scanned(request: HttpRequest, code: str) -> dict[str, Any]:
    known = desk.found(code, request.actor)
    if len(known) == 1:
        return {"asset": known[0], "checklist": desk.of_asset(known[0], request.actor)}
    if known:
        return {"several": known}
    parcels = _parcels(request).filter(has_key("tracking_number", code))
    if shipment := parcels.first():
        checklist = desk.of_parcel(shipment, request.actor)
        return {"shipment": shipment, "checklist": checklist}
    return {"is_unknown": True}


def _asked(request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    actor = request.actor
    if pk := asked["asset"]:
        asset = get_object_or_404(desk.assets(actor), pk=pk)
        return {"asset": asset, "checklist": desk.of_asset(asset, actor)}
    if pk := asked["parcel"]:
        shipment = get_object_or_404(_parcels(request), pk=pk)
        return {"shipment": shipment, "checklist": desk.of_parcel(shipment, actor)}
    if pk := asked["return"]:
        ret = get_object_or_404(Return.objects.visible_to(actor).for_list(), pk=pk)
        return {"checklist": desk.of_return(ret, actor)}
    expected = _parcels(request).annotate(item_count=Count("return_lines"))
    return {"parcels": expected.order_by("expected_on", "id")[:PARCELS_SHOWN]}


def _parcels(request: HttpRequest) -> QuerySet[Shipment]:
    places = desk.places(request.actor)
    parcels = Shipment.objects.visible_to(request.actor).open()
    return parcels.filter(to_address__in=places).select_related("from_user")


@members(Permission.ASSETS_RECEIVE)
@require_POST
def receive_asset(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = get_object_or_404(desk.assets(request.actor), pk=pk)
    form = DeskForm(request.POST, actor=request.actor, asset=asset)
    if not form.is_valid():
        messages.error(request, _("Choose a place and a condition from A to D."))
        return redirect(f"{reverse('portal:receive')}?asset={asset.pk}")
    place = form.cleaned_data["address"]
    request.intent = _("Receive it at %(place)s?") % {"place": place}
    grade, shown = form.cleaned_data["grade"], seen.of(request)
    ret = desk.receive(asset, place, grade, actor=request.actor, seen=shown)
    text = _("%(asset)s is in storage at %(place)s.")
    messages.success(request, text % {"asset": asset, "place": place})
    if not grade:
        messages.info(request, _("Nobody has looked at its condition yet."))
    return redirect(_next(request, ret))


@members(Permission.RETURNS_RECEIVE)
@require_POST
def close_parcel(request: HttpRequest, pk: UUID) -> HttpResponse:
    shipment = get_object_or_404(_parcels(request), pk=pk)
    ret = Return.objects.visible_to(request.actor).filter(lines__shipment=shipment)
    back = f"{reverse('portal:receive')}?parcel={shipment.pk}"
    if question := endings.of_parcel(request, shipment, back):
        return question
    request.intent = _("Close the parcel: the rest is missing?")
    returns.close_parcel(
        get_object_or_404(ret.distinct()),
        shipment,
        actor=request.actor,
        seen=seen.of(request),
    )
    messages.success(request, _("The parcel is closed; what it lacked is asked again."))
    return redirect("portal:receive")


def _next(request: HttpRequest, ret: Return | None) -> str:
    """The rest of the same parcel, or an empty desk."""
    url = reverse("portal:receive")
    if ret is None or ret.is_finished:
        if ret is not None:
            text = _("%(reference)s is complete.") % {"reference": ret}
            messages.success(request, text)
        return url
    is_visible = Return.objects.visible_to(request.actor).filter(pk=ret.pk).exists()
    return f"{url}?return={ret.pk}" if is_visible else url
