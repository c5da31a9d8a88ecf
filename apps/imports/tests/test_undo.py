from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import let_in, make_asset, mostly_full
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, NotAllowed
from apps.events import sentences
from apps.events import services as events
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.models import Batch, BatchRow
from apps.imports.run import applying, planning, undoing
from apps.imports.shown.plan import kept_csv
from apps.imports.targets.unresolved import NameChoice
from apps.inventory import services as inventory
from apps.inventory.integrity import problems
from apps.inventory.models import Asset, Custody

from .factories import applied, apply_all, counts, make_plan, planned, rows, undo_all

HEADER = "Serial;Asset tag;Model;Holder email;Location;Status;Price;Notes\n"
FILE = (
    HEADER
    + "S1;T1;XPS 13;emil@acme.example;;Deployed;1.299,50 €;\n"
    + "S2;T2;XPS 13;joe.doe@acme.example;;;;\n"
    + "S3;;ThinkPad;;Berlin;Ready to Deploy;;\n"
    + "S4;;ThinkPad;;;Sold;;\n"
)
pytestmark = pytest.mark.django_db


def kept(batch) -> dict[int, str]:
    found = BatchRow.objects.of(batch).exclude(kept="").values_list("line", "kept")
    return {line: str(why) for line, why in found}


def test_deletes_what_it_created_and_says_so(acme, shelf, emil, anna):
    batch = applied(acme, FILE, actor=actor_of(anna), creates_people=True)
    before = Event.objects.count()
    undo_all(batch, actor=actor_of(anna))
    assert (batch.state, batch.undone_rows, batch.kept_rows) == ("UNDONE", 4, 0)
    assert not Asset.objects.exists()
    assert not Custody.objects.exists()
    assert not Product.objects.exists()
    assert set(User.objects.all()) == {emil, anna}
    assert list(Address.objects.all()) == [shelf]
    assert Event.objects.count() > before
    removed = Event.objects.filter(type__endswith=".removed", refs__contains=[batch.pk])
    types = sorted(removed.values_list("type", flat=True))
    assert types == [
        "address.removed",
        *["asset.removed"] * 4,
        *["product.removed"] * 2,
        "user.removed",
    ]
    assert {event.actor_id for event in removed} == {anna.id}
    told = [entry.text for entry in sentences.tell(removed, actor_of(anna))]
    assert "XPS 13 S1 was taken out: its import was undone" in told
    assert "Somebody was taken out: the import was undone" in told
    assert list(problems()) == []
    events.seal()
    assert list(events.verify(now=timezone.now())) == []


def test_it_can_be_applied_again(acme, shelf, emil):
    batch = undo_all(applied(acme, FILE, creates_people=True))
    make_plan(batch)
    assert counts(batch) == {"CREATE": 4}
    apply_all(batch)
    assert (batch.state, batch.applied_rows) == ("APPLIED", 4)
    assert Asset.objects.count() == 4
    assert list(problems()) == []
    undo_all(batch)
    assert (batch.undone_rows, Asset.objects.count()) == (4, 0)
    assert list(problems()) == []


def test_restores_cells_and_holders(acme, shelf, emil, anna):
    asset = make_asset(
        emil, "S1", notes="old", purchase_price=Decimal("5"), currency="EUR"
    )
    stored = make_asset(shelf, "S2")
    product, name = asset.product, asset.name
    text = HEADER + "S1;T1;XPS;anna@acme.example;;;99 EUR;n\nS2;;;;;Lost;;\n"
    batch = applied(acme, text)
    asset.refresh_from_db()
    assert asset.user == anna
    undo_all(batch)
    assert (batch.undone_rows, kept(batch)) == (2, {})
    asset.refresh_from_db()
    assert (asset.user, asset.asset_tag, asset.notes) == (emil, "", "old")
    assert (asset.purchase_price, asset.product, asset.name) == (5, product, name)
    stored.refresh_from_db()
    assert (stored.state, stored.address) == ("STORAGE", shelf)
    assert stored.archive_reason == ""
    assert Custody.objects.filter(asset=asset).count() == 3
    assert Event.objects.filter(type="asset.restored").count() == 3
    assert not Product.objects.filter(name="XPS").exists()
    assert list(problems()) == []


