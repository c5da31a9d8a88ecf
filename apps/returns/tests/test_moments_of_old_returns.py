"""What the history knows of moments that returns didn't remember before."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from apps.companies.models import Address
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.returns import services
from apps.returns.models import MOMENTS, Return, ReturnLine

pytestmark = pytest.mark.django_db
RETURN = [*MOMENTS.values(), "picked_up_at", "in_warehouse_at"]
LINE = ["created_at", "updated_at"]


def moments(model: type[Model], names: list[str]) -> dict[object, dict[str, datetime]]:
    rows = model.objects.values("pk", *names)  # type: ignore[attr-defined]
    return {row.pop("pk"): row for row in rows}


def test_history_gives_back_what_the_verbs_wrote(emil, shelf: Address) -> None:
    begin = timezone.now() - timedelta(days=30)

    def at(day: int) -> datetime:
        return begin + timedelta(days=day)

    kept, given, lost = (make_asset(emil, f"OLD-{n}", at=at(-1)) for n in range(3))
    ret = services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=at(25).date(),
        decisions={kept.pk: "RETURN", lost.pk: "RETURN"},
        first_contact_at=begin,
        at=begin,
    )
    for day in (0, 4, 8, 14):
        assert services.contact_due(ret.pk, actor=SYSTEM, at=at(day))
    line = ret.lines.get(asset=given)
    services.decide(line, "GIVE_AWAY", actor=SYSTEM, reason="Farewell", at=at(15))
    services.answer(ret, actor=SYSTEM, method="DROPOFF", at=at(16))
    parcel = services.book_parcel(ret, actor=SYSTEM, carrier="OTHER", at=at(17))
    ReturnLine.objects.exclude(pk=line.pk).update(updated_at=at(0))
    services.track_parcel(ret, parcel, "FAILED", actor=SYSTEM, at=at(18))
    services.answer(ret, actor=SYSTEM, method="PICKUP", at=at(19))
    services.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM, at=at(20))
    services.receive(ret, {kept: None}, shelf, actor=SYSTEM, at=at(21))
    before = moments(Return, RETURN), moments(ReturnLine, LINE)
    assert all(before[0][ret.pk].values())
    Return.objects.update(**dict.fromkeys(RETURN))
    ReturnLine.objects.update(**dict.fromkeys(LINE, timezone.now()))
    name = "apps.returns.migrations.0004_moments_from_the_history"
    with connection.cursor() as cursor:
        for operation in import_module(name).Migration.operations:
            cursor.execute(operation.sql)
    assert (moments(Return, RETURN), moments(ReturnLine, LINE)) == before
