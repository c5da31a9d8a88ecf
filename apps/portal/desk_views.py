from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.core.keys import has_key
from apps.core.seen import ChangedMeanwhile
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


def _asked(
    request: HttpRequest, asked: dict[str, Any], data: desk.Posted = None
) -> dict[str, Any]:
    actor = request.actor
    if pk := asked["asset"]:
        asset = get_object_or_404(desk.assets(actor), pk=pk)
        return {"asset": asset, "checklist": desk.of_asset(asset, actor, data)}
    if pk := asked["parcel"]:
        shipment = get_object_or_404(_parcels(request), pk=pk)
        checklist = desk.of_parcel(shipment, actor, data)
        return {"shipment": shipment, "checklist": checklist}
    if pk := asked["return"]:
        ret = get_object_or_404(Return.objects.visible_to(actor).for_list(), pk=pk)
        return {"checklist": desk.of_return(ret, actor, data)}
    expected = _parcels(request).annotate(item_count=Count("return_lines"))
    return {"parcels": expected.order_by("expected_on", "id")[:PARCELS_SHOWN]}


def _parcels(request: HttpRequest) -> QuerySet[Shipment]:
    places = desk.places(request.actor)
    parcels = Shipment.objects.visible_to(request.actor).open()
    return parcels.filter(to_address__in=places).select_related("from_user")


@members(Permission.ASSETS_RECEIVE)
@require_POST
def receive_items(request: HttpRequest) -> HttpResponse:
    """What is ticked on the checklist of `?asset=`, `?parcel=` or `?return=`."""
    asked = DeskQuery.read(request).cleaned_data
    found = _asked(request, asked, request.POST)
    if "checklist" not in found:
        return redirect("portal:receive")
    form = found["checklist"].form
    if form.is_valid():
        try:
            return _take_in(request, form)
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            # Somebody else may have received some of it meanwhile.
            found = _asked(request, asked, request.POST)
            found["checklist"].form.add_error(None, error.message)
    return render(request, "portal/desk/receive.html", {"code": "", **found})


def _take_in(request: HttpRequest, form: DeskForm) -> HttpResponse:
    grades, place = form.grades(), form.cleaned_data["address"]
    request.intent = _("Receive it at %(place)s?") % {"place": place}
    shown = seen.of_each(request, grades)
    ret = desk.receive(grades, place, actor=request.actor, seen=shown)
    text = ngettext(
        "%(assets)s is in storage at %(place)s.",
        "%(count)d items are in storage at %(place)s: %(assets)s.",
        len(grades),
    )
    assets = ", ".join(map(str, grades))
    values = {"assets": assets, "count": len(grades), "place": place}
    messages.success(request, text % values)
    if ungraded := [asset for asset, grade in grades.items() if grade is None]:
        text = _("Nobody has looked at the condition of %(assets)s yet.")
        messages.info(request, text % {"assets": ", ".join(map(str, ungraded))})
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