def test_keeps_what_was_touched_since_and_says_why(acme, shelf, emil, anna):
    text = HEADER + "".join(f"S{n};;XPS;;;;;\n" for n in range(1, 6))
    batch = applied(acme, text)
    first, second = Asset.objects.order_by("serial_number")[:2]
    inventory.update(first, actor=SYSTEM, notes="mine")
    inventory.hand_over(second, emil, actor=SYSTEM)
    undo_all(batch)
    assert (batch.state, batch.undone_rows, batch.kept_rows) == ("UNDONE", 3, 2)
    assert set(Asset.objects.all()) == {first, second}
    assert {line: why[-29:] for line, why in kept(batch).items()} == {
        2: "was changed after the import.",
        3: "was changed after the import.",
    }
    (product,) = batch.made.all()
    assert "in use" in str(product.kept)
    assert Product.objects.filter(name="XPS").exists()
    head, *lines = "".join(kept_csv(batch)).splitlines()
    assert head.endswith("Reason")
    assert [line.split(";")[0] for line in lines] == ["S1", "S2"]
    assert list(problems()) == []


def test_what_later_imports_changed_is_free_once_they_are_undone(acme, shelf, emil):
    created = applied(acme, HEADER + "S1;;XPS;;;;;\nS2;;XPS;;;;;\n")
    text = HEADER + "S1;;;emil@acme.example;;;;new\nS2;;;;;;;new\n"
    changed = applied(acme, text)
    undo_all(created)
    assert (created.undone_rows, created.kept_rows) == (0, 2)
    assert all("undo that one first" in why for why in kept(created).values())
    undo_all(changed)
    inventory.update(
        Asset.objects.get(serial_number="S2"), actor=SYSTEM, supplier="Shop"
    )
    undo_all(created)
    assert (created.undone_rows, created.kept_rows) == (1, 1)
    assert Asset.objects.get().serial_number == "S2"
    assert list(problems()) == []


NOTES = "Serial;Notes\nS1;n\nS2;n\n"
SUPPLIER = "Serial;Supplier\nS1;s\nS2;s\n"
TAGS = "Serial;Tag\nS1;T1\nS2;T2\n"


@pytest.mark.parametrize("order", mostly_full(permutations(range(3)), every=4))
def test_later_imports_may_be_undone_in_any_order(acme, shelf, order):
    created = applied(acme, HEADER + "S1;;XPS;;;;;\nS2;;XPS;;;;;\n")
    later = [applied(acme, text) for text in (NOTES, SUPPLIER, TAGS)]
    for number in order:
        undo_all(created)
        assert created.kept_rows == 2
        undo_all(later[number])
        assert later[number].kept_rows == 0
    undo_all(created)
    assert (created.undone_rows, created.kept_rows) == (2, 0)
    assert not Asset.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_what_a_person_did_between_two_imports_stays(acme, shelf, order):
    created = applied(acme, HEADER + "S1;;XPS;;;;;\nS2;;XPS;;;;;\n")
    later = [applied(acme, NOTES)]
    asset = Asset.objects.get(serial_number="S2")
    inventory.update(asset, actor=SYSTEM, order_number="PO-7")
    later.append(applied(acme, SUPPLIER))
    for number in order:
        undo_all(later[number])
        assert later[number].kept_rows == 0
    undo_all(created)
    assert (created.undone_rows, created.kept_rows) == (1, 1)
    (left,) = Asset.objects.all()
    assert (left.serial_number, left.order_number) == ("S2", "PO-7")
    assert "was changed after the import" in kept(created)[3]


def test_cells_that_a_later_import_changed_wait_for_it(acme, shelf, emil):
    make_asset(emil, "S1", notes="old")
    first = applied(acme, "Serial;Notes\nS1;new\n")
    second = applied(acme, "Serial;Notes\nS1;newer\n")
    undo_all(first)
    assert "undo that one first" in kept(first)[2]
    undo_all(second)
    undo_all(first)
    assert Asset.objects.get().notes == "old"


