"""The way of a request to an operation of the API, and back, in one piece.

Operations know their callers by tokens: session, form key and message of pages mean
nothing to them. What else middleware does for pages is done for them here, without a
layer for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, URLPattern, resolve

from apps.core import correlation, languages
from apps.core.api import problems
from apps.core.middleware import refused_unread
from apps.core.query import BadQuery, require_readable
from apps.ops.metrics.http import HttpMetricsMiddleware

PREFIX = "/api/v1/"
PATH = f"{PREFIX}integration/"
GetResponse = Callable[[HttpRequest], HttpResponse]


class Sent(ResponseHeaders):
    """Headers as they leave: those of the answer, and ours, which are the same for all
    and known to be good. Django checks each header of each answer, and looks each up
    again to send it: of a short answer that is a sixth of the work."""

    def __init__(self, own: ResponseHeaders, common: ResponseHeaders) -> None:
        self._store = own._store | common._store

    def set(self, name: str, value: str) -> None:
        """What is no text of anybody's."""
        self._store[name.lower()] = name, value

    def items(self) -> Any:
        return self._store.values()


class OperationMiddleware:
    """First in MIDDLEWARE: what is no operation goes on to the others."""

    HEADERS: Final = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
        "Vary": "Accept-Language, Origin",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.metrics = HttpMetricsMiddleware(get_response)
        self.operate: Any = convert_exception_to_response(_operate)
        self.of_other_origin = CorsMiddleware(self.operate)
        # It asks for the host, which may be none of ours.
        self.to_https: Any = convert_exception_to_response(
            SecurityMiddleware(self.operate)
        )
        # What it says of a page, it says of each.
        self.headers = {
            is_secure: ResponseHeaders(self.HEADERS | _of_security(is_secure))
            for is_secure in (True, False)
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PATH):
            return self.get_response(request)
        self.metrics.process_request(request)
        current = correlation.begin(request.META.get("HTTP_X_CORRELATION_ID", ""))
        language = languages.of_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        languages.use(language)
        is_secure = request.is_secure()
        response = self._answer(request, is_secure)
        response.headers = headers = Sent(response.headers, self.headers[is_secure])
        headers.set("X-Correlation-ID", current)
        headers.set("Content-Language", language)
        if not response.streaming and "content-length" not in headers:
            headers.set("Content-Length", str(len(response.content)))
        return self.metrics.process_response(request, response)

    def _answer(self, request: HttpRequest, is_secure: bool) -> HttpResponse:
        if (refused := refused_unread(request)) is not None:
            return refused
        if settings.SECURE_SSL_REDIRECT and not is_secure:
            return self.to_https(request)
        if "HTTP_ORIGIN" in request.META:
            return self.of_other_origin(request)
        return self.operate(request)


def _of_security(is_secure: bool) -> dict[str, str]:
    request, response = HttpRequest(), HttpResponse()
    request.is_secure = lambda: is_secure  # type: ignore[method-assign]
    del response["Content-Type"]
    SecurityMiddleware(lambda _request: response).process_response(request, response)
    return dict(response.items())


def _operate(request: HttpRequest) -> HttpResponse:
    request.get_host()  # raises DisallowedHost
    if request.META.get("QUERY_STRING"):
        try:
            require_readable(request)
        except BadQuery as refusal:
            return problems.bad_query(request, refusal)
    request.resolver_match = found = find(request.path_info)
    response = found.func(request, *found.args, **found.kwargs)
    render_it = getattr(response, "render", None)
    return render_it() if callable(render_it) else response


def find(path: str) -> ResolverMatch:
    """The operation at a path, or what says that there is none. Django's resolver
    compares it with every pattern until one fits; this one with those that have as many
    parts and begin alike."""
    rest = path.removeprefix(PREFIX)
    for pattern in _routes().get(_begins(rest), ()):
        if (match := pattern.resolve(rest)) is not None:
            match.route = f"{PREFIX[1:]}{match.route}"
            return match
    return resolve(path)


@cache
def _routes() -> Mapping[Any, Sequence[URLPattern]]:
    found = defaultdict(list)
    for pattern in import_module("tequipy.api").urlpatterns:
        found[_begins(str(pattern.pattern))].append(pattern)
    return found


def _begins(path: str) -> tuple[int, str]:
    _integration, _slash, rest = path.partition("/")
    return rest.count("/"), rest.partition("/")[0]
