"""Errors of the API: RFC 9457, from whichever layer they come.

A problem has `type`, `title`, `status`, `detail`, `instance`, `correlationId`, and
`errors`, each with a `code`, a `detail` and where it is: a JSON `pointer` into the
body, or the `parameter` of the query string. `code` is stable, sentences are not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.settings import api_settings

from apps.core import correlation
from apps.core.errors import DomainError, gone_meanwhile
from apps.core.query import BadQuery

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
AWAY = (OperationalError, RedisError)
RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        where = {"pointer": self.pointer, "parameter": self.parameter}
        return {
            **{name: value for name, value in where.items() if value is not None},
            "code": self.code,
            "detail": self.detail,
        }


class BadParameter(exceptions.APIException):
    """A value in the query string that nothing can be meant by (HTTP 400)."""

    status_code = 400

    def __init__(self, parameter: str, code: str, detail: str) -> None:
        super().__init__(detail, code)
        self.problem = Problem(code, detail, parameter=parameter)


class TooMany(exceptions.APIException):
    """The next try is possible in `wait` seconds (HTTP 429)."""

    status_code = 429
    default_code = "too_many"

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class TooLarge(exceptions.APIException):
    """The body has more than `most` bytes (HTTP 413)."""

    status_code = 413
    default_code = "too_large"

    def __init__(self, most: int) -> None:
        sentence = _("The body is longer than %(count)d bytes.")
        super().__init__(sentence % {"count": most})


class NotProven(exceptions.APIException):
    """Credentials that are not good (HTTP 401), also where no token is asked for."""

    status_code = 401
    auth_header = 'Bearer realm="tequipy"'


class Unprocessable(exceptions.APIException):
    """Values in the body that break a rule (HTTP 422)."""

    status_code = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems[0].detail, self.problems[0].code)


def respond(
    request: HttpRequest,
    status: int,
    problems: Iterable[Problem],
    *,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    found = list(problems)
    body = {
        "type": f"urn:tequipy:problem:{found[0].code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": " ".join(dict.fromkeys(one.detail for one in found)),
        "instance": request.path,
        "correlationId": correlation.get(),
        "errors": [one.as_json() for one in found],
    }
    response = HttpResponse(
        orjson.dumps(body), status=status, content_type=CONTENT_TYPE
    )
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's EXCEPTION_HANDLER: the one that every operation has."""
    request = context["request"]._request
    return answer_to(error, request)


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    """What somebody is told who met the error; whatever is not foreseen is logged, and
    told as 500 without a word of it."""
    if isinstance(error, AWAY):
        logger.error("a server we need is away", exc_info=error)
        return away(request)
    error = _as_ours(error)
    if isinstance(error, DomainError):
        return _refusal(error, request)
    if isinstance(error, Http404):
        return not_found(request)
    if isinstance(error, BadRequest | SuspiciousOperation):
        # Of a body that was cut off, whoever still listens is told.
        return malformed(request)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, request)
    logger.error("an operation failed", exc_info=error)
    return failed(request)


def _as_ours(error: Exception) -> Exception:
    """What Django raises, if it is what an operation may be answered with."""
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return gone_meanwhile(error) or error


def malformed(request: HttpRequest) -> HttpResponse:
    return respond(request, 400, [Problem("malformed", _("This is no good request."))])


def length_required(request: HttpRequest) -> HttpResponse:
    told = _("Say how long the body is: send Content-Length, and no Transfer-Encoding.")
    return respond(request, 411, [Problem("length_required", told)])


def bad_query(request: HttpRequest, refusal: BadQuery) -> HttpResponse:
    found = [
        Problem(refusal.code, one.sentence, parameter=one.shown.partition("=")[0])
        for one in refusal.problems
    ]
    return respond(request, refusal.status, found)


def not_found(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Not there, or not yours, or no operation at all."""
    return respond(request, 404, [Problem("not_found", _("There is no such thing."))])


def away(request: HttpRequest) -> HttpResponse:
    problem = Problem("unavailable", _("The service is away for a moment: try again."))
    return respond(request, 503, [problem], headers={"Retry-After": str(RETRY_SECONDS)})


def failed(request: HttpRequest) -> HttpResponse:
    detail = _("Something went wrong on our side. Tell us the correlationId.")
    return respond(request, 500, [Problem("internal", detail)])


def _refusal(error: DomainError, request: HttpRequest) -> HttpResponse:
    logger.info("refused: %s", error.code)
    return respond(request, error.status, [problem_of(error)])


def problem_of(error: DomainError) -> Problem:
    """What a verb refuses, with the field of the body that it is about."""
    pointer = None if error.field is None else f"/{camel(error.field)}"
    return Problem(error.code, error.message, pointer=pointer)


def _of_framework(error: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(error, exceptions.ValidationError):
        return respond(request, 422, of_fields(error.get_full_details()))
    if isinstance(error, Unprocessable):
        return respond(request, 422, error.problems)
    if isinstance(error, BadParameter):
        return respond(request, 400, [error.problem])
    problem = Problem(str(error.detail.code), str(error.detail))
    return respond(request, error.status_code, [problem], headers=headers)


def of_fields(details: Any, path: str = "") -> Iterator[Problem]:
    """What a serializer says, field by field."""
    if isinstance(details, Mapping) and {"message", "code"} == details.keys():
        yield Problem(str(details["code"]), str(details["message"]), pointer=path)
    elif isinstance(details, Mapping):
        for name, found in details.items():
            own = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from of_fields(found, path if own else f"{path}/{name}")
    else:
        for place, found in enumerate(details):
            is_item = isinstance(found, Mapping) and "message" not in found
            if found:
                yield from of_fields(found, f"{path}/{place}" if is_item else path)


def camel(name: str) -> str:
    """The name in the API of what is called so in Python."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
