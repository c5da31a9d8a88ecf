"""Many things in one request, each with a verdict of its own: `decided`.

What is done to them is an attempt: one call for all, whose statements don't grow with
their number. It says which of them are refused; then all of it is undone, and the next
attempt is made without those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.core.errors import Conflict, DomainError, Invalid

from . import fields
from .fields import checked
from .problems import Problem, Unprocessable, of_fields, problem_of

REFUSED = "refused"
Item = TypeVar("Item")
# An attempt that lost a race is made again; nobody loses so many.
_MOST_RACES = 3


@dataclass(slots=True)
class Outcome:
    """What has become of the items, by where they stand in the request. `names` is
    what bodies call the field of a refusal, if not as the verb does."""

    names: Mapping[str, str] = field(default_factory=dict)
    done: dict[int, UUID] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)

    def of(self, at: int, make: Callable[..., Item], *args: Any) -> Item | None:
        """What `make` makes; None if it refuses the item, or it was refused before."""
        if at in self.refused:
            return None
        try:
            return make(*args)
        except DomainError as error:
            self.refuse(at, error)
            return None

    def refuse_repeated(self, named: Mapping[int, UUID]) -> None:
        """Whom or what a second item is about, by where the items stand."""
        seen: set[UUID] = set()
        for at, pk in named.items():
            if pk in seen:
                sentence = _("It stands in this request a second time.")
                self.refuse(at, Invalid("repeated", sentence, field="id"))
            seen.add(pk)

    def refuse(self, at: int, error: DomainError) -> None:
        """The first reason counts."""
        if error.field is not None:
            error.field = self.names.get(error.field, error.field)
        self.refused.setdefault(at, error)


def settle(
    items: Mapping[int, Item], attempt: Callable[[Mapping[int, Item]], Outcome]
) -> Outcome:
    """Writes those that nothing refuses, and says why the others are refused."""
    found, left, races = Outcome(), dict(items), 0
    while left:
        try:
            with transaction.atomic():
                outcome = attempt(left)
                if outcome.refused:
                    transaction.set_rollback(True)
        except Conflict:
            races += 1
            if races == _MOST_RACES:
                raise
            continue
        found.refused |= outcome.refused
        if not outcome.refused:
            found.done = outcome.done
            break
        left = {at: one for at, one in left.items() if at not in outcome.refused}
    return found


def settle_one(item: Item, attempt: Callable[[Mapping[int, Item]], Outcome]) -> UUID:
    """The same for a single one. Raises what refuses it."""
    found = settle({0: item}, attempt)
    if found.refused:
        raise found.refused[0]
    return found.done[0]


# --- Requests ---------------------------------------------------------------


class _Anything(serializers.Field):
    """Looked at item by item."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class _Envelope(fields.Body):
    items = fields.Several(_Anything(allow_null=True), allow_empty=False)
    atomic = fields.Flag(default=False)


def request_of(kind: type[fields.Body]) -> type[fields.Body]:
    """The body of a request about many, for the schema."""
    items = fields.Several(kind(), allow_empty=False)
    told = "All or nothing: one that is refused refuses all (422)."
    atomic = fields.Flag(default=False, help_text=told)
    return type(
        f"Bulk{kind.__name__}", (fields.Body,), {"items": items, "atomic": atomic}
    )


class Refusal(serializers.Serializer):
    """Why an item is refused; `pointer` leads into that item."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False)


class Verdict(serializers.Serializer):
    """What became of one item."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    status = serializers.ChoiceField(choices=["created", "updated", REFUSED])
    id = serializers.UUIDField(required=False)
    errors = Refusal(many=True, required=False)


class Verdicts(serializers.Serializer):
    items = Verdict(many=True)


def decided(
    said: Any,
    kind: type[fields.Body],
    attempt: Callable[[Mapping[int, dict[str, Any]]], Outcome],
    *,
    status: str,
) -> dict[str, Any]:
    """What has become of each item of a request. Raises Unprocessable with all that is
    wrong, and nothing written, if the request wants all or nothing."""
    envelope = checked(_Envelope, said)
    good, wrong = _parsed(kind(), envelope["items"])
    with transaction.atomic():
        outcome = settle(good, attempt)
        for at, error in outcome.refused.items():
            wrong[at] = [problem_of(error)]
        if wrong and envelope["atomic"]:
            raise Unprocessable(_in_request(wrong))
    made = {at: {"status": status, "id": pk} for at, pk in outcome.done.items()}
    refused = {
        at: {"status": REFUSED, "errors": [one.as_json() for one in problems]}
        for at, problems in wrong.items()
    }
    verdicts = made | refused
    return {"items": [{"index": at, **verdicts[at]} for at in sorted(verdicts)]}


def _parsed(
    body: fields.Body, items: list[Any]
) -> tuple[dict[int, dict[str, Any]], dict[int, list[Problem]]]:
    good, wrong = {}, {}
    for at, item in enumerate(items):
        try:
            good[at] = body.run_validation(item)
        except serializers.ValidationError as error:
            wrong[at] = list(of_fields(error.get_full_details()))
    return good, wrong


def _in_request(wrong: Mapping[int, list[Problem]]) -> Iterator[Problem]:
    for at in sorted(wrong):
        for one in wrong[at]:
            yield replace(one, pointer=f"/items/{at}{one.pointer or ''}")
