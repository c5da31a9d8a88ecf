"""This machine: the clone, commands in it, free ports, and waiting."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parents[2]


def run(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """With what it said, whatever it exits with."""
    given = {"capture_output": True, "text": True, "cwd": CLONE, **options}
    return subprocess.run([str(part) for part in command], check=False, **given)


def told(*command: object, **options: Any) -> str:
    """What it said on stdout; it must exit with 0."""
    done = run(*command, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, is_true: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if is_true():
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")
