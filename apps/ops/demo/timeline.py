"""Plays steps in order of time, with what beat and worker would have done between."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from apps.core.actor import SYSTEM, Actor
from apps.events import services as events
from apps.events.subscribers import subscribers
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.returns import services as returns
from apps.returns.models import Return

Step = Callable[[datetime], object]
# Younger events would send real mails.
NEWEST = timedelta(hours=24, minutes=1)
BATCH = 60


class Timeline:
    """Steps are added in any order, also by steps. Assets and moves are collected
    between steps and written together by the set-based verbs."""

    def __init__(self, now: datetime, *, actor: Actor) -> None:
        self.now = now
        self.today = now.astimezone(UTC).date()
        self._actor = actor
        self._queue: list[tuple[datetime, int, Asset | inventory.Move | Step]] = []
        self._number = itertools.count()
        self._day: date | None = None
        self._assets: list[Asset] = []
        self._moves: dict[object, inventory.Move] = {}

    def on(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """A time of the day so many days ago."""
        return self.at(self.today - timedelta(days=days_ago), hour, minute)

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), UTC)

    def add(self, when: datetime, what: Asset | inventory.Move | Step) -> None:
        if when > self.now - NEWEST:
            raise ValueError(f"{when} is too young for the demo")
        heapq.heappush(self._queue, (when, next(self._number), what))

    def play(self) -> None:
        while self._queue:
            when, _number, what = heapq.heappop(self._queue)
            if isinstance(what, Asset):
                self._assets.append(what)
            elif isinstance(what, inventory.Move):
                if what.asset_id in self._moves or len(self._moves) == BATCH:
                    self._write_collected()
                self._moves[what.asset_id] = what
            else:
                self._write_collected()
                self._advance(when)
                self._pass_time(when)
                what(when)
        self._write_collected()
        self._advance(self.now - NEWEST)

    def _write_collected(self) -> None:
        if self._assets:
            company = self._assets[0].company
            inventory.create_many(self._assets, actor=self._actor, company=company)
        if self._moves:
            inventory.move_many(list(self._moves.values()), actor=self._actor)
        self._assets, self._moves = [], {}

    def _advance(self, until: datetime) -> None:
        """What `advance_due` would have done until then, each step when it was due."""
        while True:
            asking = Return.objects.contact_due(until).order_by("next_contact_at")
            closing = Return.objects.closing_due(until).order_by("closes_at")
            ask, close = asking.first(), closing.first()
            if ask and not (close and close.closes_at < ask.next_contact_at):
                self._pass_time(ask.next_contact_at)
                returns.contact_due(ask.id, actor=SYSTEM, at=ask.next_contact_at)
            elif close:
                self._pass_time(close.closes_at)
                returns.close_due(close.id, actor=SYSTEM, at=close.closes_at)
            else:
                return

    def _pass_time(self, when: datetime) -> None:
        """A mail lists what was open on its day: the events of a day are read before
        the next one begins."""
        if when.date() != self._day:
            publish()
        self._day = when.date()


def publish() -> None:
    while events.seal() == events.SEAL_BATCH:
        pass
    for name in subscribers:
        while events.deliver(name) == events.DELIVER_BATCH:
            pass
