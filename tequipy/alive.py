"""`python -I tequipy/alive.py worker|beat|backup DIR`: the container's health check of
a process that serves no pages. Exits 0 while it lives. Run as a file, it imports
nothing of ours.

The process touches a file as it works. Without Redis a worker waits for it and touches
nothing: that is no reason to restart it. Nor does `backup --follow DIR` while it packs
a dump; one that lies in DIR for long can't be stored.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

TOUCH_SECONDS = 5.0
_SILENT_SECONDS = 60.0
_UNPACKED_SECONDS = 2 * 3600.0


def file_of(process: str) -> Path:
    """One for each user: nobody may touch another's in a folder that all share."""
    return Path(tempfile.gettempdir()) / f"tequipy-{process}-{os.getuid()}.alive"


def touch(process: str) -> None:
    file_of(process).touch()


def why_not(process: str, folder: str = "") -> str:
    """A sentence; empty while it lives."""
    dumps = sorted(Path(folder).glob("*.dump")) if folder else []
    for dump in dumps:
        if time.time() - dump.stat().st_mtime > _UNPACKED_SECONDS:
            return f"{dump.name} is not stored: the log says why"
    try:
        silent = time.time() - file_of(process).stat().st_mtime
    except FileNotFoundError:
        return f"{process} has not started"
    if silent < _SILENT_SECONDS or dumps:
        return ""
    if process == "worker" and not _redis_answers():
        return ""
    return f"{process} has been silent for {silent:.0f} s"


def main(process: str, folder: str = "") -> int:
    if reason := why_not(process, folder):
        sys.stderr.write(f"{reason}\n")
    return bool(reason)


def _redis_answers() -> bool:
    url = os.environ.get("REDIS_URL", "")
    if path := os.environ.get("REDIS_URL_FILE"):
        url = Path(path).read_text().strip()
    parts = urlsplit(url)
    try:
        with socket.create_connection(
            (parts.hostname or "localhost", parts.port or 6379), timeout=2
        ) as connection:
            if parts.scheme == "rediss":
                return True  # it accepts; a handshake tells no more of the server
            connection.settimeout(2)
            connection.sendall(b"PING\r\n")
            return bool(connection.recv(1))
    except OSError:
        return False


if __name__ == "__main__":
    if sys.argv[1:] not in (["worker"], ["beat"], ["backup", *sys.argv[2:3]]):
        sys.exit("usage: alive.py worker|beat|backup DIR")
    sys.exit(main(*sys.argv[1:]))
