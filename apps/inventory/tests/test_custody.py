from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, DomainError, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory import integrity, services
from apps.inventory.models import Asset, Custody
from apps.inventory.states import AssetState


@pytest.mark.django_db
class TestSteps:
    def test_hand_over_moves_columns_custody_and_history_together(
        self, laptop, emil, anna, as_actor
    ):
        services.hand_over(laptop, anna, actor=as_actor(anna))
        laptop.refresh_from_db()
        assert (laptop.state, laptop.user) == (AssetState.ACTIVE, anna)
        first, second = laptop.custody.order_by("period")
        assert (first.user, second.user) == (emil, anna)
        assert first.period.upper == second.period.lower == laptop.held_since
        assert second.period.upper is None
        event = Event.objects.get(type="asset.handed_over")
        assert event.actor_id == anna.id
        assert {laptop.id, emil.id, anna.id} <= set(event.refs)
        assert list(integrity.problems()) == []

    def test_a_step_already_taken_changes_nothing(self, laptop, emil):
        services.hand_over(laptop, emil, actor=SYSTEM)
        assert laptop.custody.count() == 1
        assert not Event.objects.filter(type="asset.handed_over").exists()

    def test_backdating_keeps_both_times(self, laptop, office):
        created = laptop.held_since
        Asset.objects.filter(pk=laptop.pk).update(held_since=created)
        moment = timezone.now()
        services.receive(laptop, office, actor=SYSTEM, at=moment)
        event = Event.objects.get(type="asset.stored")
        assert event.occurred_at == moment
        assert event.recorded_at != moment

    def test_refuses_the_future(self, laptop, office):
        ahead = timezone.now() + timedelta(minutes=1)
        with pytest.raises(Invalid, match="future"):
            services.receive(laptop, office, actor=SYSTEM, at=ahead)

    def test_refuses_before_the_previous_step(self, laptop, office):
        before = laptop.held_since - timedelta(days=1)
        with pytest.raises(Invalid):
            services.receive(laptop, office, actor=SYSTEM, at=before)
        assert laptop.custody.count() == 1

    def test_refuses_who_has_left(self, laptop, anna, acme):
        from apps.accounts import services as accounts

        gone = make_user(acme, "Gone")
        accounts.archive(gone, reason="LEFT", actor=SYSTEM)
        gone.refresh_from_db()
        with pytest.raises(Conflict, match="has left"):
            services.hand_over(laptop, gone, actor=SYSTEM)

    def test_retired_can_be_found_again(self, laptop, office):
        services.retire(laptop, "LOST", actor=SYSTEM)
        laptop.refresh_from_db()
        assert laptop.holder is None
        assert not laptop.custody.open().exists()
        services.receive(laptop, office, actor=SYSTEM)
        laptop.refresh_from_db()
        assert (laptop.address, laptop.archive_reason) == (office, "")
        assert list(integrity.problems()) == []

    def test_found_again_is_refused_while_its_serial_is_in_use(
        self, laptop, emil, office
    ):
        services.retire(laptop, "LOST", actor=SYSTEM)
        make_asset(emil, laptop.serial_number)
        with pytest.raises(Conflict, match="serial number"):
            services.receive(laptop, office, actor=SYSTEM)

    def test_serial_is_one_per_company_whatever_its_case(self, laptop, emil, gina):
        with pytest.raises(Conflict) as refusal:
            make_asset(emil, f" {laptop.serial_number.lower()} ")
        assert refusal.value.field == "serial_number"
        make_asset(gina, laptop.serial_number)

    def test_needs_serial_or_tag(self, emil):
        with pytest.raises(Invalid, match="serial number or an asset tag"):
            make_asset(emil, "")

    def test_employee_may_not_change_facts(self, laptop, emil, as_actor):
        with pytest.raises(NotAllowed):
            services.update(laptop, actor=as_actor(emil), notes="mine")

    def test_employee_may_not_move_anything(self, laptop, emil, anna, as_actor):
        with pytest.raises(NotAllowed):
            services.hand_over(laptop, anna, actor=as_actor(emil))
        assert laptop.custody.count() == 1

    def test_notes_are_named_but_not_told(self, laptop):
        services.update(laptop, actor=SYSTEM, notes="scratch", supplier="Alza")
        changes = Event.objects.get(type="asset.updated").payload["changes"]
        assert changes == {"notes": {}, "supplier": {"old": "", "new": "Alza"}}


