"""What fields of bodies and query strings refuse by themselves."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.urls import URLResolver, get_resolver
from django.utils.module_loading import import_string
from rest_framework import serializers

from apps.core.api.resources import KeysetQuery, PageQuery
from apps.core.api.views import Operation

from .found import Found
from .values import GETTEXT

AREA = "core"
# In the query string the same values are a bad parameter.
STATUSES = (400, 422)


def refused() -> Iterator[Found]:
    seen = set()
    for field in _fields():
        for code in _codes(type(field)):
            text = str(field.error_messages.get(code, ""))
            for status in STATUSES:
                seen.add(Found(AREA, code, status, text))
        for validator in field.validators:
            if code := getattr(validator, "code", None):
                said = re.sub(r"\d+", "‹count›", str(getattr(validator, "message", "")))
                for status in STATUSES:
                    seen.add(Found(AREA, code, status, said))
    yield from seen
    yield from _passwords()


def _fields() -> Iterator[serializers.Field]:
    """Of whatever an operation takes, however deep."""
    seen: set[type] = set()
    todo: list[serializers.Field] = [PageQuery(), KeysetQuery()]
    for view in _views(get_resolver().url_patterns):
        kinds = {*view.bodies.values(), *chain(*view.queries.values())}
        kinds |= {getattr(view, name, None) for name in ("filters", "list_filters")}
        todo.extend(kind() for kind in kinds - {None})
    while todo:
        field = todo.pop()
        if isinstance(field, serializers.Serializer):
            if type(field) in seen:
                continue
            seen.add(type(field))
            todo.extend(field.fields.values())
        if (child := getattr(field, "child", None)) is not None:
            todo.append(child)
        yield field


def _views(patterns: Iterable[Any]) -> Iterator[type[Operation]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, Operation):
            yield view


_CODES: dict[type, set[str]] = {}


def _codes(kind: type[serializers.Field]) -> set[str]:
    """Those its parsing can fail with, as its methods and the ones they call say."""
    if kind not in _CODES:
        _CODES[kind] = set(_failures(kind, "run_validation", set()))
    return _CODES[kind]


def _failures(
    kind: type, name: str, seen: set[Any], above: type | None = None
) -> Iterator[str]:
    """`above`: the class whose `super()` is meant."""
    order = kind.__mro__
    for owner in order[order.index(above) + 1 :] if above else order:
        if name in vars(owner):
            break
    else:
        return
    method = vars(owner)[name]
    if (owner, name) in seen or not inspect.isfunction(method):
        return
    seen.add((owner, name))
    for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method)))):
        if not isinstance(call, ast.Call):
            continue
        if "ValidationError" in (getattr(call.func, one, "") for one in ("id", "attr")):
            yield from _texts(one.value for one in call.keywords if one.arg == "code")
        if not isinstance(call.func, ast.Attribute):
            continue
        target = call.func.value
        if isinstance(target, ast.Name) and target.id == "self":
            if call.func.attr == "fail":
                yield from _texts(call.args[:1])
            else:
                yield from _failures(kind, call.func.attr, seen)
        elif isinstance(target, ast.Call) and getattr(target.func, "id", "") == "super":
            yield from _failures(kind, call.func.attr, seen, owner)


def _texts(expressions: Any) -> Iterator[str]:
    for one in expressions:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _passwords() -> Iterator[Found]:
    for one in settings.AUTH_PASSWORD_VALIDATORS:
        tree = ast.parse(inspect.getsource(import_string(one["NAME"])))
        texts = [
            text
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in GETTEXT
            for text in _texts(call.args[:1])
        ]
        for call in ast.walk(tree):
            if getattr(getattr(call, "func", None), "id", "") == "ValidationError":
                said = texts[:1] or [""]
                for keyword in call.keywords:
                    for code in _texts([keyword.value]):
                        if keyword.arg == "code":
                            yield Found("accounts", code, 422, said[0])
