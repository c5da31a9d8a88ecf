"""How many rows there are beyond what is counted with each page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection

KEPT_SECONDS = 30


def counted(sql: str, params: Sequence[Any]) -> int:
    """What the statement counts, or counted at most 30 s ago."""
    said = repr((sql, [str(param) for param in params])).encode()
    key = f"api-total-{hashlib.sha256(said).hexdigest()}"
    found = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchone()[0]
        cache.set(key, found, KEPT_SECONDS)
    return found
