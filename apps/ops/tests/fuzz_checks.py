"""Read by Schemathesis: what every answer of ours holds, beside its own checks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

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
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """No schema says which pages a list has, so none of them is made up; the tests of
    the lists do so."""
    if query and isinstance(query.get("after"), str):
        return {name: value for name, value in query.items() if name != "after"}
    return query


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: Any) -> None:
    """No schema says which codes of its form are somewhere a country or money, or that
    no text has NUL: that is asked for only where the request is wrong on purpose.
    And the server of tests reads no address beyond 64 KB."""
    is_good = case.meta is not None and case.meta.generation.mode.is_positive
    for values in (case.query, case.path_parameters):
        for name, value in (values or {}).items():
            if isinstance(value, list):
                value = [_without_nul(x) if is_good else x for x in value[:_MOST]]
            values[name] = _without_nul(value) if is_good else value
    if is_good and case.query:
        case.query |= {name: _KNOWN[name] for name in _KNOWN if name in case.query}


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "0") if isinstance(value, str) else value
