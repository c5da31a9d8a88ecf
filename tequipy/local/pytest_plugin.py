"""Gives the test run its servers, before Django's settings are read, and the database
of which each worker's is a copy."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .embedded import DATABASE
from .processes import spawn, stop
from .throwaway import ThrowawayServers

_CLONE = Path(__file__).resolve().parents[2]
# Held while the database is migrated; its path is in the environment.
_MIGRATING = "TEQUIPY_TESTS_MIGRATING"

_servers: list[ThrowawayServers] = []
_migrations: list[subprocess.Popen[bytes]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """xdist's workers are children of this process and inherit its environment."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    servers = ThrowawayServers()
    os.environ.update(servers.start())
    _servers.append(servers)
    _migrate(servers.folder)


def _migrate(folder: Path) -> None:
    """Beside the collection of the tests, and once for all workers."""
    os.environ[_MIGRATING] = str(folder / "migrating")
    with (folder / "migrating").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        _migrations.append(
            spawn(command, log=folder / "log", cwd=_CLONE, kept=[held.fileno()])
        )


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """Whoever needs a database copies the one that is migrated. Django migrates the
    copy, too, and so tells what failed."""
    path = os.environ.get(_MIGRATING)
    if path and fixturedef.argname == "django_db_modify_db_settings":
        from django.db import connection

        with open(path) as held:
            fcntl.flock(held, fcntl.LOCK_SH)
        connection.settings_dict["TEST"]["TEMPLATE"] = DATABASE


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage, again and again,
    took a fifth of the run."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    stop(_migrations)
    while _servers:
        _servers.pop().stop()
