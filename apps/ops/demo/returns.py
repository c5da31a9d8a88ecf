"""Returns in every state, each at the time at which it would be there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.core.actor import Actor, ActorKind
from apps.inventory.models import Asset
from apps.returns import services
from apps.returns.models import Return, ReturnLine
from apps.returns.states import Decision, Method
from apps.shipping.models import Shipment
from apps.shipping.states import ShipmentState

from .companies import Cast
from .timeline import Timeline

_D = Decision
_CARRIERS = ("DHL", "DPD", "GLS", "UPS")
_REASONS = {
    _D.GIVE_AWAY: "Farewell present after five years",
    _D.WRITE_OFF: "Display broken, a repair costs more than it is worth",
}
PAST_OFFBOARDINGS = 14
PAST_COLLECTIONS = 6
# People who take part in a return: fourteen have left, the others are the stories.
SUBJECTS = PAST_OFFBOARDINGS + PAST_COLLECTIONS + 26


class Story:
    """One return, told step by step; each step is given in days before today."""

    def __init__(self, user: User, timeline: Timeline, rng: Random, cast: Cast) -> None:
        self._user = user
        self._timeline = timeline
        self._rng = rng
        self._admin = actor_of(cast.admin)
        self._worker = actor_of(cast.people[2])
        self._id: UUID | None = None
        self._parcels: list[UUID] = []

    # --- Start ----------------------------------------------------------------

    def leaves(
        self, started: int, last_day: int, *decisions: Decision, **fields: Any
    ) -> Story:
        """An offboarding; `last_day` is a number of days before today, too."""

        def step(at: datetime) -> None:
            held = self._held()
            chosen = [*decisions, *[_D.RETURN] * len(held)][: len(held)]
            decided = {a.id: d for a, d in zip(held, chosen, strict=True) if d}
            ret = services.start_offboarding(
                self._user,
                actor=self._admin,
                last_working_on=self._day(last_day),
                decisions=decided,
                reasons={key: _REASONS.get(d, "") for key, d in decided.items()},
                at=at,
                **fields,
            )
            self._id = ret.id

        return self._on(started, step)

    def _day(self, days_ago: int) -> date:
        """A day ahead is one of the company's, which begins before that of UTC."""
        if days_ago >= 0:
            return self._timeline.today - timedelta(days=days_ago)
        zone = ZoneInfo(self._user.company.time_zone)
        return self._timeline.now.astimezone(zone).date() - timedelta(days=days_ago)

    def gives_back(self, started: int, count: int = 1, **fields: Any) -> Story:
        """A collection of the first `count` things the person holds."""

        def step(at: datetime) -> None:
            asset_ids = [asset.id for asset in self._held()][:count]
            ret = services.start_collection(
                self._user, actor=self._admin, asset_ids=asset_ids, at=at, **fields
            )
            self._id = ret.id

        return self._on(started, step)

    def _held(self) -> list[Asset]:
        return list(Asset.objects.filter(user=self._user).order_by("pk"))

    # --- Steps ----------------------------------------------------------------

    def answers(self, day: int, method: Method, **fields: Any) -> Story:
        person = Actor(
            ActorKind.LEAVER, id=self._user.id, company_id=self._user.company_id
        )

        def step(at: datetime) -> None:
            ready_on = at.date() + timedelta(days=fields.pop("ready_in", 5))
            services.answer(
                self._ret(),
                actor=person,
                method=method,
                ready_on=ready_on,
                at=at,
                **fields,
            )

        return self._on(day, step)

    def packaging_leaves(self, day: int) -> Story:
        return self._on(
            day,
            lambda at: services.send_materials(self._ret(), actor=self._admin, at=at),
        )

    def packaging_arrives(self, day: int) -> Story:
        return self._on(
            day,
            lambda at: services.materials_arrived(
                self._ret(), actor=self._admin, at=at
            ),
        )

    def is_booked(self, day: int, *, items: slice = slice(None)) -> Story:
        def step(at: datetime) -> None:
            parcel = services.book_parcel(
                self._ret(),
                actor=self._admin,
                carrier=self._rng.choice(_CARRIERS),
                tracking_number=str(self._rng.randint(10**11, 10**12 - 1)),
                line_ids=[line.id for line in self._asked_back()[items]],
                expected_on=at.date() + timedelta(days=6),
                at=at,
            )
            self._parcels.append(parcel.id)

        return self._on(day, step)

    def parcel_is(
        self, day: int, state: ShipmentState, *, parcel: int = 0, note: str = ""
    ) -> Story:
        return self._on(
            day,
            lambda at: services.track_parcel(
                self._ret(),
                Shipment.objects.get(pk=self._parcels[parcel]),
                state,
                actor=self._admin,
                note=note,
                at=at,
            ),
        )

    def arrives(self, day: int, *, items: slice = slice(None)) -> Story:
        def step(at: datetime) -> None:
            lines = self._asked_back()[items]
            grades = {line.asset: self._rng.choice("AABBBCD") for line in lines}
            ret = self._ret()
            services.receive(ret, grades, ret.address, actor=self._receiver(), at=at)

        return self._on(day, step)

    def is_paused(self, day: int) -> Story:
        return self._verb(day, services.pause)

    def is_cancelled(self, day: int) -> Story:
        return self._verb(day, services.cancel, reason="STAYS")

    def is_deleted(self, day: int) -> Story:
        return self._verb(day, services.delete)

    def is_archived(self, day: int) -> Story:
        return self._on(
            day,
            lambda at: accounts.archive(
                self._user, actor=self._admin, reason="LEFT", at=at
            ),
        )

    def _verb(self, day: int, verb: Callable[..., Any], **told: Any) -> Story:
        ours = {"actor": self._admin, **told}
        return self._on(day, lambda at: verb(self._ret(), at=at, **ours))

    def _on(self, days_ago: int, step: Callable[[datetime], Any]) -> Story:
        hour, minute = self._rng.randint(9, 16), self._rng.randint(0, 59)
        self._timeline.add(self._timeline.on(days_ago, hour, minute), step)
        return self

    def _ret(self) -> Return:
        return Return.objects.get(pk=self._id)

    def _asked_back(self) -> list[ReturnLine]:
        return list(
            self._ret()
            .lines.filter(decision=_D.RETURN, outcome="")
            .select_related("asset")
        )

    def _receiver(self) -> Actor:
        """The warehouse worker at her shelves, the admin in the offices."""
        is_hers = self._ret().address_id in self._worker.address_ids
        return self._worker if is_hers else self._admin


