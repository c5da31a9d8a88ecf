from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from apps.accounts import limits
from tequipy.cache import ResilientCache


@pytest.fixture
def own_counts(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Of tries to sign in: tests that run at the same time share one Redis."""
    own = ResilientCache(settings.REDIS_URL, {"KEY_PREFIX": f"test-{uuid4()}"})
    monkeypatch.setattr(limits, "cache", own)
