from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from . import known_browsers, languages, sessions


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's, for which who is signed in is asked along with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(sessions.user_of, request))


class MemberMiddleware:
    """Gives every request `load_member()`; nothing is read before a page asks. Tells a
    browser in which somebody has signed in that it is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.load_member = partial(sessions.load, request)
        response = self.get_response(request)
        known_browsers.write(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> None:
        """Who is signed in reads every page in their own language. A probe with a
        browser's cookies reads nothing."""
        is_page = not request.path.startswith("/api/") and request.path != "/metrics"
        if is_page and settings.SESSION_COOKIE_NAME in request.COOKIES:
            languages.speak_to_member(request)
