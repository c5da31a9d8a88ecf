"""JSON in and out, by orjson: native ids and times, and nothing that PostgreSQL could
not store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

from .problems import Problem, TooLarge, Unprocessable

MOST_BYTES = 5_000_000
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, _plain, _OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class Renderer(JSONRenderer):
    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b"" if data is None else dumps(data)


class Parser(JSONParser):
    """Refuses what is no JSON by the standard (NaN, halves of characters), is too
    long, or holds the character that no text has."""

    def parse(
        self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None
    ) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(MOST_BYTES)
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            told = {"line": error.lineno, "column": error.colno}
            sentence = _("The body is no JSON: line %(line)d, column %(column)d.")
            raise ParseError(sentence % told, "malformed") from None
        if b"\\u0000" in raw:
            require_text(body)
        return body


def require_text(body: Any) -> None:
    sentence = _("It holds a character that no text has (NUL).")
    if bad := [Problem("nul", sentence, pointer=where) for where in _nuls(body, "")]:
        raise Unprocessable(bad)


def _nuls(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield path
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if "\0" in name:
                yield path
            yield from _nuls(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _nuls(inner, f"{path}/{place}")


class OnlyJson(BaseContentNegotiation):
    """There is one form of answers, whatever `Accept` asks for (RFC 9110, 12.5.1)."""

    def select_parser(self, request: Any, parsers: list[Any]) -> BaseParser | None:
        named = (request.content_type or "").partition(";")[0].strip().lower()
        is_json = named == "application/json" or named.endswith("+json")
        return parsers[0] if is_json else None

    def select_renderer(
        self, request: Any, renderers: list[Any], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
