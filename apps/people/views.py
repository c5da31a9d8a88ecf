from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.fields import FIELDS
from apps.accounts.models import User, UserQuerySet
from apps.accounts.states import LEFT, TRANSITIONS, SignInEndedBecause, UserState
from apps.core import seen, states
from apps.core.access import members
from apps.core.actor import Actor, Permission, Role
from apps.core.confirm import ReasonForm
from apps.core.errors import DomainError
from apps.core.seen import ChangedMeanwhile
from apps.inventory.models import Asset, Custody
from apps.returns.models import Return
from apps.shipping.models import Shipment

from . import services
from .forms import (
    ArchiveForm,
    DayForm,
    PersonForm,
    RehireForm,
    WorkplaceForm,
)


def _people(actor: Actor) -> UserQuerySet:
    return User.objects.visible_to(actor).people().select_related("country")


def one_person(request: HttpRequest, pk: UUID) -> User:
    people = _people(request.actor).select_related("company", "login")
    return get_object_or_404(people, pk=pk)


@members(Permission.PEOPLE_ADD)
def person_add(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.create(
                actor=request.actor, company=request.member.company, **form.values()
            )
        except DomainError as error:
            form.add_error(_field(error, form), error.message)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": user.name})
            return redirect(user)
    return render(request, "people/person_form.html", {"form": form})


@members(Permission.PEOPLE_EDIT)
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            fresh, shown = one_person(request, pk), seen.of(request)
            accounts.update(fresh, actor=request.actor, seen=shown, **form.values())
        except DomainError as error:
            form.add_error(_field(error, form), error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(person)
    context = {"form": form, "person": one_person(request, pk)}
    return render(request, "people/person_form.html", context)


def _field(error: DomainError, form: Any) -> str | None:
    return error.field if error.field in form.fields else None


@members(Permission.PEOPLE_READ, beyond_own=True)
@require_safe
def person_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    people = User.objects.visible_to(actor).with_erased()
    found = people.select_related("country", "company", "login")
    person = get_object_or_404(found, pk=pk)
    parcels = Q(from_user=person) | Q(to_user=person)
    shipments = Shipment.objects.visible_to(actor).select_related(
        "from_user", "to_user", "from_address", "to_address"
    )
    returns = Return.objects.visible_to(actor).for_list().filter(user=person)
    returns = list(returns.order_by("-created_at"))
    context = {
        "person": person,
        "facts": FIELDS.facts(person, actor),
        "assets": list(
            Asset.objects.visible_to(actor).for_list().held_by(person).order_by("name")
        ),
        "parcels": shipments.filter(parcels, company_id=person.company_id)[:10],
        "returns": returns,
        "open_return": next((ret for ret in returns if not ret.is_finished), None),
        "invitation": None if person.login_id else membership.latest_of(person),
        "now": timezone.now(),
        "workplaces": _workplaces(person),
        "workplace_form": WorkplaceForm(actor=actor),
        "may_archive": actor.may(Permission.PEOPLE_ARCHIVE, person)
        and states.may(TRANSITIONS, person.state, UserState.ARCHIVED),
        "may_rehire": actor.may(Permission.PEOPLE_REHIRE, person)
        and person.state in LEFT,
        "may_erase": actor.may(Permission.PEOPLE_ERASE, person)
        and person.state in LEFT,
        **_on_a_day(request, person),
    }
    return render(request, "people/person_detail.html", context)


def _workplaces(person: User) -> list[Any]:
    if person.role != Role.STORAGE:
        return []
    return list(person.storage_assignments.select_related("address", "warehouse"))


def _on_a_day(request: HttpRequest, person: User) -> dict[str, Any]:
    """What they had at the end of the day in `?on=`."""
    form = DayForm.read(request)
    day = form.cleaned_data["on"]
    if day is None:
        return {"day_form": form}
    custody = Custody.objects.visible_to(request.actor).filter(
        company_id=person.company_id, user=person
    )
    held = custody.on(_end_of(day, ZoneInfo(person.company.time_zone)))
    rows = held.select_related("asset__product").order_by("asset__name")
    return {"day_form": form, "day": day, "had": list(rows)}


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.max, tzinfo=zone)


@members(Permission.PEOPLE_LET_SIGN_IN)
@require_POST
def person_invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Says the same whoever has that address, and whether anybody signs in with it."""
    person = one_person(request, pk)
    invitation = membership.invite(person, actor=request.actor)
    text = _("An invitation goes to %(email)s. Nothing changes before it is accepted.")
    messages.success(request, text % {"email": invitation.email})
    return redirect(person)


@members(Permission.PEOPLE_LET_SIGN_IN)
@require_POST
def person_withdraw_invitation(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    invitation = membership.latest_of(person)
    if invitation is None:
        raise Http404
    membership.withdraw(invitation, actor=request.actor)
    messages.success(request, _("The invitation is withdrawn: its link is dead."))
    return redirect(person)


@members(Permission.PEOPLE_LET_SIGN_IN)
def person_end_sign_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = ReasonForm(request.POST or None, choices=SignInEndedBecause.choices)
    if request.method == "POST" and form.is_valid():
        membership.end(person, actor=request.actor, **form.cleaned_data)
        text = _("%(name)s can't sign in here any more.") % {"name": person.name}
        messages.success(request, text)
        return redirect(person)
    context = {"person": person, "form": form, "cancel_url": person.get_absolute_url()}
    return render(request, "people/person_confirm_end_sign_in.html", context)


@members(Permission.PEOPLE_ASSIGN_PLACE)
@require_POST
def person_add_workplace(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = WorkplaceForm(request.POST, actor=request.actor)
    if form.is_valid():
        address = form.cleaned_data["address"]
        accounts.assign_storage(person, actor=request.actor, address=address)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose a place."))
    return redirect(person)


@members(Permission.PEOPLE_ARCHIVE)
def person_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.intent = _("Archive %(name)s?") % {"name": person.name}
        shown = seen.of(request)
        services.archive(person, actor=request.actor, seen=shown, **form.cleaned_data)
        text = _("%(name)s is archived. You can take them back on this page.")
        messages.success(request, text % {"name": person.name})
        return redirect(person)
    held = Asset.objects.visible_to(request.actor).held_by(person)
    context = {
        "form": form,
        "person": person,
        "assets": list(held.for_list().order_by("name")),
        "cancel_url": person.get_absolute_url(),
        "moves": person,
    }
    return render(request, "people/person_confirm_archive.html", context)


@members(Permission.PEOPLE_REHIRE)
def person_rehire(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = RehireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request.intent = _("Take %(name)s back?") % {"name": person.name}
            shown = seen.of(request)
            services.rehire(
                person, actor=request.actor, seen=shown, **form.cleaned_data
            )
        except ChangedMeanwhile:
            raise
        except DomainError as error:
            form.add_error(_field(error, form), error.message)
        else:
            text = _("%(name)s works here again.") % {"name": person.name}
            messages.success(request, text)
            return redirect(person)
    held = Asset.objects.visible_to(request.actor).held_by(person)
    context = {
        "form": form,
        "person": person,
        "assets": list(held.for_list().order_by("name")),
    }
    return render(request, "people/person_form_rehire.html", context)
