"""Operations on one kind of thing: lists, one of them, and what its verbs do.

A resource declares what is read (`reading`), what bodies hold (`bodies`), which rights
it takes (`permissions`) and what is answered (`answers`), each by action; the schema is
made of the same declarations. A subclass has one short method for each verb.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from apps.core.actor import Permission

from . import json
from .conditions import Asking
from .fields import Body, Text, Whole, checked, of_query_string
from .problems import BadParameter
from .reading import Reading, Slice
from .views import Operation

MOST_ROWS = 1_000
PAGE_SIZE = 20
_SAFE = frozenset({"GET", "HEAD"})
# Nobody reads on from there; PostgreSQL counts no further.
_LAST_ROW = 2**62


class Changed(APIException):
    """It is no longer what the caller saw (HTTP 412)."""

    status_code = 412
    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("It was changed meanwhile: read it again."))


class PageQuery(Body):
    """Which page of a list, as the contract asks for it."""

    page = Whole(required=False, default=0, min_value=0, max_value=_LAST_ROW // 1000)
    size = Whole(required=False, default=PAGE_SIZE, min_value=1, max_value=MOST_ROWS)
    sort = serializers.ListField(child=Text(max_length=64), required=False)


class KeysetQuery(Body):
    """Where a list goes on, and how far."""

    # As it was given out: nothing of it is trimmed.
    after = Text(required=False, max_length=1_000, trim_whitespace=False)
    limit = Whole(required=False, default=100, min_value=1, max_value=MOST_ROWS)


class Resource(ViewSetMixin, Operation):
    """`singular` and `plural` are what the schema calls it, in plain words. The
    docstring of a verb's method is its summary there, what follows a blank line its
    description."""

    singular: ClassVar[str]
    plural: ClassVar[str]
    reading: ClassVar[Reading]
    permissions: ClassVar[Mapping[str, Permission]] = {}
    # The filters of lists: a body of `query`, the query string of `list`.
    filters: ClassVar[type[Body]] = Body
    # Beyond those, of `list` alone.
    list_filters: ClassVar[type[Body] | None] = None

    def asks(self, request: Request) -> Permission | None:
        # None of the methods of this path, or what DRF calls OPTIONS: it answers 405.
        has_none = self.action in {None, "metadata"}
        return None if has_none else self.permissions[self.action]

    @property
    def asking(self) -> Asking:
        asked = self.request._request
        zone = asked.user.company.time_zone
        return Asking(asked.actor, zone, getattr(asked, "proof", None))

    # --- Reads ---

    def query(self, request: Request) -> HttpResponse:
        """A page by its number."""
        wanted = _slice(request)
        said = request.data if request.body.strip() else {}
        return self.answer(self.page_of(wanted, checked(self.filters, said)))

    def paged(self, request: Request) -> HttpResponse:
        """The same where the contract has a GET without filters."""
        return self.answer(self.page_of(_slice(request), {}))

    def page_of(self, wanted: Slice, values: Mapping[str, Any]) -> dict[str, Any]:
        page = self.reading.page(self.asking, wanted, values)
        return {
            "content": page.items,
            "totalElements": page.total,
            "totalPages": -(-page.total // wanted.size),
            "size": wanted.size,
            "number": wanted.number,
            "first": wanted.number == 0,
            "last": not page.has_more,
            "empty": not page.items,
        }

    def list(self, request: Request, **names: str) -> HttpResponse:
        """A page by a cursor: the last one costs what the first one costs."""
        return self.keyset(request)

    def keyset(self, request: Request, **fixed: Any) -> HttpResponse:
        """The same, of what the path names: `fixed` are values of filters."""
        kind = _with_keyset(self.list_filters or self.filters)
        values = dict(of_query_string(kind, request.query_params))
        after, limit = values.pop("after", ""), values.pop("limit")
        values |= fixed
        page = self.reading.keyset_page(self.asking, values, after=after, limit=limit)
        found: dict[str, Any] = {"items": page.items}
        if page.next:
            found["next"] = page.next
        response = self.answer(found)
        if page.next:
            query = request.query_params.copy()
            query["after"] = page.next
            response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
        return response

    def whole(self, reading: Reading, **fixed: Any) -> HttpResponse:
        """A list that is never long, as one array."""
        page = reading.keyset_page(self.asking, fixed, after="", limit=MOST_ROWS)
        return self.answer(page.items)

    def retrieve(self, request: Request, **names: str) -> HttpResponse:
        no_query(request)
        return self.one(next(iter(names.values())))

    def one(self, name: Any) -> HttpResponse:
        """As it is now, with its ETag. Raises Http404."""
        found = self.reading.one(self.asking, name)
        if found is None:
            raise Http404
        return self.answer(found, is_one=True)

    # --- Changes ---

    def said(self) -> dict[str, Any]:
        """The body, in the shape that is declared for this action."""
        return dict(self.body(self.bodies[self.action]))

    def thing(self, name: Any, of: Reading | None = None) -> Any:
        """The thing for a verb, if it is there for who asks and is still what
        `If-Match` says: in a transaction it stays so until its end. `of` says how it is
        read, if it is no thing of this resource. Raises Http404, Changed."""
        reading = of or self.reading
        named = reading.q_named(name)
        if named is None:
            raise Http404
        rows = reading.rows().visible_to(self.actor)
        wanted = self.request.headers.get("If-Match", "").strip()
        if wanted and not transaction.get_connection().in_atomic_block:
            raise RuntimeError("If-Match is compared inside the verb's transaction")
        if wanted:
            rows = rows.select_for_update(of=("self",))
        thing: models.Model | None = rows.filter(named).first()
        if thing is None:
            raise Http404
        if wanted and wanted != "*":
            found = reading.one(self.asking, thing.pk)
            seen = {tag.strip() for tag in wanted.split(",")}
            if found is None or etag(json.dumps(found)) not in seen:
                raise Changed
        return thing

    # --- Answers ---

    def answer(self, found: Any, *, is_one: bool = False) -> HttpResponse:
        body = json.dumps(found)
        response = HttpResponse(body, content_type="application/json")
        if is_one:
            response["ETag"] = tag = etag(body)
            # Not `.headers`, which Django makes of all there are.
            asked = self.request._request
            seen = asked.META.get("HTTP_IF_NONE_MATCH", "")
            if asked.method in _SAFE and (tag in seen or seen.strip() == "*"):
                unchanged = HttpResponseNotModified()
                unchanged["ETag"] = tag
                return unchanged
        return response


def etag(body: bytes) -> str:
    """A strong one (RFC 9110, 8.8.3): equal bytes, equal tag."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def no_query(request: Request) -> None:
    """Raises BadParameter for any: what a caller says is never dropped."""
    if not request._request.META.get("QUERY_STRING"):
        return
    for name in request.query_params:
        raise BadParameter(name, "unknown", _("There is no such parameter."))


def _slice(request: Request) -> Slice:
    query = request.query_params
    body = dict(of_query_string(PageQuery, _without_sort(query)))
    return Slice(body["page"], body["size"], tuple(query.getlist("sort")))


def _without_sort(query: Any) -> Any:
    """Its commas belong to `field,desc`."""
    rest = query.copy()
    rest.pop("sort", None)
    return rest


_KEYSET: dict[type[Body], type[Body]] = {}


def _with_keyset(filters: type[Body]) -> type[Body]:
    if filters is Body:
        return KeysetQuery
    if filters not in _KEYSET:
        name = filters.__name__.removesuffix("Request")
        _KEYSET[filters] = type(f"{name}Keyset", (filters, KeysetQuery), {})
    return _KEYSET[filters]
