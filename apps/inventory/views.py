from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.core import seen, states
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError

from . import services
from .fields import FIELDS
from .forms import (
    AssetForm,
    DayForm,
    HandOverForm,
    NewAssetForm,
    NewAssetQuery,
    PersonPicker,
    PlaceForm,
    ProductPicker,
    RetireForm,
)
from .models import Asset, Attachment, Claim, Custody
from .states import TRANSITIONS, AssetState
from .today import notices

OPTIONS_SHOWN = 12
_P, _S = Permission, AssetState


def _asset(request: HttpRequest, pk: UUID) -> Asset:
    visible = Asset.objects.visible_to(request.actor).for_list()
    return get_object_or_404(visible.select_related("company"), pk=pk)


@members(Permission.ASSETS_ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_create(request: HttpRequest) -> HttpResponse:
    known = NewAssetQuery.read(request).cleaned_data
    form = NewAssetForm(request.POST or None, actor=request.actor, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            asset = _create(request, form)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(asset)s is added.") % {"asset": asset})
            return redirect(asset)
    return render(request, "inventory/asset_form.html", {"form": form})


@transaction.atomic
def _create(request: HttpRequest, form: NewAssetForm) -> Asset:
    """Both or neither: the asset, and its product if the catalogue lacks it."""
    who = {"actor": request.actor, "company": request.member.company}
    product, category = (form.cleaned_data[name] for name in ("product", "category"))
    if product._state.adding:
        product = catalog.create(**who, name=product.name, category=category)
    return services.create(**who, product=product, **form.values())


@members(Permission.ASSETS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _asset(request, pk)
    form = AssetForm(request.POST or None, instance=asset, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            shown = seen.of(request)
            services.update(asset, actor=request.actor, seen=shown, **form.values())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(asset)
    return render(request, "inventory/asset_form.html", {"form": form, "asset": asset})


@members(Permission.ASSETS_READ, across_companies=True)
@require_safe
def asset_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    visible = Asset.objects.visible_to(actor).for_list().select_related("company")
    shown = visible.annotate(picture_id=Attachment.objects.picture())
    asset = get_object_or_404(shown, pk=pk)
    claim = services.claim_of(asset)
    zone = ZoneInfo(asset.company.time_zone)
    context = {
        "asset": asset,
        "facts": [(one.field, [one]) for one in FIELDS.facts(asset, actor)],
        "notices": notices(asset, actor, timezone.localdate(timezone=zone)),
        "since": asset.held_since.astimezone(zone).date(),
        "claim": claim,
        "may_edit": actor.may(Permission.ASSETS_EDIT, asset) and not claim,
        "sees_company": actor.may(Permission.ASSETS_READ, asset.company_id),
        "sees_files": actor.may(Permission.ATTACHMENTS_READ, asset.company_id),
        "sees_comments": actor.holds(Permission.COMMENTS_READ),
        "claim_url": _claim_url(claim),
        **_next_steps(request, asset, claim),
        **_custody(request, asset),
    }
    return render(request, "inventory/asset_detail.html", context)


_STEPS = (
    ("may_hand_over", _P.ASSETS_HAND_OVER, AssetState.ACTIVE),
    ("may_store", _P.ASSETS_RECEIVE, AssetState.STORAGE),
    ("may_repair", _P.ASSETS_REPAIR, AssetState.IN_REPAIR),
    ("may_retire", _P.ASSETS_RETIRE, AssetState.ARCHIVED),
)


def _next_steps(
    request: HttpRequest, asset: Asset, claim: Claim | None
) -> dict[str, Any]:
    """Which steps may follow now, and their forms; none while a workflow has the
    asset, or for who works with the scanner."""
    actor = request.actor
    if claim or not actor.may(Permission.ASSETS_READ, asset.company_id):
        return {}
    steps: dict[str, Any] = {
        name: states.may(TRANSITIONS, asset.state, state)
        and actor.may(permission, asset)
        for name, permission, state in _STEPS
    }
    if steps["may_hand_over"]:
        steps["hand_over_form"] = HandOverForm(actor=actor)
    if steps["may_store"] or steps["may_repair"]:
        steps["place_form"] = PlaceForm(actor=actor)
    return steps | {"first": _first(asset, steps)}


def _first(asset: Asset, steps: dict[str, Any]) -> str:
    """What mostly comes next: what lies in storage is for somebody, and the rest comes
    back. What is archived has a box of its own."""
    is_to_give = asset.state in (_S.STORAGE, _S.ORDERED)
    if steps["may_store"] and asset.state != _S.ARCHIVED:
        return "hand_over" if is_to_give and steps["may_hand_over"] else "store"
    return "hand_over" if steps["may_hand_over"] else ""


def _claim_url(claim: Claim | None) -> str:
    """Of the page of the workflow, where it has one."""
    if claim is None or claim.kind not in ("OFFBOARDING", "COLLECTION"):
        return ""
    return reverse("returns:detail", args=[claim.workflow_id])


def _custody(request: HttpRequest, asset: Asset) -> dict[str, Any]:
    visible = Custody.objects.visible_to(request.actor).filter(asset=asset)
    custody = visible.select_related("user", "address", "shipment")
    rows = list(custody.order_by("-period"))
    return {"custody": rows, "strip": _strip(rows), **_on_a_day(request, asset, rows)}


def _strip(rows: list[Custody]) -> list[dict[str, Any]]:
    """Custody as parts of a line in time, oldest first; the shares add up to 100."""
    if not rows:
        return []
    now, first = timezone.now(), rows[-1].period.lower
    whole = max((now - first).total_seconds(), 1)
    kinds = {"user_id": "green", "address_id": "grey", "shipment_id": "blue"}
    return [
        {
            "holder": row.holder,
            "tone": next(tone for name, tone in kinds.items() if getattr(row, name)),
            "starts_at": row.period.lower,
            "share": 100
            * ((row.period.upper or now) - row.period.lower).total_seconds()
            / whole,
        }
        for row in reversed(rows)
    ]


def _on_a_day(
    request: HttpRequest, asset: Asset, rows: list[Custody]
) -> dict[str, Any]:
    """Who had it at the end of the day in `?on=`."""
    form = DayForm.read(request)
    day = form.cleaned_data["on"]
    if day is None:
        return {"day_form": form}
    moment = datetime.combine(day, time.max, ZoneInfo(asset.company.time_zone))
    held = (row for row in rows if moment in row.period)
    return {"day_form": form, "day": day, "on_day": next(held, None)}


# --- Steps ------------------------------------------------------------------


@members(Permission.ASSETS_HAND_OVER)
@require_POST
def asset_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _asset(request, pk)
    form = HandOverForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _complain(request, asset, form.errors["person"][0])
    person = form.cleaned_data["person"]
    request.intent = _("Hand it over to %(name)s?") % {"name": person.name}
    services.hand_over(asset, person, actor=request.actor, seen=seen.of(request))
    messages.success(request, _("%(name)s has it now.") % {"name": person.name})
    return redirect(asset)


@members(Permission.ASSETS_RECEIVE)
@require_POST
def asset_store(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _asset(request, pk)
    form = PlaceForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _complain(request, asset, _("Choose a place."))
    place = form.cleaned_data["address"]
    request.intent = _("Put it into storage at %(place)s?") % {"place": place}
    services.receive(asset, place, actor=request.actor, seen=seen.of(request))
    messages.success(request, _("It is in storage now."))
    return redirect(asset)


@members(Permission.ASSETS_REPAIR)
@require_POST
def asset_repair(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _asset(request, pk)
    form = PlaceForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _complain(request, asset, _("Choose a place."))
    place = form.cleaned_data["address"]
    request.intent = _("Send it to repair at %(place)s?") % {"place": place}
    services.repair(asset, place, actor=request.actor, seen=seen.of(request))
    messages.success(request, _("It is in repair now."))
    return redirect(asset)


@members(Permission.ASSETS_RETIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _asset(request, pk)
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.intent = _("Archive it?")
        reason, shown = form.cleaned_data["reason"], seen.of(request)
        services.retire(asset, reason, actor=request.actor, seen=shown)
        messages.success(request, _("It is archived."))
        return redirect(asset)
    context = {
        "form": form,
        "asset": asset,
        "moves": asset,
        "cancel_url": asset.get_absolute_url(),
    }
    return render(request, "inventory/asset_confirm_retire.html", context)


def _complain(request: HttpRequest, asset: Asset, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(asset)


# --- Fragments --------------------------------------------------------------


@members(Permission.PRODUCTS_READ)
@require_safe
def product_options(request: HttpRequest) -> HttpResponse:
    """Options of a datalist: products of the company that fit what was typed."""
    text = ProductPicker.read(request).text
    products = Product.objects.visible_to(request.actor).search(text)
    context = {"products": products.order_by("name", "pk")[:OPTIONS_SHOWN]}
    return render(request, "inventory/_product_options.html", context)


@members(Permission.PEOPLE_READ, beyond_own=True)
@require_safe
def people_options(request: HttpRequest) -> HttpResponse:
    """Options of a datalist: people whose name or e-mail holds what was typed."""
    text = PersonPicker.read(request).text
    people = User.objects.visible_to(request.actor).people().present().search(text)
    context = {"people": people.order_by("sort_key", "id")[:OPTIONS_SHOWN]}
    return render(request, "inventory/_people_options.html", context)
