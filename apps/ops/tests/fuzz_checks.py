"""Read by Schemathesis: what every answer of ours holds, beside its own checks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

_TOLD: set[str] = set()
_KNOWN = {"countryCode": "PL", "currency": "EUR"}
_MOST = 20


@schemathesis.check
def problems_are_told(
    ctx: schemathesis.CheckContext,
    response: schemathesis.Response,
    case: schemathesis.Case,
) -> None:
    """An error is a problem, with the correlationId by which it is found in the log."""
    if response.status_code < 400:
        return
    where = case.operation.label
    [kind] = response.headers.get("content-type", [""])
    if kind != "application/problem+json":
        raise Failure(operation=where, title="No problem", message=kind)
    [sent] = response.headers.get("x-correlation-id", [""])
    if not sent or response.json()["correlationId"] != sent:
        raise Failure(operation=where, title="No correlationId", message=sent)
    if file := os.environ.get("FUZZ_ERRORS"):
        with Path(file).open("a") as ids:
            ids.write(f"{sent}\n")


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: Any) -> None:
    """No schema says which pages a list has, or which codes of its form are somewhere
    a country or money: what nobody told is asked for only where the request is wrong on
    purpose. And the server of tests reads no address beyond 64 KB."""
    if not case.query:
        return
    for name, value in case.query.items():
        if isinstance(value, list):
            case.query[name] = value[:_MOST]
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    after = case.query.get("after")
    if isinstance(after, str) and after not in _TOLD:
        del case.query["after"]
    for name, known in _KNOWN.items():
        if name in case.query:
            case.query[name] = known


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: Any) -> None:
    if b'"next":"' in response.content:
        _TOLD.add(response.json()["next"])
