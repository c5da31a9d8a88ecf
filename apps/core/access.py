"""Who may open a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from .actor import Role

View = Callable[..., HttpResponse]


def members(*roles: Role) -> Callable[[View], View]:
    """Lets signed-in people with one of the roles (any, if none is named) pass, with
    `request.member` and `request.actor` set.

    For everybody else the page does not exist: 404, never 403, so that nobody
    learns from an answer what another company has.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.load_member()  # type: ignore[attr-defined]
            if request.member is None:  # type: ignore[attr-defined]
                return redirect("accounts:choose")
            if roles and request.actor.role not in roles:  # type: ignore[attr-defined]
                raise Http404
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # nothing stays on a shared computer
            return response

        return wrapper

    return decorate
