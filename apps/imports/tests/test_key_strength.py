"""A weaker key never wins over a stronger one that disagrees: a person decides."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.imports import services
from apps.imports.erasure import forgetting
from apps.imports.models import Batch
from apps.imports.run import planning
from apps.imports.targets.unresolved import NameChoice
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.people import services as people

from .factories import (
    applied,
    apply_all,
    codes,
    counts,
    planned,
    rows,
    sentence_of,
    undo_all,
    unknowns,
)

pytestmark = [pytest.mark.full, pytest.mark.django_db]

DEVICES = "Serial number,Asset tag,External id,Model name,Location\n"
OLD = "TR-OLD,TAG-77,,Plain model,Main store\n"
NEW = "TR-NEW,TAG-77,,Plain model,Main store\n"
PEOPLE = "First name,Last name,Email,Employee number,User name\n"


def decided(batch: Batch, choice: str) -> Batch:
    choices = [NameChoice("identity", None, choice)]
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def old(acme, shelf) -> Batch:
    return applied(acme, DEVICES + OLD)


def test_another_serial_under_a_known_tag_is_a_verdict_of_its_own(acme, old):
    batch = planned(acme, DEVICES + NEW)
    (row,) = rows(batch)
    assert (row.verdict, codes(row)) == ("CONFLICT", ["other_key"])
    assert "“TR-OLD”; the row says “TR-NEW”" in sentence_of(row)
    assert row.problems[0]["candidates"][0]["id"] == str(Asset.objects.get().pk)
    assert ("identity", "TAG-77: TR-OLD → TR-NEW", 1, "REFUSE") in unknowns(batch)
    batch = apply_all(batch)
    assert batch.applied_rows == 0
    assert Asset.objects.get().serial_number == "TR-OLD"


def test_the_board_was_replaced(acme, old):
    batch = decided(planned(acme, DEVICES + NEW), "USE")
    assert rows(batch)[0].changes == {"serial_number": ["TR-OLD", "TR-NEW"]}
    batch = apply_all(batch)
    assert Asset.objects.get().serial_number == "TR-NEW"
    assert counts(planned(acme, DEVICES + NEW)) == {"SAME": 1}
    undo_all(batch)
    assert Asset.objects.get().serial_number == "TR-OLD"


def test_another_device_takes_over_the_tag_and_undo_gives_it_back(acme, old):
    batch = decided(planned(acme, DEVICES + NEW), "CREATE")
    (row,) = rows(batch)
    assert row.verdict == "CREATE"
    assert "TR-OLD" in row.changes["taken_from"][1]
    batch = apply_all(batch)
    tags = dict(Asset.objects.values_list("serial_number", "asset_tag"))
    assert tags == {"TR-OLD": "", "TR-NEW": "TAG-77"}
    assert counts(planned(acme, DEVICES + NEW)) == {"SAME": 1}
    batch = undo_all(batch)
    assert (batch.undone_rows, batch.kept_rows) == (1, 0)
    tags = dict(Asset.objects.values_list("serial_number", "asset_tag"))
    assert tags == {"TR-OLD": "TAG-77"}
    # As before: the import that brought the old one can be undone, too.
    assert undo_all(old).kept_rows == 0
    assert not Asset.objects.exists()


def test_the_other_way_round_the_later_import_is_first(acme, old):
    apply_all(decided(planned(acme, DEVICES + NEW), "CREATE"))
    assert undo_all(old).kept_rows == 1
    assert Asset.objects.count() == 2


def test_a_tag_that_it_has_since_is_not_given_back(acme, old):
    batch = apply_all(decided(planned(acme, DEVICES + NEW), "CREATE"))
    device = Asset.objects.get(serial_number="TR-OLD")
    inventory.update(device, actor=SYSTEM, asset_tag="TAG-78")
    undo_all(batch)
    assert Asset.objects.get().asset_tag == "TAG-78"


def test_one_row_moves_the_tag_that_another_takes(acme, old):
    text = DEVICES + OLD.replace("TAG-77", "TAG-78") + NEW
    batch = apply_all(decided(planned(acme, text), "CREATE"))
    tags = dict(Asset.objects.values_list("serial_number", "asset_tag"))
    assert tags == {"TR-OLD": "TAG-78", "TR-NEW": "TAG-77"}
    undo_all(batch)
    tags = dict(Asset.objects.values_list("serial_number", "asset_tag"))
    assert tags == {"TR-OLD": "TAG-77"}


def test_an_archived_device_gives_up_its_tag_only_when_told(acme, old):
    inventory.retire(Asset.objects.get(), "SOLD", actor=SYSTEM)
    batch = planned(acme, DEVICES + NEW)
    assert counts(batch) == {"CONFLICT": 1}
    apply_all(decided(batch, "CREATE"))
    assert Asset.objects.get(asset_tag="TAG-77").serial_number == "TR-NEW"


def test_what_a_workflow_has_gives_up_nothing(acme, old, anna):
    Claim.objects.create(
        company=acme,
        asset=Asset.objects.get(),
        kind="RETURN",
        reference="RET-5",
        workflow_id=anna.id,
    )
    batch = decided(planned(acme, DEVICES + NEW), "CREATE")
    assert codes(rows(batch)[0]) == ["claimed"]


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("S-1,T-2,X-1,,", "CHANGE"),  # a new label: the serial number is stronger
        ("S-1,T-1,X-2,,", "CHANGE"),
        (",T-1,X-2,,", "CHANGE"),
        ("S-2,,X-1,,", "CONFLICT"),
        (",T-2,X-1,,", "CONFLICT"),
        ("S-2,T-2,X-1,,", "CONFLICT"),
        ("S-2,T-1,X-1,,", "CONFLICT"),
        ("(clear),T-1,,,", "CHANGE"),  # said in full
        (",T-1,X-1,,", "SAME"),
    ],
)
def test_keys_of_devices_by_their_strength(acme, shelf, row, verdict):
    make_asset(shelf, "S-1", asset_tag="T-1", external_id="X-1")
    assert counts(planned(acme, DEVICES + row + "\n")) == {verdict: 1}


def test_a_key_that_nobody_had_noted_disagrees_with_nothing(acme, shelf):
    make_asset(shelf, "", asset_tag="T-1")
    assert counts(planned(acme, DEVICES + "S-1,T-1,,,\n")) == {"CHANGE": 1}


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("Ida,Example,ida.new@acme.example,0042,", "CHANGE"),  # she married
        ("Ida,Example,ida@acme.example,0043,", "CONFLICT"),
        ("Ida,Example,ida.new@acme.example,,ida", "CONFLICT"),
        ("Ida,Example,IDA@acme.example,0042,ida", "SAME"),
        ("Ida,Example,,0043,ida", "CONFLICT"),
        ("Ida,Example,ida@acme.example,,ida2", "CHANGE"),
    ],
)
def test_keys_of_people_by_their_strength(acme, row, verdict):
    make_user(acme, "Ida", employee_number="0042", username="ida")
    assert counts(planned(acme, PEOPLE + row + "\n")) == {verdict: 1}


def test_an_address_is_one_persons(acme):
    ida = make_user(acme, "Ida", employee_number="0042")
    text = PEOPLE + "Ida,Example,ida@acme.example,0043,\n"
    batch = decided(planned(acme, text), "CREATE")
    assert counts(batch) == {"CONFLICT": 1}
    batch = apply_all(decided(batch, "USE"))
    ida.refresh_from_db()
    assert (User.objects.count(), ida.employee_number) == (1, "0043")
    undo_all(batch)
    ida.refresh_from_db()
    assert ida.employee_number == "0042"


def test_a_user_name_is_shared_if_somebody_says_so(acme):
    ida = make_user(acme, "Ida", username="ida")
    text = PEOPLE + "Ida,Other,ida.other@acme.example,,ida\n"
    apply_all(decided(planned(acme, text), "CREATE"))
    ida.refresh_from_db()
    assert (ida.username, ida.email) == ("ida", "ida@acme.example")
    assert User.objects.get(email="ida.other@acme.example").username == "ida"


def test_an_answer_is_about_one_row_of_one_file(acme, old):
    decided(planned(acme, DEVICES + NEW), "USE")
    assert counts(planned(acme, DEVICES + NEW)) == {"CONFLICT": 1}


def test_a_conflict_that_was_decided_against_is_no_open_one(acme, old):
    text = DEVICES + NEW
    batch = planned(acme, text)
    assert batch.unknowns.get(kind="identity").decided_at is None
    batch = decided(batch, "REFUSE")
    (row,) = rows(batch)
    assert (row.verdict, codes(row)) == ("REFUSED", ["decided_against"])
    assert row.problems[0]["candidates"][0]["id"] == str(Asset.objects.get().pk)
    assert batch.facets["REFUSED"] == {"decided_against": 1}
    assert batch.unknowns.get(kind="identity").decided_at is not None
    # It may still be decided otherwise.
    assert counts(decided(batch, "USE")) == {"CHANGE": 1}


def test_only_the_answers_there_are(acme, old):
    batch = planned(acme, DEVICES + NEW)
    with pytest.raises(Invalid):
        decided(batch, "MERGE")
    batch.refresh_from_db()
    assert batch.state == "PLANNED"


def test_the_page_decides_each_row_and_all(acme, anna, old, client_of):
    make_asset(anna, "TR-2", asset_tag="TAG-79")
    text = DEVICES + NEW + "TR-3,TAG-79,,Plain model,\n"
    batch = planned(acme, text, actor=actor_of(anna))
    client = client_of(anna)
    address = reverse("imports:detail", args=[batch.pk])
    page = client.get(f"{address}?verdict=CONFLICT").content.decode()
    assert "Conflict" in page
    first = batch.unknowns.get(value="TAG-77: TR-OLD → TR-NEW")
    assert f'name="action-{first.pk}" form="conflicts"' in page
    unknowns_page = reverse("imports:unknowns", args=[batch.pk])
    client.post(unknowns_page, {f"action-{first.pk}": "USE"})
    planning.make_plan(batch.pk)
    assert [(row.verdict, codes(row)) for row in rows(batch)] == [
        ("CHANGE", []),
        ("CONFLICT", ["other_key"]),
    ]
    client.post(unknowns_page, {"all": "CREATE"})
    planning.make_plan(batch.pk)
    assert [row.verdict for row in rows(batch)] == ["CREATE", "CREATE"]


def test_the_page_shows_what_was_decided_against_apart(acme, anna, old, client_of):
    make_asset(anna, "TR-2", asset_tag="TAG-79")
    text = DEVICES + NEW + "TR-3,TAG-79,,Plain model,\n"
    batch = planned(acme, text, actor=actor_of(anna))
    first = batch.unknowns.get(value="TAG-77: TR-OLD → TR-NEW")
    client = client_of(anna)
    client.post(
        reverse("imports:unknowns", args=[batch.pk]), {f"action-{first.pk}": "REFUSE"}
    )
    planning.make_plan(batch.pk)
    address = reverse("imports:detail", args=[batch.pk])
    refused = client.get(f"{address}?verdict=REFUSED")
    assert "1 row fits something known by one key" in refused.text  # the other one
    assert "Left out, as decided (1)" in refused.text
    (row,) = refused.context["page"].rows
    assert (row.question.pk, row.question.chosen) == (first.pk, "REFUSE")
    assert 'name="all"' not in refused.text
    (row,) = client.get(f"{address}?verdict=CONFLICT").context["page"].rows
    assert row.question.chosen == ""
    # It may still be decided otherwise.
    client.post(
        reverse("imports:unknowns", args=[batch.pk]), {f"action-{first.pk}": "USE"}
    )
    planning.make_plan(batch.pk)
    assert [row.verdict for row in rows(batch)] == ["CHANGE", "CONFLICT"]


def test_the_command_tells_it(acme, old, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(DEVICES + NEW + "TR-9,TAG-99,,Plain model,Main store\n")
    out = StringIO()
    call_command("import_file", str(path), company="acme", stdout=out)
    assert "1 create, 0 change, 0 same, 1 conflict, 0 ambiguous" in out.getvalue()
    assert "line 2: Serial number: A device with the Asset tag" in out.getvalue()


def test_what_is_asked_about_somebody_erased_is_erased(acme):
    ida = make_user(acme, "Ida", employee_number="0042")
    batch = planned(acme, PEOPLE + "Ida,Example,ida@acme.example,0043,\n")
    accounts.archive(ida, reason="LEFT", actor=SYSTEM)
    people.erase(ida, actor=SYSTEM, reason="ASKED")
    forgetting.forget_erased()
    assert not batch.unknowns.exists()
    (row,) = rows(batch)
    for kept in (row.cells, row.values, row.changes, row.problems):
        assert "ida@acme" not in str(kept).lower()
        assert "Ida" not in str(kept)
