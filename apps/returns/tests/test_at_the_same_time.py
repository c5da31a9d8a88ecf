"""Verbs of one return, called by two people (or two workers) at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from apps.companies import services as companies
from apps.companies.models import Address
from apps.conftest import make_asset, make_company, make_user, together
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.returns import services
from apps.returns.models import Return

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leaver(reference_data):
    acme = make_company("Acme")
    companies.create_address(actor=SYSTEM, company=acme, name="Office", is_default=True)
    user = make_user(acme, "Emil")
    make_asset(user, "SN1")
    make_asset(user, "SN2")
    return user


@pytest.fixture
def acme_devices(leaver):
    for number in range(3, 9):
        make_asset(leaver, f"SN{number}")


def start(user) -> Return:
    return services.start_offboarding(
        user,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=3),
        decisions={asset.id: "RETURN" for asset in user.assets.all()},
    )


def count(event_type: str) -> int:
    return Event.objects.filter(type=event_type).count()


def test_started_twice_one_wins(leaver):
    refused = together(lambda: start(leaver), lambda: start(leaver))
    assert len(refused) == 1
    assert refused[0] in {"offboarding_exists", "claimed"}
    assert Return.objects.count() == 1
    assert count("return.started") == 1


def test_contacted_by_two_workers_once(leaver):
    ret = start(leaver)
    assert together(*[lambda: services.contact_due(ret.id, actor=SYSTEM)] * 4) == []
    assert count("return.first_email_sent") == 1


def test_received_by_two_workers_once(leaver):
    ret = start(leaver)
    items = dict.fromkeys(leaver.assets.all())

    def receive() -> None:
        services.receive(ret, items, ret.address, actor=SYSTEM)

    assert together(*[receive] * 3) == []
    assert count("return.completed") == 1
    assert count("asset.stored") == 2
    assert list(integrity.problems()) == []


def test_cancelled_while_the_answer_arrives_ends_in_order(leaver):
    ret = start(leaver)
    together(
        lambda: services.cancel(ret, reason="STAYS", actor=SYSTEM),
        lambda: services.answer(ret, actor=SYSTEM, method="PICKUP"),
    )
    ret.refresh_from_db()
    assert ret.state == "CANCELLED"
    assert count("return.cancelled") == 1


def test_handed_over_while_an_offboarding_starts_one_wins(leaver):
    other = make_user(leaver.company, "Otto")
    asset = leaver.assets.order_by("pk").first()
    refused = together(
        lambda: start(leaver),
        lambda: inventory.hand_over(asset, other, actor=SYSTEM),
    )
    asset.refresh_from_db()
    claimed = inventory.claim_of(asset) is not None
    assert claimed == (asset.user_id == leaver.id)
    assert len(refused) <= 1
    assert list(integrity.problems()) == []


def test_overlapping_sets_are_received_once_each(leaver, acme_devices):
    ret = start(leaver)
    items = sorted(leaver.assets.all(), key=lambda asset: asset.pk)

    def receive(some: list) -> None:
        grades = dict.fromkeys(some, "B")
        services.receive(ret, grades, ret.address, actor=SYSTEM)

    front, back = items[:-2], items[2:][::-1]
    assert together(*[lambda: receive(front), lambda: receive(back)] * 2) == []
    assert count("asset.stored") == len(items)
    assert count("return.line_closed") == len(items)
    assert count("return.completed") == count("user.offboarded") == 1
    assert list(integrity.problems()) == []


def test_overlapping_sets_of_no_return_are_received_once_each(leaver, acme_devices):
    place = Address.objects.get(company=leaver.company)
    ids = sorted(asset.pk for asset in leaver.assets.all())

    def receive(some: list) -> None:
        inventory.receive_many(dict.fromkeys(some, "C"), place, actor=SYSTEM)

    front, back = ids[:-2], ids[2:][::-1]
    assert together(*[lambda: receive(front), lambda: receive(back)] * 3) == []
    assert count("asset.stored") == len(ids)
    assert list(integrity.problems()) == []


def test_killed_in_the_middle_nothing_is_received(leaver, monkeypatch):
    ret = start(leaver)
    items = dict.fromkeys(leaver.assets.all(), "B")
    before = Event.objects.count()

    def is_killed(*_args: object, **_kwargs: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def receive() -> None:
        with pytest.raises(OperationalError):
            services.receive(ret, items, ret.address, actor=SYSTEM)

    with monkeypatch.context() as patch:
        patch.setattr("apps.returns.services.steps.settle", is_killed)
        assert together(receive) == []
    assert set(leaver.assets.values_list("state", flat=True)) == {"ACTIVE"}
    assert ret.lines.filter(outcome="").count() == len(items)
    assert Event.objects.count() == before
    services.receive(ret, items, ret.address, actor=SYSTEM)
    assert count("asset.stored") == len(items)
    assert list(integrity.problems()) == []