def tell(
    subjects: Sequence[User], lukasz: User, timeline: Timeline, rng: Random, cast: Cast
) -> None:
    """All of them; `subjects` joined long ago and hold three things each."""
    waiting = iter(subjects)

    def of(user: User | None = None) -> Story:
        return Story(user or next(waiting), timeline, rng, cast)

    _past(of)
    _being_asked(of)
    _answered(of, lukasz)
    _on_the_way(of)
    _ended(of)


Of = Callable[..., Story]
_PICKUP, _DROPOFF = Method.PICKUP, Method.DROPOFF
_S = ShipmentState


def _past(of: Of) -> None:
    for number in range(PAST_OFFBOARDINGS):
        day = 20 + 34 * number
        decision = (_D.RETURN, _D.GIVE_AWAY, _D.RETURN, _D.WRITE_OFF)[number % 4]
        story = of().leaves(day + 28, day + 9, _D.RETURN, decision)
        story.answers(day + 14, _DROPOFF if number % 3 else _PICKUP)
        story.is_booked(day + 12).parcel_is(day + 7, _S.IN_TRANSIT)
        story.parcel_is(day + 5, _S.OUT_FOR_DELIVERY).arrives(day + 4)
        if number > 6:
            story.is_archived(day - 15)
    for number in range(PAST_COLLECTIONS):
        day = 12 + 55 * number
        story = of().gives_back(day + 12).answers(day + 11, _PICKUP)
        story.is_booked(day + 8).parcel_is(day + 6, _S.IN_TRANSIT).arrives(day + 3)


def _being_asked(of: Of) -> None:
    """Nobody has answered yet: from planned to not responding."""
    of().leaves(5, -21, _D.RETURN, _D.UNDECIDED)
    of().leaves(3, -13)
    of().leaves(6, -5, _D.RETURN, _D.RETURN, _D.GIVE_AWAY)
    of().gives_back(2)
    of().leaves(14, -2)
    of().leaves(16, 1)
    of().leaves(25, 5, _D.RETURN, _D.UNDECIDED)
    of().leaves(30, 12)
    of().leaves(15, -1).is_paused(4)


def _answered(of: Of, lukasz: User) -> None:
    """It is known how it comes back, and nothing has left yet."""
    of(lukasz).leaves(14, -1, _D.RETURN, _D.RETURN, _D.GIVE_AWAY).answers(
        4, _PICKUP, message="Please ring at the neighbour's, the bell is broken."
    )
    of().leaves(12, -2).answers(4, _PICKUP).is_booked(2)
    of().gives_back(6).answers(4, _DROPOFF)
    of().leaves(13, -1).answers(5, _DROPOFF).is_booked(3)
    of().leaves(10, -3).answers(3, _PICKUP, wants_packaging=True).packaging_leaves(2)
    of().gives_back(4, 2).answers(2, _PICKUP, wants_packaging=True)
    story = of().leaves(20, 2).answers(8, _DROPOFF, wants_packaging=True)
    story.packaging_leaves(7).packaging_arrives(3)


def _on_the_way(of: Of) -> None:
    of().leaves(22, 4).answers(9, _PICKUP).is_booked(7).parcel_is(3, _S.IN_TRANSIT)
    story = of().gives_back(9, 2).answers(8, _DROPOFF).is_booked(6)
    story.parcel_is(4, _S.IN_TRANSIT).parcel_is(2, _S.OUT_FOR_DELIVERY)
    story = of().leaves(20, 3).answers(9, _PICKUP).is_booked(6)
    story.parcel_is(2, _S.FAILED, note="Nobody at home")
    story = of().gives_back(12).answers(10, _DROPOFF).is_booked(9)
    story.parcel_is(8, _S.IN_TRANSIT)
    story.parcel_is(3, _S.RETURNED, note="Label unreadable")
    # Two parcels: one has arrived, the other one is still on its way.
    story = of().leaves(26, 6).answers(12, _PICKUP)
    story.is_booked(10, items=slice(1)).parcel_is(6, _S.IN_TRANSIT)
    story.is_booked(5, items=slice(1, None))
    story.parcel_is(4, _S.IN_TRANSIT, parcel=1).arrives(3, items=slice(1))


def _ended(of: Of) -> None:
    of().leaves(40, 22, _D.ALREADY_BACK, _D.ALREADY_BACK, _D.ALREADY_BACK)
    of().leaves(24, -10).is_cancelled(17)
    of().gives_back(33).is_cancelled(31).is_deleted(29)
    story = of().gives_back(60).answers(58, _PICKUP).is_booked(56)
    story.parcel_is(53, _S.IN_TRANSIT).parcel_is(
        38, _S.LOST, note="Searched for 15 days"
    )
