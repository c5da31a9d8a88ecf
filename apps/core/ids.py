"""Identifiers: time-ordered keys, and references that people read out."""

import secrets
from uuid import UUID

import uuid_utils.compat

# Without 0 O 1 I L: read on the phone without asking back.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562): new rows land at the end of every index."""
    return uuid_utils.compat.uuid7()


def reference(prefix: str) -> str:
    """A short random reference such as `RET-7K3M9Q2`."""
    return prefix + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(7))
