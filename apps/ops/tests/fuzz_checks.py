"""Read by Schemathesis: what every answer of ours holds, beside its own checks."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

_TOLD: set[str] = set()


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


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: Any) -> None:
    """No schema says which pages a list has: `after` that nobody told is asked for only
    where the request is wrong on purpose."""
    is_good = case.meta is not None and case.meta.generation.mode.is_positive
    if is_good and case.query and case.query.get("after", "") not in _TOLD:
        case.query.pop("after", None)


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: Any) -> None:
    if b'"next":"' in response.content:
        _TOLD.add(response.json()["next"])
