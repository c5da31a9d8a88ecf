"""How often a password may be tried. Counted before it is looked at, so that many at
once gain nothing; a right one is not counted.

Whoever signs in where they signed in before has tries of their own, which nobody else
can use up (`known_browsers`). All others share those of the account, and the same
network those of account and network. The counts are in the cache: with Redis away each
process keeps its own.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Budget:
    """So many wrong passwords in so many seconds."""

    tries: int
    seconds: int


_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# Each wait is longer than the one before: a minute, an hour, a day.
OF_KNOWN_BROWSER = (Budget(5, _MINUTE), Budget(20, _HOUR), Budget(50, _DAY))
OF_NETWORK = (Budget(5, _MINUTE), Budget(10, _HOUR), Budget(20, _DAY))
OF_ACCOUNT = (Budget(30, _HOUR), Budget(100, _DAY))
# Whoever tries one password on many accounts; an office of 500 mistypes less.
OF_ADDRESS = (Budget(300, 10 * _MINUTE),)


class TooMany(Exception):
    """The next try is possible in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def account_key(email: str) -> str:
    """The same for all spellings that PostgreSQL takes for one address."""
    return email.strip().upper().lower()


def network_of(address: str) -> str:
    """One customer's: an IPv4 address, or what a provider gives of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((found, 56), strict=False))
    return address


def take(email: str, *, address: str, browser: str | None) -> list[str]:
    """Counts a try; `browser` is its id where it is known for this account. Returns
    what `give_back` takes. Raises TooMany, and then nothing is counted: who waits as
    long as they were told gets in."""
    account, network = account_key(email), network_of(address)
    budgets = (
        _named(OF_KNOWN_BROWSER, "browser", browser, account)
        if browser
        else [
            *_named(OF_ADDRESS, "address", network),
            *_named(OF_NETWORK, "network", network, account),
            *_named(OF_ACCOUNT, "account", account),
        ]
    )
    taken: list[str] = []
    for key, budget, left in budgets:
        taken.append(key)
        if _count(key, left) > budget.tries:
            give_back(taken)
            raise TooMany(left)
    return taken


def give_back(taken: list[str]) -> None:
    for key in taken:
        try:
            cache.decr(key)
        except ValueError:  # it has expired meanwhile
            pass


def _named(
    budgets: tuple[Budget, ...], *parts: str
) -> Iterator[tuple[str, Budget, int]]:
    """Key, budget and seconds left of the present window. No address stands in Redis
    in plain."""
    now = int(time.time())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    for budget in budgets:
        window, passed = divmod(now, budget.seconds)
        key = f"sign-in:{parts[0]}:{digest}:{budget.seconds}:{window}"
        yield key, budget, budget.seconds - passed


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # expired, or Redis went away, between the two
        cache.set(key, 1, seconds)
        return 1
