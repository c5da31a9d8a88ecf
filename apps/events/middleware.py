from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core import seen
from apps.core.confirm import posted
from apps.core.middleware import page_before
from apps.core.seen import ChangedMeanwhile

from . import sentences
from .models import Event

_SHOWN = 10
# Whoever wrote the event began before the page was made, and committed after it.
_MARGIN = timedelta(seconds=5)


class ChangedMeanwhileMiddleware:
    """Asks whoever acts on a page that is out of date: shows what happened and how it
    is now; their answer is the same form once more, with the mark of this page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        member = getattr(request, "member", None)
        if not isinstance(exception, ChangedMeanwhile) or member is None:
            return None
        # Read again: the verb may have been about to change the instance it locked.
        thing = type(exception.thing)._default_manager.get(pk=exception.thing.pk)
        aspect = seen.aspect_of(thing, exception.aspect)
        fields = getattr(request, "seen_fields", {})
        name = fields.get(thing.pk, seen.FIELD)
        context = {
            "message": exception.message,
            "thing": thing,
            "state_template": aspect.template,
            "entries": _entries(request, exception, aspect.about(thing)),
            "back": _page_of(thing) or page_before(request) or "/",
            "mark": seen.mark(thing, exception.aspect),
            "mark_name": name,
            "fields": list(posted(request, name)),
            "action": request.get_full_path(),
            "intent": getattr(request, "intent", ""),
        }
        return render(request, "events/changed_meanwhile.html", context, status=409)


def _page_of(thing: Model) -> str:
    page = getattr(thing, "get_absolute_url", None)
    return page() if page else ""


def _entries(request: HttpRequest, changed: ChangedMeanwhile, about: UUID) -> list[Any]:
    """What happened to it since; at least the last that did."""
    company_id = changed.thing.company_id  # type: ignore[attr-defined]
    events = Event.objects.about(about).filter(company_id=company_id)
    newest = events.order_by("-id")
    since: list[Event] = []
    if changed.shown_at is not None:
        recent = newest.filter(recorded_at__gte=changed.shown_at - _MARGIN)
        since = list(recent[:_SHOWN])
    return sentences.tell(since or newest[:1], request.actor)  # type: ignore[attr-defined]
