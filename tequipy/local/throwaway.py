"""Servers for tests and checks: made in a temporary folder, gone afterwards.

`python -m tequipy.local.throwaway COMMAND...` runs a command with its environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .embedded import OWNER, EmbeddedPostgres, EmbeddedRedis

# Nothing here outlives the run: durability would only cost time.
_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=256MB",
)


class ThrowawayServers:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tequipy-test-"))
        self.postgres = EmbeddedPostgres(self.folder, settings=_FAST, for_tests=True)
        self.redis = EmbeddedRedis(self.folder, durable=False)

    def start(self) -> dict[str, str]:
        """Starts both; returns what the settings need. The role is the owner's, which
        makes the test databases."""
        try:
            self.postgres.start()
            self.redis.start()
        except BaseException:
            self.stop()
            raise
        (self.folder / "static").mkdir()
        return {
            "DATABASE_URL": self.postgres.url(OWNER),
            "MIGRATION_DATABASE_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.redis.url,
            # Static files are found where they lie; pytest-django itself runs the
            # tests with DEBUG off.
            "DEBUG": "true",
            "JWT_SECRET_KEY": "only-for-tests-" + "x" * 32,
            "PUBLIC_URL": "http://testserver",
            "FILES_URL": f"file://{self.folder / 'files'}",
            "STATIC_ROOT": str(self.folder / "static"),
        }

    def stop(self) -> None:
        self.redis.stop()
        self.postgres.stop()
        self.postgres.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    servers = ThrowawayServers()
    try:
        environment = {**servers.start(), **os.environ}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
