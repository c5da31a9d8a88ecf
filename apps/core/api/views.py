"""The base of all operations: they authorise, parse, call a verb and render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any, ClassVar, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    ErrorDetail,
    MethodNotAllowed,
    NotAuthenticated,
    PermissionDenied,
    UnsupportedMediaType,
)
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.actor import Actor, Permission

from . import CHANGING
from .fields import Body, checked
from .json import OnlyJson, Parser, Renderer


class HoldsPermission(BasePermission):
    """The operation's permission; of which things it is held, the verb asks."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            raise NotAuthenticated(_("Say who you are: send a token."))
        wanted = view.asks(request)
        if wanted is not None and not view.actor.holds(wanted):
            raise PermissionDenied(_("Your role may not do this."), "not_allowed")
        return True


class Operation(APIView):
    """What it declares, the schema says, too: by the name of the method (of a Resource,
    of the action) its body, what it answers (None: 204) and in which media type unless
    that is JSON, the query string; `names` are its ids in the schema where they are not
    made of the method and the `noun`."""

    # What an operation takes, the schema says: OPTIONS is answered by 405, too.
    http_method_names = [x for x in APIView.http_method_names if x != "options"]
    permission_classes = [HoldsPermission]
    permission: ClassVar[Permission | None] = None
    tag: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    names: ClassVar[Mapping[str, str]] = {}
    bodies: ClassVar[Mapping[str, type[Body]]] = {}
    queries: ClassVar[Mapping[str, Sequence[type[Body]]]] = {}
    answers: ClassVar[Mapping[str, Any]] = {}
    media: ClassVar[Mapping[str, str]] = {}
    deprecated: ClassVar[frozenset[str]] = frozenset()
    # Whose body may be missing.
    optional: ClassVar[frozenset[str]] = frozenset({"query"})

    def asks(self, request: Request) -> Permission | None:
        return self.permission

    @property
    def actor(self) -> Actor:
        return self.request._request.actor

    # --- One request: as DRF does it, less what ours never need: there is one form of
    # answers, no version, and what has no state is made once.

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = asked = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(asked, *args, **kwargs)
            response = self._handler()(asked, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(asked, response, *args, **kwargs)
        return self.response

    def _handler(self) -> Any:
        name = str(self.request.method).lower()
        is_known = name in self.http_method_names
        return getattr(self, name if is_known else "", self.http_method_not_allowed)

    def initialize_request(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> Request:
        parts = _parts(type(self))
        return Request(
            request,
            parsers=parts.parsers,
            authenticators=parts.authenticators,
            negotiator=parts.negotiator,
            parser_context={"view": self, "args": args, "kwargs": kwargs},
        )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        self.check_permissions(request)
        if request.method in CHANGING and not self._takes_body(request):
            refuse_body(request)

    def _takes_body(self, request: Request) -> bool:
        """Or has no such method, which is told later."""
        method = str(request.method).lower()
        action = getattr(self, "action", None) or method
        takes = action in self.bodies or action == "query"
        return takes or not hasattr(self, method)

    def get_permissions(self) -> list[Any]:
        return _parts(type(self)).permissions

    def http_method_not_allowed(
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self.headers["Allow"] = ", ".join(self.allowed_methods)
        raise MethodNotAllowed(str(request.method))

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Nothing of an answer is kept on its way (RFC 6749, 5.1)."""
        self.to_render(response)
        for name, value in self.headers.items():
            response[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def to_render(self, response: HttpResponse) -> None:
        if isinstance(response, Response):
            response.accepted_renderer = Renderer()
            response.accepted_media_type = Renderer.media_type
            response.renderer_context = {"view": self}

    def body(self, kind: type[Body]) -> dict[str, Any]:
        """The body of the request, in the shape of `kind`. Raises ValidationError."""
        said = self.request.data
        if isinstance(said, MultiValueDict):
            _require_once(said)
        return checked(kind, said)


def refuse_body(request: Request) -> None:
    """Of an operation that declares none: what a caller says is never dropped. An empty
    object says nothing. Raises ParseError, ValidationError, UnsupportedMediaType."""
    body = request._request.body
    if not body.strip():
        return
    if OnlyJson().select_parser(request, [Parser()]) is None:
        raise UnsupportedMediaType(request.content_type)
    checked(Body, Parser().parse(BytesIO(body)))


def _require_once(form: MultiValueDict) -> None:
    """Each part of a form: of several, all but the last would be lost."""
    several = [name for name, values in form.lists() if len(values) > 1]
    if several:
        told = ErrorDetail(_("Give it once."), "repeated")
        raise serializers.ValidationError(dict.fromkeys(sorted(several), told))


class _Parts(NamedTuple):
    parsers: list[BaseParser]
    authenticators: list[BaseAuthentication]
    permissions: list[BasePermission]
    negotiator: BaseContentNegotiation


@cache
def _parts(kind: type[Operation]) -> _Parts:
    """What has no state: one for all requests."""
    return _Parts(
        [parser() for parser in kind.parser_classes],
        [authentication() for authentication in kind.authentication_classes],
        [permission() for permission in kind.permission_classes],
        kind.content_negotiation_class(),
    )
