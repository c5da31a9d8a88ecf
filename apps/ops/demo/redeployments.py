"""Stored equipment that is asked for again: most of it waits, some was called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.inventory.models import Asset
from apps.inventory.states import AssetState
from apps.redeployments import services
from apps.redeployments.models import Redeployment

from .companies import Cast
from .timeline import Timeline

# After the last repair of `equipment.py`: what lies in storage then stays there.
_DAY = 2
_WISHES = (2, 1, 3, 1, 1)  # so many things each
_CALLED_OFF = frozenset({1, 4})


def tell(people: Sequence[User], timeline: Timeline, rng: Random, cast: Cast) -> None:
    """`people` get something each, and an office gets the last of it."""
    admin = actor_of(cast.admin)
    made: dict[int, UUID] = {}

    def ask(number: int) -> None:
        to_office = number == len(_WISHES) - 2
        target = (
            Target(address=cast.offices[0])
            if to_office
            else Target(user=people[number % len(people)])
        )

        def step(at: datetime) -> None:
            redeployment = services.create(
                _stored(cast, _WISHES[number]),
                target,
                actor=admin,
                company=cast.company,
                contact_email=cast.admin.email,
                notes="" if to_office else "Please call before you come.",
                at=at,
            )
            made[number] = redeployment.id

        timeline.add(timeline.on(_DAY, 8, 5 * number + rng.randint(0, 4)), step)

    def call_off(number: int) -> None:
        def step(at: datetime) -> None:
            found = Redeployment.objects.get(pk=made[number])
            services.cancel(found, actor=admin, at=at)

        timeline.add(timeline.on(_DAY, 15, 5 * number), step)

    for number in range(len(_WISHES)):
        ask(number)
        if number in _CALLED_OFF:
            call_off(number)


def _stored(cast: Cast, count: int) -> list[UUID]:
    """What lay there first."""
    stored = Asset.objects.filter(
        company=cast.company, state=AssetState.STORAGE, address__in=cast.shelves
    )
    free = stored.filter(claims__isnull=True).order_by("held_since", "pk")
    return list(free.values_list("pk", flat=True)[:count])
