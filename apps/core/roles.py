"""Who there is: the rows of the table in `permissions.py`."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    EMPLOYEE = "EMPLOYEE"
    COMPANY_ADMIN = "COMPANY_ADMIN"
    STORAGE = "STORAGE"
    TEQUIPY_ADMIN = "TEQUIPY_ADMIN"
    INTERNAL_ADMIN = "INTERNAL_ADMIN"
    API_CLIENT = "API_CLIENT"
    API_CLIENT_READONLY = "API_CLIENT_READONLY"
    AI_AGENT = "AI_AGENT"


COMPANY_ROLES = frozenset({Role.EMPLOYEE, Role.COMPANY_ADMIN, Role.STORAGE})
# Of the API: they have no login, and so no page.
CLIENT_ROLES = frozenset({Role.API_CLIENT, Role.API_CLIENT_READONLY, Role.AI_AGENT})
PLATFORM_ROLES = frozenset({Role.TEQUIPY_ADMIN, Role.INTERNAL_ADMIN})


class ActorKind(enum.StrEnum):
    USER = "USER"
    LEAVER = "LEAVER"
    SYSTEM = "SYSTEM"