@pytest.mark.django_db
def test_create_many_of_n_is_n_times_create(emil, acme):
    """Same rows and the same events, whichever way they were written."""
    single = [make_asset(emil, f"ONE{n}") for n in range(3)]
    built = [
        services.build(
            acme,
            holder=emil,
            product=make_product(acme),
            name="",
            serial_number=f"MANY{n}",
            purchased_on=single[0].purchased_on,
        )
        for n in range(3)
    ]
    services.create_many(built, actor=SYSTEM, company=acme)

    def shape(asset: Asset) -> list:
        event = Event.objects.get(type="asset.created", subject_id=asset.id)
        payload = {**event.payload, "serial_number": "", "custody_id": ""}
        custody = asset.custody.get()
        fresh = Asset.objects.get(pk=asset.pk)
        return [payload, custody.user, custody.period.lower == fresh.held_since]

    assert [shape(asset) for asset in built] == [shape(asset) for asset in single]
    assert list(integrity.problems()) == []


@pytest.mark.django_db
class TestDatabase:
    def test_refuses_two_holders_at_one_time(self, laptop, office):
        with pytest.raises(IntegrityError, match="one_holder"), transaction.atomic():
            Custody.objects.create(
                company=laptop.company,
                asset=laptop,
                address=office,
                period=(laptop.held_since, None),
            )

    def test_refuses_a_state_that_does_not_fit_the_holder(self, laptop):
        with pytest.raises(IntegrityError, match="fits_holder"), transaction.atomic():
            Asset.objects.filter(pk=laptop.pk).update(state="STORAGE")

    def test_refuses_a_holder_of_another_company(self, laptop, gina):
        Asset.objects.filter(pk=laptop.pk).update(user=gina)
        with (
            connection.cursor() as cursor,
            pytest.raises(IntegrityError, match="tenant_fk"),
            transaction.atomic(),
        ):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Asset.objects.filter(pk=laptop.pk).update(user=laptop.user)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_custody SET user_id = %(anna)s",
        "UPDATE inventory_custody SET user_id = %(anna)s; "
        "UPDATE inventory_asset SET user_id = %(anna)s",
        "UPDATE inventory_custody SET period = tstzrange(lower(period) - '1 day'"
        "::interval, NULL); UPDATE inventory_asset SET held_since = held_since - "
        "'1 day'::interval",
        "DELETE FROM inventory_custody",
        "UPDATE inventory_asset SET state = 'ARCHIVED', user_id = NULL, "
        "archive_reason = 'SOLD'; DELETE FROM inventory_custody",
    ],
)
def test_check_custody_names_what_was_altered_in_sql(laptop, anna, statement):
    call_command("check_custody")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"anna": anna.id})
    assert any(str(laptop.id) in problem for problem in integrity.problems())
    with pytest.raises(CommandError):
        call_command("check_custody")


@pytest.mark.django_db(transaction=True)
def test_two_verbs_at_once_one_wins_200_times(reference_data):
    """Two people are handed the same asset at the same time, again and again: each
    time both calls end in order, and nothing is lost between them."""
    from apps.conftest import make_company

    acme = make_company("Acme")
    people = [make_user(acme, name) for name in ("Ann", "Bob")]
    asset = make_asset(people[0], "RACE")
    rounds = 200
    barrier = threading.Barrier(2, timeout=30)
    refusals: list[str] = []
    failures: list[BaseException] = []

    def run(steps) -> None:
        try:
            for number in range(rounds):
                barrier.wait()
                try:
                    steps(number)
                except DomainError as error:
                    refusals.append(error.code)
                barrier.wait()
        except BaseException as error:
            failures.append(error)
            barrier.abort()
        finally:
            connection.close()

    def repair_or_back(number: int) -> None:
        services.retire(asset, "LOST", actor=SYSTEM)

    def hand(number: int) -> None:
        services.hand_over(asset, people[number % 2], actor=SYSTEM)

    def back(number: int) -> None:
        hand(number)

    from apps.companies import services as companies

    place = companies.create_address(actor=SYSTEM, company=acme, name="Place")

    def retire_then_find(number: int) -> None:
        if number % 2:
            services.receive(asset, place, actor=SYSTEM)
        else:
            repair_or_back(number)

    threads = [
        threading.Thread(target=run, args=(steps,))
        for steps in (retire_then_find, back)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert set(refusals) <= {"wrong_state"}
    assert list(integrity.problems()) == []
