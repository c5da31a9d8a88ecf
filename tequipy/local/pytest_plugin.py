"""Gives the test run its servers, before Django's settings are read."""

from __future__ import annotations

import os

import pytest

from .throwaway import ThrowawayServers

_servers: list[ThrowawayServers] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """xdist's workers are children of this process and inherit its environment."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    servers = ThrowawayServers()
    os.environ.update(servers.start())
    _servers.append(servers)


def pytest_unconfigure() -> None:
    while _servers:
        _servers.pop().stop()
