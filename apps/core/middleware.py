from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from . import correlation, languages
from .api import problems
from .errors import DomainError, gone_meanwhile
from .query import BadQuery, require_readable
from .secret_paths import is_secret

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class CorrelationIdMiddleware:
    """Takes X-Correlation-ID in, or makes one, and sends it out again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        current = correlation.begin(request.META.get("HTTP_X_CORRELATION_ID", ""))
        response = refused_unread(request) or self.get_response(request)
        response["X-Correlation-ID"] = current
        return response


class LanguageMiddleware:
    """Begins each request in the language of the visitor: what they chose, else what
    their browser asks for. Who is signed in, or came by the link of a mail, is spoken
    to in their own from where they are known (`accounts.languages`).

    Comes before all that may fail, so that no error page speaks the language of who
    was served before by this thread.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        languages.use(translation.get_language_from_request(request))
        request.may_switch_language = True  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", languages.current())
        return response


class PublicUrlMiddleware:
    """Absolute addresses that are made of a request begin with PUBLIC_URL, whichever
    library makes them: who asks has no say in where links lead."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def absolute(location: str | None = None) -> str:
            if location is None:
                return settings.PUBLIC_URL + request.get_full_path()
            return urljoin(settings.PUBLIC_URL + request.path, location)

        request.build_absolute_uri = absolute  # type: ignore[method-assign]
        return self.get_response(request)


class SecretPathMiddleware:
    """Where the address of a page is its key, nothing keeps it, finds it or passes it
    on.

    Not `no-referrer`: with it browsers send `Origin: null`, which the CSRF check
    refuses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_secret(request.path):
            add_never_cache_headers(response)
            response["Referrer-Policy"] = "strict-origin"
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response


def is_of_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def refused_unread(request: HttpRequest) -> HttpResponse | None:
    """The answer to what nothing can be meant by, or read of."""
    if "\0" in request.path:
        # No text in PostgreSQL holds it.
        return bad_request(request)
    if "HTTP_TRANSFER_ENCODING" in request.META:
        # Django reads as far as Content-Length: of such a body, nothing.
        if is_of_api(request):
            return problems.length_required(request)
        return HttpResponse("Length required", status=411)
    return None


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    """Django's handler400: a host, a path or a size that is refused before any page."""
    if is_of_api(request):
        return problems.malformed(request)
    return HttpResponseBadRequest("Bad request")


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("a server we need is away", exc_info=error)
    if is_of_api(request):
        return problems.away(request)
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "10"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. What a middleware raises, as it reads the session, comes to
    no other place."""
    error = sys.exc_info()[1]
    if isinstance(error, problems.AWAY):
        return unavailable(request, error)
    if is_of_api(request):
        return problems.failed(request)
    return defaults.server_error(request)


class DomainErrorMiddleware:
    """Turns a refusal into a message on the page the person came from."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        try:
            require_readable(request)
        except BadQuery as refusal:
            return _bad_query(request, refusal)
        return None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, problems.AWAY):
            return unavailable(request, exception)
        gone = gone_meanwhile(exception)
        if isinstance(gone, Http404):
            return defaults.page_not_found(request, gone)
        exception = gone or exception
        if not isinstance(exception, DomainError):
            return None
        logger.info("refused: %s", exception.code)
        if isinstance(exception, BadQuery):
            return _bad_query(request, exception)
        back = page_before(request)
        if request.method == "POST" and back:
            messages.error(request, exception.message)
            return HttpResponseRedirect(back)
        context = {"message": exception.message}
        return render(request, "refused.html", context, status=exception.status)


def _bad_query(request: HttpRequest, refusal: BadQuery) -> HttpResponse:
    if is_of_api(request):
        return problems.bad_query(request, refusal)
    context = {"refusal": refusal}
    return render(request, "bad_query.html", context, status=refusal.status)


def page_before(request: HttpRequest) -> str:
    """The page of ours that they came from; empty where the browser did not tell it, as
    on pages whose path holds a key."""
    if is_secret(request.path):
        return ""
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return back if is_ours and urlsplit(back).path else ""