def test_what_was_kept_can_still_be_undone_since_no_plan_replaces_it(acme, shelf):
    batch = applied(acme, HEADER + "S1;;XPS;;;;;\nS2;;XPS;;;;;\n")
    inventory.update(
        Asset.objects.get(serial_number="S1"), actor=SYSTEM, supplier="Shop"
    )
    undo_all(batch)
    with pytest.raises(Conflict, match="written"):
        services.request_plan(batch, actor=SYSTEM)


def test_keeps_cells_that_were_changed_again(acme, shelf, emil):
    asset = make_asset(emil, "S1", notes="old")
    other = make_asset(emil, "S2", notes="old")
    batch = applied(acme, HEADER + "S1;T1;;;;;;new\nS2;T2;;;;;;new\n")
    inventory.update(asset, actor=SYSTEM, notes="newer")
    inventory.update(other, actor=SYSTEM, supplier="Shop")
    undo_all(batch)
    asset.refresh_from_db()
    other.refresh_from_db()
    assert (asset.asset_tag, asset.notes) == ("T1", "newer")
    assert (other.asset_tag, other.notes, other.supplier) == ("", "old", "Shop")
    assert kept(batch) == {2: "Changed again after the import: Notes."}


def test_keeps_what_a_workflow_has(acme, shelf, emil):
    batch = applied(acme, HEADER + "S1;;XPS;emil@acme.example;;;;\n")
    asset = Asset.objects.get()
    inventory.claim(
        asset,
        actor=SYSTEM,
        held_by=emil,
        kind="RETURN",
        reference="RET-1",
        workflow_id=asset.id,
    )
    undo_all(batch)
    assert "RET-1" in kept(batch)[2]
    inventory.release(asset.id, actor=SYSTEM, company_id=acme.id)
    undo_all(batch)
    assert (batch.undone_rows, batch.kept_rows) == (1, 0)
    assert not Asset.objects.exists()
    assert not Product.objects.filter(name="XPS").exists()


def test_keeps_a_serial_that_has_come_back(acme, shelf, emil):
    asset = make_asset(emil, "S1", asset_tag="T1")
    other = make_asset(emil, "S3", asset_tag="T3")
    batch = planned(acme, "Asset tag;Serial;Notes\nT1;S2;n\nT3;S4;n\n")
    choices = [NameChoice("identity", None, "USE")]
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    batch = apply_all(batch)
    make_asset(shelf, "S1")
    undo_all(batch)
    asset.refresh_from_db()
    other.refresh_from_db()
    assert (asset.serial_number, other.serial_number) == ("S2", "S3")
    assert "serial number already" in kept(batch)[2]
    assert list(problems()) == []


def test_undoes_people(acme, anna, emil):
    text = "Email;First name;Department;Start date\n"
    text += "emil@acme.example;Emil;Sales;\nnew@acme.example;New;Sales;2020-01-02\n"
    text += "used@acme.example;Used;Sales;\nlogin@acme.example;Lo;;\n"
    batch = applied(acme, text, kind="PEOPLE")
    assert counts(batch) == {"CREATE": 3, "CHANGE": 1}
    make_asset(User.objects.get(email="used@acme.example"), "S1")
    login = User.objects.get(email="login@acme.example")
    let_in(login)
    undo_all(batch)
    emil.refresh_from_db()
    assert emil.department == ""
    assert not User.objects.filter(email="new@acme.example").exists()
    assert set(kept(batch)) == {4, 5}
    assert Event.objects.filter(type="user.restored", subject_id=emil.id).exists()
    assert list(problems()) == []


