"""`Idempotency-Key`: what changes something can be sent again without fear.

A request that changes something is one transaction, from its first look to its answer.
With a key, the key and the answer are part of it: a twin that comes meanwhile waits,
and who comes later gets the same answer. Whatever is refused, fails or is killed leaves
nothing, not even the key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api import CHANGING
from apps.core.errors import Invalid

from . import kept_answers
from .kept_answers import LONGEST_KEY, IdempotencyKey, StillRunning

if TYPE_CHECKING:
    from apps.core.api.views import Operation as _View
else:
    _View = object

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_GOOD_KEY = re.compile(rf"[ -~]{{1,{LONGEST_KEY}}}")


class InUse(APIException):
    """Another request with this key is not done yet (HTTP 409)."""

    status_code = 409
    default_code = "idempotency_key_in_use"
    wait = 1


class Idempotent(_View):
    """An operation that changes all or nothing, and keeps its answer for the client's
    key, once it knows who asks and that they may."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is None or not changes(request):
            return
        name = request.method.lower()
        handler = getattr(self, name, None)
        if handler is None:
            return
        key = request.headers.get(HEADER)
        if key is None:
            work = partial(self._whole, handler)
        elif not _GOOD_KEY.fullmatch(key) or key.isspace():
            sentence = _("%(header)s is 1 to %(most)d printable characters of ASCII.")
            told = sentence % {"header": HEADER, "most": LONGEST_KEY}
            raise ParseError(told, "bad_idempotency_key")
        else:
            work = partial(self._once, key, handler)
        setattr(self, name, work)

    def _whole(
        self, handler: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        with transaction.atomic():
            response = handler(*args, **kwargs)
            if not _is_done(response):
                transaction.set_rollback(True)
            return response

    def _once(
        self,
        key: str,
        handler: Callable[..., HttpResponse],
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            try:
                kept = kept_answers.claim(request.user, key, fingerprint)
            except StillRunning:
                raise InUse(_("The same request is still being worked on.")) from None
            if kept is not None:
                return _again(kept, fingerprint)
            response = handler(request, *args, **kwargs)
            if not _is_done(response):
                transaction.set_rollback(True)
                return response
            self._rendered(response)
            kept_answers.keep(
                request.user,
                key,
                status=response.status_code,
                headers=response.headers,
                body=response.content,
            )
            return response

    def _rendered(self, response: HttpResponse) -> None:
        if isinstance(response, Response) and not response.is_rendered:
            self.to_render(response)
            response.render()


def changes(request: Request) -> bool:
    """Whether it is one that may; `…/query` is a long GET."""
    asked = request._request
    return asked.method in CHANGING and not asked.path.endswith("/query")


def _is_done(response: HttpResponse) -> bool:
    return 200 <= response.status_code < 300


def _again(kept: IdempotencyKey, fingerprint: bytes) -> HttpResponse:
    if bytes(kept.fingerprint) != fingerprint:
        sentence = _("Another request had this %(header)s: take a new one.")
        raise Invalid("idempotency_key_reused", sentence % {"header": HEADER})
    response = HttpResponse(bytes(kept.body), status=kept.status)
    del response["Content-Type"]  # Django's own: an empty answer has none
    for name, value in {**kept.headers, REPLAYED: "true"}.items():
        response[name] = value
    return response


def _fingerprint(request: Request) -> bytes:
    """Of what is asked for. A client that writes the members of its JSON in another
    order, or another boundary between the parts of a form, asks for the same."""
    with suppress(RequestDataTooBig):
        # A stream that was read is no `request.body` any more.
        _kept = request.body
    asked = f"{request.method} {request.get_full_path()}\n".encode()
    digest = hashlib.sha256(asked)
    if not isinstance(request.data, MultiValueDict):
        digest.update(orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS))
        return digest.digest()
    for name, values in sorted(request.data.lists()):
        for value in values:
            if isinstance(value, UploadedFile):
                content = hashlib.sha256()
                for chunk in value.chunks():
                    content.update(chunk)
                value.seek(0)
                value = [value.name, value.content_type, content.hexdigest()]
            digest.update(orjson.dumps([name, value]))
    return digest.digest()
