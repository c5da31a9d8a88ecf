"""Many assets are asked back at once: each person once, for all that they have."""

from __future__ import annotations

import pytest

from apps.accounts.sessions import actor_of
from apps.bulk.models import BulkRow
from apps.bulk.tests.factories import ask, counts, outcomes, run
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.returns import services as returns
from apps.returns.bulk_verbs import ASK_BACK
from apps.returns.models import Return

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(acme):
    return make_user(acme, "Nadia")


def test_one_collection_a_person(acme, anna, emil, nadia, shelf):
    his = [make_asset(emil, f"LOAN-{n}") for n in range(3)]
    hers = [make_asset(nadia, f"LOAN-{n}") for n in range(3, 5)]
    both = [his[0], hers[0], his[1], hers[1], his[2]]

    job = run(ask(ASK_BACK, both, acme, actor=actor_of(anna)))

    assert counts(job) == ("COMPLETED", 5, 0, 0)
    found = Return.objects.order_by("user__first_name")
    assert [(ret.user, ret.kind) for ret in found] == [
        (emil, "COLLECTION"),
        (nadia, "COLLECTION"),
    ]
    asked = [set(ret.lines.values_list("asset_id", flat=True)) for ret in found]
    assert asked == [{asset.pk for asset in his}, {asset.pk for asset in hers}]
    told = Event.objects.filter(type="return.started")
    assert [event.correlation_id for event in told] == [str(job.pk)] * 2


def test_what_is_asked_for_already_takes_in_more(acme, emil, shelf):
    first, *more = [make_asset(emil, f"LOAN-{n}") for n in range(4)]
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[first.pk])
    returns.contact_due(ret.pk, actor=SYSTEM)

    job = run(ask(ASK_BACK, [first, *more], acme))

    assert counts(job) == ("COMPLETED", 3, 1, 0)
    assert outcomes(job)[first.pk] == ("SKIPPED", "")
    assert Return.objects.count() == 1
    assert ret.lines.filter(decision="RETURN").count() == 4


def test_who_has_answered_is_asked_anew(acme, emil, shelf):
    first, other = make_asset(emil, "LOAN-1"), make_asset(emil, "LOAN-2")
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[first.pk])
    returns.book_parcel(ret, actor=SYSTEM, carrier="DHL", tracking_number="1")
    ret.refresh_from_db()
    assert ret.state == "READY_FOR_PICKUP"
    assert counts(run(ask(ASK_BACK, [other], acme))) == ("COMPLETED", 1, 0, 0)
    assert Return.objects.exclude(pk=ret.pk).get().lines.get().asset_id == other.pk


def test_what_nobody_has_or_is_to_leave_refuses(acme, emil, office, shelf):
    stored, taken, free = (
        make_asset(office, "LOAN-1"),
        make_asset(emil, "LOAN-2"),
        make_asset(emil, "LOAN-3"),
    )
    inventory.claim(
        taken,
        actor=SYSTEM,
        held_by=emil,
        kind="X",
        reference="RED-9",
        workflow_id=uuid7(),
    )
    job = run(ask(ASK_BACK, [stored, taken, free], acme))
    assert outcomes(job) == {
        stored.pk: ("REFUSED", "nobody_has_it"),
        taken.pk: ("REFUSED", "claimed"),
        free.pk: ("DONE", ""),
    }
    reason = BulkRow.objects.get(object_id=stored.pk).reason
    assert str(reason) == "No person has it: there is nobody to ask it back from."
    assert Return.objects.get().lines.get().asset_id == free.pk
