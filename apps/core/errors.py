"""What a verb raises when it refuses. Adapters do not catch these: one page
middleware, one admin helper, one command wrapper and one API handler do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .told import Told, as_written


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
