"""One view per verb: find what is theirs, call, say so, go back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.confirm import ReasonForm
from apps.core.errors import DomainError
from apps.core.seen import ChangedMeanwhile
from apps.inventory.models import Asset
from apps.inventory.receiving import ReceivingForm
from apps.shipping.models import Shipment

from . import endings, progress, services
from .forms import AnswerForm, DayForm, DecisionForm, refuse
from .models import Return, ReturnLine
from .parcel_forms import ParcelForm
from .states import BACK, CancelReason, Decision
from .views import lines_of, visible_return


def _done(request: HttpRequest, ret: Return, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(ret)


def _form_page(request: HttpRequest, template: str, ret: Return, form: Any) -> Any:
    return render(request, f"returns/{template}.html", {"ret": ret, "form": form})


# --- Contact and answer -----------------------------------------------------


@members(Permission.RETURNS_ANSWER, across_companies=True)
def return_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    form = AnswerForm(request.POST or None, ret=ret)
    if request.method == "POST" and form.is_valid():
        try:
            request.intent = _("Save this answer?")
            shown = seen.of(request)
            services.answer(ret, actor=request.actor, seen=shown, **form.values())
            return _done(request, ret, _("Thank you: the answer is saved."))
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            refuse(form, error)
    context = {"ret": ret, "form": form, "lines": lines_of(ret)}
    return render(request, "returns/return_form_answer.html", context)


@members(Permission.RETURNS_SEND_LINK, across_companies=True)
@require_POST
def return_send_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = services.send_link(visible_return(request, pk), actor=request.actor)
    text = _("A new link goes to %(email)s.") % {"email": ret.contact_email}
    return _done(request, ret, text)


@members(Permission.RETURNS_SEND_PACKAGING, across_companies=True)
@require_POST
def return_send_materials(request: HttpRequest, pk: UUID) -> HttpResponse:
    request.intent = _("Note that packaging is on its way?")
    ret = services.send_materials(
        visible_return(request, pk), actor=request.actor, seen=seen.of(request)
    )
    return _done(request, ret, _("Packaging is on its way."))


@members(Permission.RETURNS_SEND_PACKAGING, across_companies=True)
@require_POST
def return_materials_arrived(request: HttpRequest, pk: UUID) -> HttpResponse:
    request.intent = _("Note that the packaging is there?")
    ret = services.materials_arrived(
        visible_return(request, pk), actor=request.actor, seen=seen.of(request)
    )
    return _done(request, ret, _("Packaging is there: book the carrier next."))


# --- Life -------------------------------------------------------------------


@members(Permission.RETURNS_PAUSE, across_companies=True)
@require_POST
def return_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    request.intent = _("Pause it?")
    ret = services.pause(
        visible_return(request, pk), actor=request.actor, seen=seen.of(request)
    )
    return _done(request, ret, _("Paused: no mail leaves until you resume it."))


@members(Permission.RETURNS_PAUSE, across_companies=True)
@require_POST
def return_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    request.intent = _("Resume it?")
    ret = services.resume(
        visible_return(request, pk), actor=request.actor, seen=seen.of(request)
    )
    return _done(request, ret, _("Resumed."))


@members(Permission.RETURNS_RESCHEDULE, across_companies=True)
def return_reschedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    form = DayForm(request.POST or None, ret=ret)
    if request.method == "POST" and form.is_valid():
        if question := endings.of_reschedule(request, ret, form.cleaned_data["day"]):
            return question
        try:
            request.intent = _("Change the day to %(day)s?") % form.cleaned_data
            shown = seen.of(request)
            services.reschedule(
                ret, actor=request.actor, seen=shown, **form.cleaned_data
            )
            return _done(request, ret, _("The day is changed."))
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            refuse(form, error)
    return _form_page(request, "return_form_day", ret, form)


@members(Permission.RETURNS_CANCEL, across_companies=True)
def return_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    form = ReasonForm(request.POST or None, choices=CancelReason.choices)
    if request.method == "POST" and form.is_valid():
        request.intent = _("Cancel it?")
        reason, shown = form.cleaned_data["reason"], seen.of(request)
        services.cancel(ret, actor=request.actor, reason=reason, seen=shown)
        return _done(
            request, ret, _("%(reference)s is cancelled.") % {"reference": ret}
        )
    lines = lines_of(ret)
    context = {
        "form": form,
        "ret": ret,
        "open_lines": [line for line in lines if line.is_open],
        "parcels": [p for p in progress.parcels(lines) if p["shipment"].is_open],
        "cancel_url": ret.get_absolute_url(),
        "moves": ret,
    }
    return render(request, "returns/return_confirm_cancel.html", context)


@members(Permission.RETURNS_DELETE, across_companies=True)
@require_POST
def return_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    if question := endings.of_return(request, visible_return(request, pk)):
        return question
    request.intent = _("Delete it?")
    ret = services.delete(
        visible_return(request, pk), actor=request.actor, seen=seen.of(request)
    )
    messages.success(request, _("%(reference)s is deleted.") % {"reference": ret})
    return redirect("returns:list")


# --- Items ------------------------------------------------------------------


@members(Permission.RETURNS_DECIDE, across_companies=True)
@require_POST
def item_decide(request: HttpRequest, pk: UUID, line_pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    line = get_object_or_404(ReturnLine, ret=ret, pk=line_pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        told = [message for found in form.errors.values() for message in found]
        messages.error(request, " ".join(told))
        return redirect(ret)
    if question := endings.of_decision(request, line, form.cleaned_data["decision"]):
        return question
    label = Decision(form.cleaned_data["decision"]).label
    request.intent = _("Decide “%(decision)s”?") % {"decision": label}
    shown = seen.of(request)
    services.decide(line, actor=request.actor, seen=shown, **form.cleaned_data)
    return _done(request, ret, _("Saved."))


@members(Permission.RETURNS_DECIDE, across_companies=True)
@require_POST
def item_add(request: HttpRequest, pk: UUID, asset_pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    assets = Asset.objects.visible_to(request.actor).filter(company_id=ret.company_id)
    asset = get_object_or_404(assets, pk=asset_pk)
    request.intent = _("Ask it back too?")
    services.add_item(ret, asset, actor=request.actor, seen=seen.of(request))
    return _done(request, ret, _("%(asset)s is asked back too.") % {"asset": asset})


# --- Parcels ----------------------------------------------------------------


@members(Permission.RETURNS_BOOK, across_companies=True)
def parcel_book(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    lines = progress.to_send(lines_of(ret))
    form = ParcelForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            request.intent = _("Book the carrier?")
            shown = seen.of(request)
            services.book_parcel(ret, actor=request.actor, seen=shown, **form.values())
            return _done(request, ret, _("The carrier is booked."))
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            refuse(form, error)
    return _form_page(request, "return_form_parcel", ret, form)


def _parcel(ret: Return, pk: UUID) -> Shipment:
    parcels = Shipment.objects.filter(return_lines__ret=ret).distinct()
    return get_object_or_404(parcels, pk=pk)


@members(Permission.RETURNS_TRACK, across_companies=True)
@require_POST
def parcel_track(request: HttpRequest, pk: UUID, shipment_pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    shipment, state = _parcel(ret, shipment_pk), request.POST.get("state", "")
    if shipment.state == state:  # a double click
        return redirect(ret)
    steps = progress.parcel_steps(shipment)
    step = next((step for step in steps if step["state"] == state), None)
    if step is None:
        messages.error(request, _("The parcel can't take this step now."))
        return redirect(ret)
    if question := endings.of_parcel_step(request, ret, shipment, step):
        return question
    request.intent = _("Note “%(step)s”?") % {"step": step["label"]}
    shown = seen.of(request)
    services.track_parcel(ret, shipment, state, actor=request.actor, seen=shown)
    return _done(request, ret, _("Parcel: %(step)s.") % {"step": step["label"]})


@members(Permission.RETURNS_RECEIVE, across_companies=True)
@require_POST
def parcel_close(request: HttpRequest, pk: UUID, shipment_pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    parcel, shown = _parcel(ret, shipment_pk), seen.of(request)
    if question := endings.of_parcel(request, parcel, ret.get_absolute_url()):
        return question
    request.intent = _("Close the parcel: the rest is missing?")
    services.close_parcel(ret, parcel, actor=request.actor, seen=shown)
    return _done(
        request, ret, _("The parcel is closed; what it lacked is asked again.")
    )


@members(Permission.RETURNS_RECEIVE, across_companies=True)
def return_receive(request: HttpRequest, pk: UUID) -> HttpResponse:
    ret = visible_return(request, pk)
    if not request.actor.may(Permission.RETURNS_RECEIVE, ret.company_id):
        raise Http404  # who works at places receives at the desk, by scanning
    lines = lines_of(ret)
    form = ReceivingForm(
        request.POST if request.method == "POST" else None,
        assets=[line.asset for line in lines if line.is_open],
        settled=[line.asset for line in lines if line.outcome in BACK],
    )
    if form.is_valid():
        try:
            request.intent = _("Receive what you have ticked?")
            shown, grades = seen.of(request), form.grades()
            services.receive(ret, grades, ret.address, actor=request.actor, seen=shown)
            return _done(request, ret, endings.told_of_receiving(form))
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            refuse(form, error)
    return _form_page(request, "return_form_receive", ret, form)
