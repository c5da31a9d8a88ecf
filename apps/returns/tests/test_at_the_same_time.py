"""Verbs of one return, called by two people (or two workers) at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.companies import services as companies
from apps.conftest import make_asset, make_company, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
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


def start(user) -> Return:
    return services.start_offboarding(
        user,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=3),
        decisions={asset.id: "RETURN" for asset in user.assets.all()},
    )


def together(*calls: Callable[[], object]) -> list[str]:
    """Runs the calls at once; returns the codes of those that were refused."""
    barrier = threading.Barrier(len(calls), timeout=30)
    refused: list[str] = []
    failures: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            call()
        except DomainError as error:
            refused.append(error.code)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    return refused


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
    lines = list(ret.lines.all())
    assert together(*[lambda: services.receive(ret, lines, actor=SYSTEM)] * 3) == []
    assert count("return.completed") == 1
    assert count("asset.stored") == 2
    assert list(integrity.problems()) == []


def test_cancelled_while_the_answer_arrives_ends_in_order(leaver):
    ret = start(leaver)
    together(
        lambda: services.cancel(ret, actor=SYSTEM),
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
