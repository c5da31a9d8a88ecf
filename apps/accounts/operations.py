"""What holds for every operation of the API, whichever app it is of; apps below this
one know nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver

from .callers import Proven
from .idempotency import Idempotent
from .rate_limits import Limited


def govern(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Puts the rules around the operations at these addresses."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            govern(pattern.url_patterns)
            continue
        view: Any = pattern.callback
        actions = [view.actions] if getattr(view, "actions", None) else []
        pattern.callback = _governed(view.cls).as_view(*actions, **view.initkwargs)


@cache
def _governed(view: type) -> Any:
    told = {"__module__": view.__module__, "__doc__": view.__doc__}
    return type(view.__name__, (Proven, Limited, Idempotent, view), told)
