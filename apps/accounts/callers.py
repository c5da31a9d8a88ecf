"""Who calls the API: known from the request before, and proven by each.

What is remembered saves the statement that asks who calls: reads ask along whether it
still holds (`core.api.proof`). Changes ask first, always.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from apps.core.actor import Actor, Role
from apps.core.api.proof import Proof, Stale

from .idempotency import changes
from .models import User
from .sessions import actor_of

if TYPE_CHECKING:
    from rest_framework.views import APIView as _View
else:
    _View = object


@dataclass(frozen=True)
class Caller:
    """Holds while `question` is answered with `version`, and until `until`, in seconds
    of the epoch."""

    user: User
    until: float
    version: str
    question: tuple[str, tuple[Any, ...]]

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self.user)

    def proof(self) -> Proof:
        return Proof(*self.question, self.version)


_MOST = 1_000
_known: dict[UUID, Caller] = {}


def remembered(named: UUID) -> Caller | None:
    """By the id of their token or session."""
    found = _known.get(named)
    return found if found is not None and time.time() < found.until else None


def remember(named: UUID, caller: Caller) -> None:
    # Which places a warehouse worker has is no part of the question.
    if caller.actor.role is Role.STORAGE:
        return
    if len(_known) >= _MOST:
        _known.clear()
    _known[named] = caller


def may_be_remembered(request: Request) -> bool:
    view = request.parser_context["view"]
    return isinstance(view, Proven) and not view.is_doubted and not changes(request)


class Proven(_View):
    """An operation of which nothing leaves before its caller is proven."""

    is_doubted = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = super().dispatch(request, *args, **kwargs)
            proof: Proof | None = getattr(request, "proof", None)
            if proof is not None and not proof.is_given:
                proof.ask()
        except Stale:
            self.is_doubted = True
            return super().dispatch(request, *args, **kwargs)
        return response

    def handle_exception(self, error: Exception) -> HttpResponse:
        if isinstance(error, Stale):
            raise error
        return super().handle_exception(error)
