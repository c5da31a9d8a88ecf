"""What a file states of the state is kept, or asked about once for each word."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.sessions import actor_of
from apps.conftest import make_asset
from apps.core.errors import Invalid
from apps.imports import services
from apps.imports.models import Batch
from apps.imports.run import planning
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import (
    SYSTEM,
    apply_all,
    codes,
    counts,
    planned,
    rows,
    sentence_of,
    undo_all,
    unknowns,
)

pytestmark = pytest.mark.django_db

HEADER = "Serial Number,Asset Model,Location,Assigned to,Asset Status\n"


def decided(batch: Batch, kind: str, word: str, choice: str, use: str = "") -> Batch:
    choices = [NameChoice(kind, word, choice, use)]
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def test_in_use_without_a_holder_is_asked_once_for_each_word(acme, shelf):
    text = "IU-1,Headset 10,{0},,In-service\nIU-2,Headset 10,{0},,Deployed\n"
    text += "IU-3,Headset 10,{0},,deployed\n"
    batch = planned(acme, HEADER + text.format("Poznań shelf"))
    assert counts(batch) == {"REFUSED": 3}
    assert [codes(row) for row in rows(batch)] == [["in_use_without_holder"]] * 3
    assert "“Deployed” means in use" in sentence_of(rows(batch)[1])
    assert unknowns(batch) == {
        ("in_use", "In-service", 1, "REFUSE"),
        ("in_use", "Deployed", 2, "REFUSE"),
        ("product", "Headset 10", 3, "CREATE"),
    }
    decided(batch, "in_use", "deployed", "USE", "STORAGE")
    assert counts(batch) == {"CREATE": 2, "REFUSED": 1}
    apply_all(batch)
    assert set(Asset.objects.values_list("serial_number", "state")) == {
        ("IU-2", "STORAGE"),
        ("IU-3", "STORAGE"),
    }
    assert counts(planned(acme, HEADER + text.format(""))) == {
        "SAME": 2,
        "REFUSED": 1,
    }


def test_in_use_with_a_holder_nobody_knows_asks_for_the_holder(acme, shelf):
    text = "IU-1,Headset 10,Poznań shelf,Carla Unknown,In-service\n"
    batch = planned(acme, HEADER + text)
    assert codes(rows(batch)[0]) == ["person_unknown"]


def test_a_device_in_use_here_needs_no_holder_in_the_file(acme, emil):
    make_asset(emil, "IU-4")
    assert counts(planned(acme, HEADER + "IU-4,,,,In use\n")) == {"SAME": 1}


def test_a_stored_device_is_not_in_use_by_a_word(acme, shelf):
    make_asset(shelf, "IU-5")
    batch = planned(acme, HEADER + "IU-5,,,,In use\n")
    assert codes(rows(batch)[0]) == ["in_use_without_holder"]


def test_in_use_and_a_cleared_holder_contradict_each_other(acme, shelf, emil):
    make_asset(emil, "IU-6")
    batch = planned(acme, HEADER + "IU-6,,,(clear),In use\n")
    assert codes(rows(batch)[0]) == ["in_use_without_holder"]


def test_a_word_of_another_language_is_asked_once_and_remembered(acme, shelf, globex):
    text = HEADER + "EB-1,Funkgerät,,,Einsatzbereit\nEB-2,Funkgerät,,,EINSATZBEREIT\n"
    batch = planned(acme, text)
    assert [codes(row) for row in rows(batch)] == [["unknown_status"]] * 2
    assert ("status", "Einsatzbereit", 2, "REFUSE") in unknowns(batch)
    decided(batch, "status", "einsatzbereit", "USE", "IN_REPAIR")
    assert counts(batch) == {"CREATE": 2}
    batch = apply_all(batch)
    assert set(Asset.objects.values_list("state", flat=True)) == {"IN_REPAIR"}
    later = planned(acme, HEADER + "EB-3,Funkgerät,,,einsatzbereit\n")
    assert rows(later)[0].changes["state"] == ["", "IN_REPAIR"]
    assert ("status", "Einsatzbereit", 1, "USE") in unknowns(later)
    theirs = planned(globex, HEADER + "EB-3,Funkgerät,,,einsatzbereit\n")
    assert codes(rows(theirs)[0]) == ["unknown_status"]
    assert undo_all(batch).undone_rows == 2
    assert not Asset.objects.exists()


def test_a_word_may_say_why_it_is_archived(acme, shelf):
    batch = planned(acme, HEADER + "EB-4,Funkgerät,,,Vom Kobold geholt\n")
    decided(batch, "status", "vom kobold geholt", "USE", "ARCHIVED/WRITTEN_OFF")
    apply_all(batch)
    assert Asset.objects.get().archive_reason == "WRITTEN_OFF"


def test_a_word_that_means_in_use_needs_a_holder_like_any_other(acme, shelf, emil):
    text = (
        HEADER + "EB-5,Funkgerät,,Emil Example,Im Umlauf\nEB-6,Funkgerät,,,Im Umlauf\n"
    )
    batch = planned(acme, text)
    decided(batch, "status", "im umlauf", "USE", "ACTIVE")
    assert [row.verdict for row in rows(batch)] == ["CREATE", "REFUSED"]
    assert codes(rows(batch)[1]) == ["in_use_without_holder"]


def test_names_beside_an_unknown_word_are_asked_with_it(acme, shelf):
    batch = planned(acme, HEADER + "EB-7,Funkgerät,,Nobody Known,Im Umlauf\n")
    asked = {(kind, value) for kind, value, *_rest in unknowns(batch)}
    assert asked >= {("status", "Im Umlauf"), ("holder", "Nobody Known")}


def test_in_storage_beside_a_holder_is_asked(acme, shelf, emil):
    text = HEADER + "ST-1,Dock,,Emil Example,Auf Lager\nST-2,Dock,,Emil Example,{}\n"
    batch = planned(acme, text.format("Ready to Deploy"))
    # Snipe-IT calls so also what is checked out.
    assert [row.verdict for row in rows(batch)] == ["REFUSED", "CREATE"]
    assert codes(rows(batch)[0]) == ["stored_with_holder"]
    decided(batch, "held", "auf lager", "USE", "STORAGE")
    apply_all(batch)
    assert Asset.objects.get(serial_number="ST-1").state == "STORAGE"
    assert Asset.objects.get(serial_number="ST-2").user == emil


@pytest.mark.parametrize(
    ("kind", "word", "use"),
    [("status", "im umlauf", "FLYING"), ("in_use", "deployed", "ACTIVE")],
)
def test_a_word_is_taken_for_nothing_else(acme, shelf, kind, word, use):
    text = HEADER + "EB-8,Dock,,,Im Umlauf\nEB-9,Dock,,,Deployed\n"
    batch = planned(acme, text)
    with pytest.raises(Invalid):
        decided(batch, kind, word, "USE", use)
    batch.refresh_from_db()
    assert batch.state == "PLANNED"


def test_the_page_asks_with_the_states_to_choose_from(acme, anna, shelf, client_of):
    text = HEADER + "EB-1,Dock,,,Einsatzbereit\nEB-2,Dock,,,Deployed\n"
    batch = planned(acme, text, actor=actor_of(anna))
    client = client_of(anna)
    page = client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    word = batch.unknowns.get(kind="status")
    assert '<option value="USE:ARCHIVED/SOLD">Archived (Sold)</option>' in page
    assert '<option value="" selected>Not decided yet</option>' in page
    assert "“Deployed” means in use: what if nobody has the device?" in page
    fields = {f"action-{word.pk}": "USE:STORAGE"}
    client.post(reverse("imports:unknowns", args=[batch.pk]), fields)
    planning.make_plan(batch.pk)
    assert [row.verdict for row in rows(batch)] == ["CREATE", "REFUSED"]


@pytest.mark.parametrize(
    ("word", "holder", "kind", "means", "became"),
    [
        ("Ordered", "emil@acme.example", "unused", "ACTIVE", "ACTIVE"),
        ("On order", "emil@acme.example", "unused", "ORDERED", "ORDERED"),
        ("bestellt", "emil@acme.example", "unused", "STORAGE", "STORAGE"),
        ("Defekt", "emil@acme.example", "unused", "IN_REPAIR", "IN_REPAIR"),
        ("Sold", "emil@acme.example", "unused", "ARCHIVED/SOLD", "ARCHIVED"),
        ("Reserviert", "", "workflow", "STORAGE", "STORAGE"),
        ("In transit", "", "workflow", "IN_REPAIR", "IN_REPAIR"),
        ("Shipped", "emil@acme.example", "workflow", "ACTIVE", "ACTIVE"),
    ],
)
def test_a_word_that_other_cells_contradict_is_asked_once(
    acme, shelf, emil, word, holder, kind, means, became
):
    header = "Serial,Asset Model,Location,Holder email,Asset Status\n"
    text = "".join(f"WD-{n},Hub 7,Poznań shelf,{holder},{word}\n" for n in (1, 2))
    batch = planned(acme, header + text)
    assert counts(batch) == {"REFUSED": 2}
    asked = batch.unknowns.get(kind=kind)
    assert (asked.value, asked.rows) == (word, 2)
    decided(batch, kind, asked.key, "USE", means)
    apply_all(batch)
    assert set(Asset.objects.values_list("state", flat=True)) == {became}
    again = planned(acme, header + text)
    assert counts(again) == {"SAME": 2}  # remembered


def test_ordered_says_what_of_devices_that_are_here(acme, shelf):
    make_asset(shelf, "WD-3")
    batch = planned(acme, "Serial,Asset Status\nWD-3,On order\n")
    assert codes(rows(batch)[0]) == ["arrived_already"]
    decided(batch, "arrived", "on order", "USE", "STORAGE")
    assert counts(batch) == {"SAME": 1}
