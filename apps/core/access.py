"""Who may open a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from .actor import Actor, Permission

View = Callable[..., HttpResponse]


def members(
    permission: Permission | None = None,
    *,
    beyond_own: bool = False,
    across_companies: bool = False,
) -> Callable[[View], View]:
    """Lets signed-in people who hold the permission of anything pass, with
    `request.member` and `request.actor` set; the page asks of what by `visible_to`
    and the verb. None lets all pass.

    `beyond_own` asks for more than their own things, as lists do; platform staff pass
    where a page works `across_companies`. For everybody else the page does not exist:
    404, never 403, so that nobody learns from an answer what another company has.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.load_member()  # type: ignore[attr-defined]
            actor: Actor | None = request.actor  # type: ignore[attr-defined]
            if actor is None:
                return redirect("accounts:choose")
            if permission is not None:
                is_open = across_companies or not actor.is_staff
                if not is_open or not actor.holds(permission, beyond_own=beyond_own):
                    raise Http404
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # nothing stays on a shared computer
            return response

        return wrapper

    return decorate
