"""The id that ties a request, its log lines, its events and its tasks together."""

import logging
import re
from contextvars import ContextVar

from .ids import uuid7

_current: ContextVar[str] = ContextVar("correlation_id", default="")
_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{8,64}")


def get() -> str:
    return _current.get()


def set(value: str) -> None:
    _current.set(value)


def begin(sent: str) -> str:
    """Of a request: the id that it brought, or one of ours."""
    current = sent if accepted(sent) else str(uuid7())
    set(current)
    return current


def accepted(value: str) -> bool:
    """Whether an id that came from outside may be taken over."""
    return bool(_ACCEPTED.fullmatch(value))


class CorrelationFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.correlation_id = get()
        return True
