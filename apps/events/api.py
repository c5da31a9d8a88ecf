"""The feed of what happened, for programs that follow it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.actor import Permission
from apps.core.api import fields
from apps.core.api.problems import BadParameter, camel
from apps.core.api.resources import MOST_ROWS, Resource, no_query

from .models import Event
from .registry import declared_types


class TypeName(fields.Text):
    """Of an event."""

    def limits(self) -> dict[str, Any]:
        return {"enum": [declared.name for declared in declared_types()]}


class EventsQuery(fields.Body):
    after = fields.Whole(
        required=False,
        default=0,
        min_value=0,
        max_value=2**63 - 1,
        help_text="`next` of the page before; 0 begins with the first event.",
    )
    limit = fields.Whole(required=False, default=100, min_value=1, max_value=MOST_ROWS)
    types = fields.Several(
        TypeName(max_length=64), required=False, help_text="Such as order.placed."
    )
    about_id = fields.Id(
        required=False, help_text="In which this device, person or workflow took part."
    )


class EventResponse(fields.Body):
    """What happened, to what, by whom. `payload` is as docs/events.md declares it for
    `type` and `version`."""

    position = fields.Whole(max_value=2**63 - 1)
    type = fields.Text()
    version = fields.Whole()
    company_id = fields.Id()
    subject_type = fields.Text()
    subject_id = fields.Id()
    actor_kind = fields.Text()
    actor_id = fields.Id(required=False)
    payload = serializers.DictField()
    correlation_id = fields.Text(required=False)
    occurred_at = fields.Moment()
    recorded_at = fields.Moment()


class EventPage(fields.Body):
    items = EventResponse(many=True)
    next = fields.Whole(
        max_value=2**63 - 1,
        help_text="For `after`, now or later: it is there on the last page, too.",
    )
    has_more = fields.Flag()


class EventTypeResponse(fields.Body):
    """What the payload of such events holds, as a JSON Schema."""

    type = fields.Text()
    version = fields.Whole()
    payload_schema = serializers.DictField()


_SHOWN = (
    "position",
    "type",
    "version",
    "company_id",
    "subject_type",
    "subject_id",
    "actor_kind",
    "actor_id",
    "payload",
    "correlation_id",
    "occurred_at",
    "recorded_at",
)


class EventResource(Resource):
    tag = "Events"
    noun, singular, plural = "Event", "event", "events"
    names = {"list": "listEvents", "types": "listEventTypes"}
    permissions = {"list": Permission.HISTORY_READ, "types": Permission.HISTORY_READ}
    queries = {"list": [EventsQuery]}
    answers = {"list": EventPage, "types": [EventTypeResponse]}

    def list(self, request: Request, **names: str) -> HttpResponse:
        """What happened since, in its order.

        Nothing is missed and nothing comes twice: an event has its `position` once all
        before it have theirs, a moment after what it tells was saved.
        """
        asked = fields.of_query_string(EventsQuery, request.query_params)
        rows = Event.objects.visible_to(self.actor).filter(position__gt=asked["after"])
        if types := asked.get("types"):
            rows = rows.filter(type__in=_known(types))
        if (about := asked.get("about_id")) is not None:
            rows = rows.about(about)
        limit = asked["limit"]
        found = list(rows.order_by("position").values(*_SHOWN)[: limit + 1])
        items = [_shown(row) for row in found[:limit]]
        return self.answer(
            {
                "items": items,
                "next": items[-1]["position"] if items else asked["after"],
                "hasMore": len(found) > limit,
            }
        )

    def types(self, request: Request) -> HttpResponse:
        """What events there are, and what each of them says."""
        no_query(request)
        return self.answer(
            [
                {
                    "type": declared.name,
                    "version": declared.version,
                    "payloadSchema": declared.schema(),
                }
                for declared in declared_types()
            ]
        )


def _known(types: list[str]) -> list[str]:
    known = {declared.name for declared in declared_types()}
    for name in types:
        if name not in known:
            sentence = _("There is no event “%(name)s”: docs/events.md has them all.")
            raise BadParameter("types", "unknown_type", sentence % {"name": name})
    return types


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        camel(name): value for name, value in row.items() if value not in (None, "")
    }
