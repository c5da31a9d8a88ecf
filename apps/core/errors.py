"""What a verb raises when it refuses. Adapters do not catch these: one page
middleware, one admin helper, one command wrapper and one API handler do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg.errors import ForeignKeyViolation

from .told import Told, as_written

logger = logging.getLogger(__name__)


class DomainError(Exception):
    """A refusal with a stable `code` and a sentence for a person.

    What may be kept and read by others is told by a declared sentence (`texts`), whose
    words come when they are shown; else it is a code and a sentence in words.
    `field` names the input that is wrong, where there is one.
    """

    status = 400

    def __init__(
        self, code: str | Told, message: str = "", *, field: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code.reason if isinstance(code, Told) else code
        self.told = code if isinstance(code, Told) else as_written(str(message))
        self.field = field

    @property
    def message(self) -> str:
        return str(self.told)

    def __str__(self) -> str:
        return self.message


class NotAllowed(DomainError):
    """The actor's role does not allow it (HTTP 403)."""

    status = 403


class Conflict(DomainError):
    """The present state, or another workflow's claim, forbids it (HTTP 409)."""

    status = 409


class Invalid(DomainError):
    """The input breaks a rule (HTTP 422)."""

    status = 422


def gone_meanwhile(error: Exception) -> Exception | None:
    """What somebody is told whose request lost against another's that deleted what it
    found, or refers to; None for any other error."""
    is_bug = isinstance(error, AttributeError)  # of ours: what is not there was read
    if isinstance(error, ObjectDoesNotExist) and not is_bug:
        # A verb found it, and when its turn came to lock it somebody had deleted it.
        found: Exception = Http404()
    elif isinstance(error, IntegrityError) and isinstance(
        error.__cause__, ForeignKeyViolation
    ):
        # References are compared when all is written, which may be too late for both.
        told = _(
            "What this refers to was deleted, or came into use, meanwhile: read it "
            "again."
        )
        found = Conflict("gone_meanwhile", told)
    else:
        return None
    logger.info("gone meanwhile", exc_info=error)
    return found


@contextmanager
def renamed(
    names: Mapping[str, str] | None = None, *, under: str = ""
) -> Iterator[None]:
    """What is refused inside names its field as the caller knows it: by `names`, and
    `under` what holds it."""
    try:
        yield
    except DomainError as error:
        if error.field is not None:
            name = (names or {}).get(error.field, error.field)
            error.field = f"{under}/{name}" if under else name
        raise
