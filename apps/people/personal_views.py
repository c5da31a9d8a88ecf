"""What the law lets people ask for: all that is kept about them, and its erasure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.states import ErasedBecause
from apps.core import seen
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.confirm import ReasonForm

from . import services
from .views import one_person


@members(Permission.PEOPLE_DISCLOSE)
def personal_data(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What the file has in it; posting makes and sends it, piece by piece."""
    person = one_person(request, pk)
    if request.method == "POST":
        pieces = services.export_person(person, actor=request.actor)
        response = StreamingHttpResponse(pieces, content_type="application/json")
        name = f"personal-data-{timezone.now():%Y-%m-%d}-{person.pk}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response
    context = {"person": person}
    return render(request, "people/person_personal_data.html", context)


@members(Permission.PEOPLE_ERASE)
def person_erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = one_person(request, pk)
    form = ReasonForm(request.POST or None, choices=ErasedBecause.choices)
    if request.method == "POST" and form.is_valid():
        request.intent = _("Erase %(name)s?") % {"name": person.name}
        services.erase(
            person,
            actor=request.actor,
            seen=seen.of(request),
            reason=form.cleaned_data["reason"],
        )
        text = _("Nothing personal is left here; mails and imported files follow.")
        messages.success(request, text)
        return redirect(person)
    context = {
        "form": form,
        "person": person,
        "cancel_url": person.get_absolute_url(),
        "moves": person,
    }
    return render(request, "people/person_confirm_erase.html", context)
