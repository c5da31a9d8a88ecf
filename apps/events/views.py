from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.access import members
from apps.core.actor import Permission

from . import sentences
from .forms import HistoryFilter
from .models import Event

SHOWN = 30


@members(Permission.HISTORY_READ)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    form = HistoryFilter.read(request)
    zone = ZoneInfo(request.member.company.time_zone)
    found = form.apply(Event.objects.visible_to(request.actor), zone)
    page = form.page(found, sort="-id")
    entries = sentences.tell(page.rows, request.actor)
    context = {"form": form, "page": page, "entries": entries}
    return render(request, "events/event_list.html", context)


@members(Permission.HISTORY_READ, across_companies=True)
@require_safe
def events_about(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """The newest events in which this thing took part, as a fragment."""
    events = Event.objects.visible_to(request.actor).about(subject_id)
    newest = list(events.order_by("-id")[: SHOWN + 1])
    if not newest:
        raise Http404
    context = {
        "entries": sentences.tell(newest[:SHOWN], request.actor, on_page_of=subject_id),
        "thing": subject_id if len(newest) > SHOWN else None,
    }
    return render(request, "events/_about.html", context)
