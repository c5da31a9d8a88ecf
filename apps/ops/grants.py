"""What the application's role may do: everything but altering history."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)
GROUP = "tequipy_app"
_STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {group}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {group}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {group}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON events_event FROM {group}",
    "GRANT UPDATE (position, prev_hash, hash) ON events_event TO {group}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {group}",
)


def grant_to_application(using: str = "default", **_kwargs: Any) -> None:
    """Runs after every migrate. Without the group role (one role does everything)
    the trigger alone guards the events."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [GROUP])
        if cursor.fetchone() is None:
            logger.warning(
                "there is no role %s: history is guarded by its trigger only", GROUP
            )
            return
        for statement in _STATEMENTS:
            cursor.execute(statement.format(group=GROUP))
