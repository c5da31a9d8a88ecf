"""Where in a file a key stood first."""

from __future__ import annotations

import sqlite3


class FirstLines:
    """On disk, since 200,000 rows of three keys would take 70 MB of a worker; the file
    has no name and is gone with the process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE seen (key INTEGER PRIMARY KEY, line INTEGER)")
        self._db.execute("BEGIN")

    def note(self, key: int, line: int) -> int | None:
        """The line where this key (64 bits) stood before; None if this is the first."""
        added = self._db.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)
        )
        if added.rowcount:
            return None
        found = self._db.execute("SELECT line FROM seen WHERE key = ?", (key,))
        return int(found.fetchone()[0])

    def close(self) -> None:
        self._db.close()
