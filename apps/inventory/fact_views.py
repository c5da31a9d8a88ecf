"""One fact of a device, changed where it stands on its page."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.core.query import Query

from . import services
from .fields import FIELDS
from .forms import FactForm
from .models import Asset
from .today import notices


def _asset(request: HttpRequest, pk: UUID) -> Asset:
    visible = Asset.objects.visible_to(request.actor)
    return get_object_or_404(visible.select_related("product", "company"), pk=pk)


@members(Permission.ASSETS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_fact(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One fact where it stands: its form, and what was saved. Without JavaScript the
    edit page has all of them."""
    Query.read(request)
    field = FIELDS.by_name.get(name)
    if field is None or not (field.is_version_checked and field.on_page):
        raise Http404
    asset = _asset(request, pk)
    if not request.htmx:
        return redirect("inventory:edit", pk)
    is_shown = "cancel" in request.POST
    if is_shown or request.method != "POST":
        form = FactForm(instance=asset, actor=request.actor, name=name)
    else:
        form = FactForm(request.POST, instance=asset, actor=request.actor, name=name)
        if form.is_valid():
            is_shown = _save_fact(request, asset, form)
            asset = _asset(request, pk) if is_shown else asset
    known = FIELDS.facts(asset, request.actor)
    context = {
        "asset": asset,
        "field": field,
        "facts": [one for one in known if one.field == field],
        "may_edit": True,
    }
    if not is_shown:
        first = form[field.form_name]
        first.field.widget.attrs["data-autofocus"] = True
        context |= {"form": form, "fields": list(form)}
        return render(request, "inventory/_fact_form.html", context)
    response = render(request, "inventory/_fact.html", context | _today(asset, request))
    if "cancel" not in request.POST:
        trigger_client_event(response, "fact-saved")
    return response


def _today(asset: Asset, request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate(timezone=ZoneInfo(asset.company.time_zone))
    return {"notices": notices(asset, request.actor, today)}


def _save_fact(request: HttpRequest, asset: Asset, form: FactForm) -> bool:
    try:
        shown = seen.of(request)
        services.update(asset, actor=request.actor, seen=shown, **form.values())
    except DomainError as error:
        form.refuse(error)
        return False
    return True
