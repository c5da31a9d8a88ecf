"""Read by Schemathesis: what every answer of ours holds, beside its own checks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

_KNOWN = {"countryCode": "PL", "currency": "EUR"}


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
def map_case(context: Any, case: schemathesis.Case) -> schemathesis.Case:
    """What no schema says, a good request keeps to: which pages a list has, which codes
    of its form are somewhere a country or money, that no text has NUL, that a list may
    have commas as well. It is asked for where the request is wrong on purpose."""
    is_good = case.meta is not None and case.meta.generation.mode.is_positive
    if not is_good:
        return case
    if case.query:
        case.query = {
            name: _KNOWN.get(name, _plain(value))
            for name, value in case.query.items()
            if name != "after"
        }
    if case.path_parameters:
        case.path_parameters = {
            name: _plain(value) for name, value in case.path_parameters.items()
        }
    return case


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [
            x.replace(",", "0") if isinstance(x, str) else x for x in map(_plain, value)
        ]
    return value.replace("\0", "0") if isinstance(value, str) else value


@schemathesis.hook
def after_call(
    context: Any, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Each request is a line of FUZZ_REQUESTS: the phase that it belongs to."""
    if file := os.environ.get("FUZZ_REQUESTS"):
        with Path(file).open("a") as requests:
            requests.write(f"{case.meta.phase.name.value if case.meta else 'other'}\n")
