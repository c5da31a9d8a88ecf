"""What `visible_to` asks, made once for all who see all of a company."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from apps.core.actor import Actor, ActorKind, Reach
from apps.core.tenancy import TenantQuerySet

from .conditions import Where, compiled

WHOLE = frozenset({Reach.EVERYWHERE, Reach.COMPANY})
# Stands for the company of whoever asks.
_COMPANY = UUID(int=0xC0)


def visible(rows: Callable[[], TenantQuerySet], actor: Actor) -> Where:
    """`rows` is the same function each time."""
    held = actor.reaches(rows().reads)
    if not held & WHOLE:
        return compiled(rows().visible_to(actor))
    sql, params = _whole(rows, actor.role, Reach.EVERYWHERE in held)
    company = actor.company_id
    return Where(sql, tuple(company if p is _COMPANY else p for p in params))


@cache
def _whole(
    rows: Callable[[], TenantQuerySet], role: Any, is_everywhere: bool
) -> tuple[str, tuple]:
    """The condition of `visible_to` for all who have this role."""
    somebody = Actor(ActorKind.USER, company_id=_COMPANY, role=role)
    found = compiled(rows().visible_to(somebody))
    return found.sql, tuple(
        _COMPANY if param == _COMPANY else param for param in found.params
    )
