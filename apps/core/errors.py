"""What a verb raises when it refuses. Adapters do not catch these: one page
middleware, one admin helper, one command wrapper and one API handler do."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a stable `code` and a sentence for a person.

    `field` names the input that is wrong, where there is one.
    """

    status = 400

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = str(message)
        self.field = field


class NotAllowed(DomainError):
    """The actor's role does not allow it (HTTP 403)."""

    status = 403


class Conflict(DomainError):
    """The present state, or another workflow's claim, forbids it (HTTP 409)."""

    status = 409


class Invalid(DomainError):
    """The input breaks a rule (HTTP 422)."""

    status = 422
