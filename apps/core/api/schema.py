"""The schema (OpenAPI 3.1), from what operations declare anyway: bodies, answers,
filters, rights. What every operation has alike is said here: errors, headers."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    build_basic_type,
    force_instance,
    is_list_serializer,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from . import CHANGING, examples, links, problems, uploads
from .fields import MOST_IN_QUERY_STRING, Body, Text
from .resources import KeysetQuery, PageQuery, Resource
from .shapes import Shape
from .views import Operation


class ProblemItem(serializers.Serializer):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Stable; docs/problems.md lists all.")
    detail = serializers.CharField(help_text="A sentence for people.")
    pointer = serializers.CharField(
        required=False, help_text="Where in the body: a JSON Pointer (RFC 6901)."
    )
    parameter = serializers.CharField(
        required=False, help_text="The name of a query parameter."
    )


class Problem(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    correlationId = serializers.CharField(
        help_text="Stands in our logs, too, and in X-Correlation-ID."
    )
    errors = ProblemItem(many=True)


ERRORS = {
    400: "No request that can be read, or a bad query parameter.",
    401: "No token, or one that is not good.",
    403: "The role may not do it.",
    404: "Not there, or not yours.",
    405: "The operation has no such method.",
    409: "The present state forbids it.",
    411: "The body has no Content-Length.",
    412: "It is no longer what If-Match says.",
    413: "The body is too long.",
    414: "The address is too long.",
    415: "The body is no JSON.",
    422: "A field is missing, unknown, of another type, or breaks a rule.",
    429: "Too often: wait for Retry-After seconds.",
    431: "The headers are too long.",
    500: "Our fault: tell us the correlationId.",
    503: "Away for a moment: try again after Retry-After seconds.",
}
_OF_READS = (400, 401, 403, 404, 414, 429, 431, 500, 503)
_OF_CHANGES = (
    400,
    401,
    403,
    404,
    409,
    411,
    412,
    413,
    414,
    415,
    422,
    429,
    431,
    500,
    503,
)

_ALIKE = {
    "query": "Query %(things)s (paginated)",
    "paged": "List %(things)s (paginated)",
    "list": "List %(things)s by a cursor",
    "retrieve": "Get one %(thing)s",
}
_HEADERS = {
    "Idempotency-Key": (
        "The same key, the same effect, once: the answer is repeated for 24 hours."
    ),
    "If-Match": "The ETag that was read: 412 if it was changed meanwhile.",
    "If-None-Match": "The ETag that is known: 304 if nothing changed.",
}
# Of Idempotency-Key: printable ASCII, not all of it blank.
_HEADER_LIMITS = {
    "Idempotency-Key": {"maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"}
}


def page_of(shape: Shape) -> type[serializers.Serializer]:
    """A page by its number, as the contract has it."""
    return _wrapped(f"Page{shape.name}", shape, PageMetadata, "content")


def keyset_of(shape: Shape) -> type[serializers.Serializer]:
    return _wrapped(f"List{shape.name}", shape, KeysetMetadata, "items")


class PageMetadata(serializers.Serializer):
    totalElements = serializers.IntegerField(max_value=2**63 - 1)
    totalPages = serializers.IntegerField()
    size = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Zero-based current page index")
    first = serializers.BooleanField()
    last = serializers.BooleanField()
    empty = serializers.BooleanField()


class KeysetMetadata(serializers.Serializer):
    next = serializers.CharField(
        required=False, help_text="For `after` of the next page; absent on the last."
    )


_WRAPPED: dict[str, type[serializers.Serializer]] = {}


def _wrapped(
    name: str, shape: Shape, base: type[serializers.Serializer], where: str
) -> type[serializers.Serializer]:
    if name not in _WRAPPED:
        content = shape.serializer_class(many=True)
        _WRAPPED[name] = type(name, (base,), {where: content})
    return _WRAPPED[name]


class Schema(AutoSchema):
    """Reads the declarations of Operation and Resource."""

    view: Operation

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    @property
    def is_query(self) -> bool:
        return self.action == "query"

    def get_operation_id(self) -> str:
        named = self.view.names.get(self.action)
        return named or f"{problems.camel(self.action)}{self.view.noun}"

    def get_serializer_identity(self, serializer: Any, direction: Any) -> Any:
        """A shape is what it is called, of whichever table it is read."""
        shape = getattr(serializer, "shape", None)
        return (
            shape.name
            if shape
            else super().get_serializer_identity(serializer, direction)
        )

    def _is_list_view(self, serializer: Any = None) -> bool:
        """An answer is a bare list if it is declared as one."""
        return is_list_serializer(serializer)

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and isinstance(force_instance(serializer), Body):
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.FileField):
            schema = {**uploads.BYTES}  # no address of one
        if direction == "request" and isinstance(field, Text):
            schema |= field.limits()
        if direction == "request" and isinstance(field, serializers.ListSerializer):
            lengths = {"minItems": field.min_length, "maxItems": field.max_length}
            schema |= {name: n for name, n in lengths.items() if n is not None}
        return schema

    def is_deprecated(self) -> bool:
        return self.action in self.view.deprecated

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str | None:
        return self._said()[0]

    def get_description(self) -> str:
        return self._said()[1]

    def _said(self) -> tuple[str, str]:
        """Of the method; of what all resources have, by what the thing is called."""
        method = getattr(self.view, self.action, None)
        text = (getattr(method, "__doc__", "") or "").strip()
        if isinstance(self.view, Resource) and self.action in _ALIKE:
            words = {"thing": self.view.singular, "things": self.view.plural}
            return _ALIKE[self.action] % words, text
        text = text or (type(self.view).__doc__ or "").strip()
        first, _blank, rest = re.sub(r"[ \t]+", " ", text).partition("\n\n")
        return " ".join(first.split()).rstrip("."), rest.strip()

    def get_request_serializer(self) -> Any:
        if self.is_query and isinstance(self.view, Resource):
            return self.view.filters
        return self.view.bodies.get(self.action)

    def _get_request_body(self, direction: Any = "request") -> Any:
        body = super()._get_request_body(direction)
        whole = body and body["content"].get(uploads.WholeBody.media_type)
        if whole:
            whole["schema"] = {**uploads.BYTES}
        if body and self.action in self.view.optional:
            body["required"] = False
        return body

    def get_response_serializers(self) -> Any:
        answer = self._answer()
        good: dict[Any, Any] = {}
        if answer is None:
            good[204] = OpenApiResponse(description="Done; there is nothing to say.")
        else:
            media = self.view.media.get(self.action, "application/json")
            good[(200, media)] = answer
        if self.action == "retrieve":
            good[304] = OpenApiResponse(description="Nothing changed.")
        codes = _OF_CHANGES if self.method in CHANGING else _OF_READS
        for code in codes:
            if code == 412 and not self.changes_one:
                continue
            good[(code, problems.CONTENT_TYPE)] = OpenApiResponse(
                Problem, description=ERRORS[code]
            )
        return good

    def _answer(self) -> Any:
        declared = self.view.answers.get(self.action, ...)
        if declared is not ...:
            return _as_serializer(declared)
        if not isinstance(self.view, Resource):
            raise TypeError(f"{self.view} does not say what {self.action} answers")
        shape = self.view.reading.shape
        if self.action in {"query", "paged"}:
            return page_of(shape)
        if self.action == "list":
            return keyset_of(shape)
        return shape.serializer_class

    def get_override_parameters(self) -> list[Any]:
        return []

    def _get_parameters(self) -> list[dict[str, Any]]:
        found = [
            self._path_parameter(name) for name in re.findall(r"{(\w+)}", self.path)
        ]
        if isinstance(self.view, Resource):
            if self.action in {"query", "paged"}:
                found += self._of_query(PageQuery)
            elif self.action == "list" and "list" not in self.view.queries:
                kind = self.view.list_filters or self.view.filters
                found += [*self._of_query(kind), *self._of_query(KeysetQuery)]
        for kind in self.view.queries.get(self.action, ()):
            found += self._of_query(kind)
        if self.view.permission_classes:
            found += [self._header(name) for name in self._headers()]
        return found

    def _headers(self) -> list[str]:
        if self.method not in CHANGING or self.is_query:
            return ["If-None-Match"] if self.action == "retrieve" else []
        return ["Idempotency-Key", *(["If-Match"] if self.changes_one else [])]

    @property
    def changes_one(self) -> bool:
        """A thing that is there already, and has an ETag."""
        return (
            self.method in CHANGING
            and isinstance(self.view, Resource)
            and "{" in self.path
            and self.action != "create"
        )

    @staticmethod
    def _header(name: str) -> dict[str, Any]:
        return {
            "in": "header",
            "name": name,
            "schema": {"type": "string", **_HEADER_LIMITS.get(name, {})},
            "description": _HEADERS[name],
        }

    def _path_parameter(self, name: str) -> dict[str, Any]:
        is_named = isinstance(self.view, Resource) and self.view.reading.named_by
        schema = build_basic_type(OpenApiTypes.STR if is_named else OpenApiTypes.UUID)
        return {"in": "path", "name": name, "required": True, "schema": schema}

    def _of_query(self, kind: type[Body]) -> list[dict[str, Any]]:
        found = []
        for name, field in kind().fields.items():
            schema = self._map_serializer_field(field, "request")
            schema = {k: v for k, v in schema.items() if k != "description"}
            self._insert_field_validators(field, schema)
            if isinstance(field, serializers.ListField):
                most = schema.get("maxItems", MOST_IN_QUERY_STRING)
                schema["maxItems"] = min(most, MOST_IN_QUERY_STRING)
            if name == "sort":
                schema = {"type": "string", "pattern": _sort_pattern(self.view)}
            said = str(field.help_text or _SAID.get(name, ""))
            parameter = {"in": "query", "name": name, "schema": schema}
            if said:
                parameter["description"] = said
            if field.required:
                parameter["required"] = True
            found.append(parameter)
        return found


def _sort_pattern(view: Any) -> str:
    names = "|".join(map(re.escape, view.reading.sorts))
    return f"^({names})(,(asc|desc))?$"


_SAID = {
    "page": "Zero-based page index",
    "size": "Number of items per page",
    "sort": "Sort criteria in format: field,asc|desc. Multiple values supported.",
    "after": "`next` of the page before.",
    "limit": "Number of items.",
    "updatedSince": "What changed at or after that instant, oldest change first.",
}


def _as_serializer(declared: Any) -> Any:
    if isinstance(declared, Shape):
        return declared.serializer_class
    if isinstance(declared, list):
        return _as_serializer(declared[0])(many=True)
    return declared


def finish(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Examples for every operation, and links to those on what it answers."""
    examples.add(result)
    links.add(result)
    return result


def only_ours(endpoints: list[tuple], **_kwargs: Any) -> list[tuple]:
    return [one for one in endpoints if issubclass(one[3].cls, Operation)]
