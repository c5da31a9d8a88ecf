"""The base of all operations: they authorise, parse, call a verb and render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.actor import Actor, Permission

from .fields import Body, checked


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
    of the action) its body, what it answers (None: 204), the query string; `names` are
    its ids in the schema where they are not made of the method and the `noun`."""

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
    deprecated: ClassVar[frozenset[str]] = frozenset()
    # Whose body may be missing.
    optional: ClassVar[frozenset[str]] = frozenset({"query"})

    def asks(self, request: Request) -> Permission | None:
        return self.permission

    @property
    def actor(self) -> Actor:
        return self.request._request.actor

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Nothing of an answer is kept on its way (RFC 6749, 5.1)."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Cache-Control", "no-store")
        return response

    def body(self, kind: type[Body]) -> dict[str, Any]:
        """The body of the request, in the shape of `kind`. Raises ValidationError."""
        return checked(kind, self.request.data)
