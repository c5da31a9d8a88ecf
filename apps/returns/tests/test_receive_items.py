"""Many items are received as one is: all or none, at the cost of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
from apps.events import sentences
from apps.events.models import Event
from apps.events.names import Names
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.events import ASSET_STORED
from apps.inventory.models import Asset, Claim, Custody
from apps.returns import services
from apps.returns.models import Return, ReturnLine
from apps.shipping.models import Shipment

pytestmark = pytest.mark.django_db
GRADES = ("A", None, "C", "D")


def devices(holder: User, count: int) -> list[Asset]:
    product = make_product(holder.company)
    built = [
        inventory.build(
            holder.company, product=product, holder=holder, serial_number=f"SER-{n:04}"
        )
        for n in range(count)
    ]
    inventory.create_many(built, actor=SYSTEM, company=holder.company)
    return built


def on_its_way(holder: User, assets: list[Asset], place: Address) -> Return:
    ids = [asset.id for asset in assets]
    ret = services.start_collection(holder, actor=SYSTEM, asset_ids=ids, address=place)
    parcel = services.book_parcel(ret, actor=SYSTEM, carrier="OTHER")
    return services.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM)


def left_by(step: Callable[[], object]) -> dict[str, Any]:
    """What a step leaves behind, without the ids it makes; it is then taken back."""
    newest = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with transaction.atomic():
        step()
        found = everything(newest)
        transaction.set_rollback(True)
    return found


def everything(after: int) -> dict[str, Any]:
    told = []
    for event in Event.objects.filter(id__gt=after):
        # The states of a return on its way, and custody's new id, differ.
        made = {"custody_id", "state", "from"} if "return" in event.type else set()
        payload = {
            name: value
            for name, value in event.payload.items()
            if name not in made | {"custody_id"}
        }
        told.append((event.type, event.version, str(event.refs), str(payload)))
    return {
        "assets": [*Asset.objects.order_by("pk").values_list(*_ASSET)],
        "lines": [*ReturnLine.objects.order_by("pk").values_list(*_LINE)],
        "custody": [
            (*row[:-1], row[-1].upper is None)
            for row in Custody.objects.order_by("asset", "period").values_list(*_HELD)
        ],
        "claims": Claim.objects.count(),
        "return": Return.objects.values_list("state", "next_contact_at").get(),
        "parcel": Shipment.objects.values_list("state").get(),
        "person": User.objects.order_by("pk").values_list("pk", "state")[:5],
        "events": sorted(told),
    }


_ASSET = ("pk", "state", "address", "user", "shipment", "condition", "archive_reason")
_LINE = ("pk", "decision", "outcome", "claim", "shipment")
_HELD = ("asset", "user", "address", "shipment", "period")


def test_n_at_once_is_n_times_one(emil: User, shelf: Address) -> None:
    assets = devices(emil, 4)
    ret = on_its_way(emil, assets, shelf)
    grades = dict(zip(assets, GRADES, strict=True))

    def one_by_one() -> None:
        for asset, grade in grades.items():
            services.receive(ret, {asset: grade}, shelf, actor=SYSTEM)

    at_once = left_by(lambda: services.receive(ret, grades, shelf, actor=SYSTEM))
    again = left_by(one_by_one)
    for name, found in again.items():
        assert list(at_once[name]) == list(found) if name != "claims" else True, name
    assert at_once["claims"] == again["claims"] == 0
    assert at_once["return"][0] == "COMPLETED"


def test_without_a_return_n_at_once_is_n_times_one(emil: User, shelf: Address) -> None:
    assets = devices(emil, 4)
    on_its_way(emil, assets[:1], shelf)
    grades = {a.pk: g for a, g in zip(assets[1:], GRADES[1:], strict=True)}

    def one_by_one() -> None:
        for asset in assets[1:]:
            inventory.receive(asset, shelf, actor=SYSTEM, grade=grades[asset.pk])

    at_once = left_by(lambda: inventory.receive_many(grades, shelf, actor=SYSTEM))
    assert {k: list(v) if k != "claims" else v for k, v in at_once.items()} == {
        k: list(v) if k != "claims" else v for k, v in left_by(one_by_one).items()
    }


def test_costs_as_much_for_two_hundred_as_for_two(
    acme: Company, shelf: Address
) -> None:
    counted = []
    for number, name in ((2, "Emil"), (200, "Olga")):
        holder = make_user(acme, name)
        built = devices(holder, number) if number == 2 else devices_of(holder, number)
        ret = on_its_way(holder, built, shelf)
        grades = dict.fromkeys(built, "B")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ret = services.receive(ret, grades, shelf, actor=SYSTEM)
        assert ret.state == "COMPLETED"
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert Asset.objects.filter(state="STORAGE", condition="0.75").count() == 202
    assert list(integrity.problems()) == []


def devices_of(holder: User, count: int) -> list[Asset]:
    product = make_product(holder.company)
    built = [
        inventory.build(
            holder.company, product=product, holder=holder, asset_tag=f"TAG-{n}"
        )
        for n in range(count)
    ]
    inventory.create_many(built, actor=SYSTEM, company=holder.company)
    return built


def test_one_event_of_each_tells_its_condition(emil: User, shelf: Address) -> None:
    assets = devices(emil, 2)
    ret = on_its_way(emil, assets, shelf)
    services.receive(ret, {assets[0]: "D", assets[1]: None}, shelf, actor=SYSTEM)
    graded, bare = [
        Event.objects.get(type="asset.stored", subject_id=asset.pk) for asset in assets
    ]
    assert (graded.version, graded.payload["grade"]) == (3, "D")
    assert "grade" not in bare.payload
    assert "D: damaged" in sentences.sentence(graded, Names({}))
    assert "condition" not in sentences.sentence(bare, Names({}))
    assert not Event.objects.filter(type="asset.updated").exists()


def test_rows_of_version_2_are_read_as_they_are(emil: User, shelf: Address) -> None:
    inventory.receive(devices(emil, 1)[0], shelf, actor=SYSTEM)
    event = Event.objects.get(type="asset.stored")
    event.version = 2
    assert ASSET_STORED.read(event).grade is None
    assert "storage" in sentences.sentence(event, Names({}))


def refused(code: str, asset: Asset, step: Callable[[], object]) -> None:
    """By a sentence that names the asset; nothing has been done."""
    events, before = Event.objects.count(), list(Asset.objects.order_by("pk").values())
    lines = list(ReturnLine.objects.order_by("pk").values())
    with pytest.raises(DomainError) as refusal:
        step()
    assert refusal.value.code == code
    assert str(asset) in refusal.value.message
    assert Event.objects.count() == events
    assert list(Asset.objects.order_by("pk").values()) == before
    assert list(ReturnLine.objects.order_by("pk").values()) == lines


@pytest.mark.parametrize("grade", ["E", "", "a", " A", "\0"])
def test_one_wrong_grade_refuses_all_and_names_the_asset(
    grade: str, emil: User, shelf: Address
) -> None:
    assets = devices(emil, 3)
    ret = on_its_way(emil, assets, shelf)
    grades = {assets[0]: "A", assets[1]: grade, assets[2]: None}
    refused(
        "bad_grade",
        assets[1],
        lambda: services.receive(ret, grades, shelf, actor=SYSTEM),
    )


def test_one_asset_of_no_or_another_return_refuses_all(
    emil: User, shelf: Address, gina: User
) -> None:
    assets = devices(emil, 2)
    ret = on_its_way(emil, assets, shelf)
    for stranger in (
        make_asset(emil, "BESIDE"),
        make_asset(make_user(emil.company, "Olga"), "OTHER"),
        make_asset(gina, "GLOBEX"),
    ):
        grades = {assets[0]: "A", stranger: "B"}
        refused(
            "not_an_item",
            stranger,
            lambda grades=grades: services.receive(ret, grades, shelf, actor=SYSTEM),
        )


def test_what_is_here_already_stays_and_what_is_said_otherwise_is_refused(
    emil: User, shelf: Address, office: Address
) -> None:
    assets = devices(emil, 3)
    ret = on_its_way(emil, assets, shelf)
    services.receive(ret, {assets[0]: "B"}, shelf, actor=SYSTEM)
    before = Event.objects.count()
    for grade in ("B", None):
        services.receive(ret, {assets[0]: grade}, shelf, actor=SYSTEM)
        inventory.receive(assets[0], shelf, actor=SYSTEM, grade=grade)
    assert Event.objects.count() == before
    for grade, place in (("C", shelf), ("B", office)):
        grades = {assets[0]: grade, assets[1]: "A"}
        refused(
            "settled_otherwise",
            assets[0],
            lambda grades=grades, place=place: services.receive(
                ret, grades, place, actor=SYSTEM
            ),
        )
    refused(
        "graded_otherwise",
        assets[0],
        lambda: inventory.receive(assets[0], shelf, actor=SYSTEM, grade="C"),
    )
