from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.core.seen import ChangedMeanwhile

from . import services
from .forms import AddressForm
from .models import Address


def _address(request: HttpRequest, pk: UUID) -> Address:
    visible = Address.objects.visible_to(request.actor)
    return get_object_or_404(visible.select_related("country", "warehouse"), pk=pk)


@members(Permission.PLACES_READ)
@require_safe
def address_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    context = {"place": _address(request, pk)}
    return render(request, "companies/address_detail.html", context)


@members(Permission.PLACES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def address_create(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            place = services.create_address(
                actor=request.actor, company=request.member.company, **form.values()
            )
        except DomainError as error:
            form.add_error(_field(error, form), error.message)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": place.name})
            return redirect(place)
    return render(request, "companies/address_form.html", {"form": form})


@members(Permission.PLACES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def address_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = _address(request, pk)
    form = AddressForm(request.POST or None, instance=place)
    if request.method == "POST" and form.is_valid():
        try:
            request.intent = _("Save your changes?")
            shown = seen.of(request)
            services.update_address(
                place, actor=request.actor, seen=shown, **form.values()
            )
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            form.add_error(_field(error, form), error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(place)
    context = {"form": form, "place": place}
    return render(request, "companies/address_form.html", context)


def _field(error: DomainError, form: Any) -> str | None:
    return error.field if error.field in form.fields else None