def test_a_stopped_import_is_undone_or_goes_on_but_is_not_planned(
    acme, shelf, monkeypatch
):
    monkeypatch.setattr(applying, "CHUNK", 2)
    text = HEADER + "".join(f"S{n};;XPS;;;;;\n" for n in range(5))
    batch = planned(acme, text)
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    assert applying.apply_chunk(batch.pk)
    services.request_stop(batch, actor=SYSTEM)
    applying.apply_chunk(batch.pk)
    with pytest.raises(Conflict, match="written"):
        services.request_plan(batch, actor=SYSTEM)
    undo_all(batch)
    assert (batch.state, batch.undone_rows) == ("UNDONE", 2)
    assert not Asset.objects.exists()
    make_plan(batch)
    apply_all(batch)
    assert Asset.objects.count() == 5


def test_stops_between_chunks_and_goes_on(acme, shelf, monkeypatch):
    monkeypatch.setattr(undoing, "CHUNK", 2)
    batch = applied(acme, HEADER + "".join(f"S{n};;XPS;;;;;\n" for n in range(5)))
    services.undo(batch, reason="WRONG_FILE", actor=SYSTEM, in_background=False)
    assert undoing.undo_chunk(batch.pk)
    services.request_stop(batch, actor=SYSTEM)
    assert not undoing.undo_chunk(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_rows) == ("UNDO_STOPPED", 2)
    assert {asset.serial_number for asset in Asset.objects.all()} == {"S0", "S1", "S2"}
    undo_all(batch)
    assert (batch.state, batch.undone_rows) == ("UNDONE", 5)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_loses_and_doubles_nothing(
    reference_data, acme, shelf, monkeypatch
):
    monkeypatch.setattr(undoing, "CHUNK", 4)
    batch = applied(acme, HEADER + "".join(f"S{n};;XPS;;;;;\n" for n in range(10)))
    services.undo(batch, reason="WRONG_FILE", actor=SYSTEM, in_background=False)
    assert undoing.undo_chunk(batch.pk)
    mark = undoing._mark

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(undoing, "_mark", die)
    with pytest.raises(KeyboardInterrupt):
        undoing.undo_chunk(batch.pk)
    assert Asset.objects.count() == 6
    monkeypatch.setattr(undoing, "_mark", mark)
    Batch.objects.update(is_begun=False)  # as the sweep finds it
    tasks.undo_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.undone_rows) == ("UNDONE", 10)
    assert not Asset.objects.exists()
    assert Event.objects.filter(type="asset.removed").count() == 10
    assert list(problems()) == []


def test_only_an_admin_of_the_company_undoes(acme, shelf, emil, gina):
    batch = applied(acme, HEADER + "S1;;XPS;;;;;\n")
    for outsider in (emil, gina):
        with pytest.raises(NotAllowed):
            services.undo(batch, reason="WRONG_FILE", actor=actor_of(outsider))
    assert Asset.objects.count() == 1


def test_twice_changes_nothing_more(acme, shelf):
    batch = undo_all(applied(acme, HEADER + "S1;;XPS;;;;;\n"))
    before = Event.objects.count()
    with pytest.raises(Conflict, match="Nothing"):
        services.undo(batch, reason="WRONG_FILE", actor=SYSTEM)
    assert Event.objects.count() == before


def test_touches_nothing_of_the_other_company(acme, shelf, globex, gina):
    theirs = make_asset(gina, "S1")
    undo_all(applied(acme, HEADER + "S1;;MacBook Pro 14;;;;;\n"))
    theirs.refresh_from_db()
    assert theirs.user == gina
    assert list(Asset.objects.all()) == [theirs]


def test_what_left_since_is_not_handed_back(acme, shelf, emil, anna):
    asset = make_asset(emil, "S1")
    batch = applied(acme, HEADER + "S1;;;anna@acme.example;;;;\n")
    accounts.begin_offboarding(
        emil, actor=SYSTEM, end_on=timezone.localdate() - timedelta(days=1)
    )
    accounts.mark_offboarded(emil, actor=SYSTEM)
    undo_all(batch)
    asset.refresh_from_db()
    assert asset.user == anna
    assert "has left" in kept(batch)[2]
    assert rows(batch)[0].undone_at is None
