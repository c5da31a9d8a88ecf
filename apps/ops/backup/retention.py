"""Which backups stay: of dailies one for each of the last 7 days, 4 weeks and 12
months that have any; of hourlies the last 48. The newest always stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

HOURLY, DAILY = "hourly", "daily"
KINDS = (HOURLY, DAILY)
_STAMP = "%Y%m%dT%H%M%SZ"
_HOURLIES = 48
_PERIODS = ((7, "%Y%m%d"), (4, "%G-%V"), (12, "%Y%m"))


def key_of(kind: str, moment: datetime) -> str:
    return f"{kind}/{moment.astimezone(UTC):{_STAMP}}"


def parse(key: str) -> tuple[str, datetime] | None:
    """Kind and moment of a key; None for what is no backup of ours."""
    kind, _slash, stamp = key.partition("/")
    if kind not in KINDS:
        return None
    try:
        return kind, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest_first(keys: Iterable[str], kind: str | None = None) -> list[str]:
    known = [(parsed[1], key) for key in keys if (parsed := parse(key))]
    ordered = [key for _moment, key in sorted(known, reverse=True)]
    return [key for key in ordered if kind is None or key.startswith(f"{kind}/")]


def superfluous(keys: Iterable[str]) -> list[str]:
    """What may be deleted, oldest first."""
    ordered = newest_first(keys)
    hourlies, dailies = newest_first(ordered, HOURLY), newest_first(ordered, DAILY)
    kept = {*ordered[:1], *hourlies[:_HOURLIES]}
    for count, period in _PERIODS:
        newest_of: dict[str, str] = {}
        for key in dailies:
            parsed = parse(key)
            if parsed:
                newest_of.setdefault(f"{parsed[1]:{period}}", key)
        kept |= set(list(newest_of.values())[:count])
    return [key for key in reversed(ordered) if key not in kept]
