from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.imports import services
from apps.imports.columns import formats
from apps.imports.models import Batch
from apps.imports.run import planning, progress
from apps.imports.shown.plan import left_out_csv
from apps.imports.targets.unresolved import NameChoice
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim

from .factories import (
    apply_all,
    codes,
    counts,
    create_people,
    make_plan,
    planned,
    rows,
    sentence_of,
    unknowns,
    upload,
)

pytestmark = pytest.mark.django_db

HEADER = "Serial;Asset tag;Model;Holder email;Location;Status;Price;Notes\n"


def test_writes_nothing_but_its_rows(acme, shelf, emil):
    events = Event.objects.count()
    batch = planned(acme, HEADER + "S1;T1;XPS;new@acme.example;Berlin;;1 EUR;hello\n")
    assert counts(batch) == {"REFUSED": 1}
    batch = create_people(batch)
    assert counts(batch) == {"CREATE": 1}
    assert batch.state == "PLANNED"
    assert batch.planned_rows == batch.total_rows == 1
    assert not Asset.objects.exists()
    assert not Product.objects.exists()
    assert User.objects.count() == 1
    assert list(
        Event.objects.order_by("id").values_list("type", flat=True)[events:]
    ) == [
        "import.uploaded",
        "import.read",
        "import.planned",
        "import.planned",
    ]


def test_shows_what_is_created(acme, shelf, emil):
    batch = planned(acme, HEADER + "s1;T1;XPS;emil@acme.example;;;1299,50 EUR;\n")
    (row,) = rows(batch)
    assert row.verdict == "CREATE"
    assert row.changes == {
        "product_name": ["", "XPS"],
        "serial_number": ["", "S1"],
        "asset_tag": ["", "T1"],
        "purchase_price": ["", "1299.50"],
        "currency": ["", "EUR"],
        "state": ["", "ACTIVE"],
        "holder_name": ["", "Emil Example"],
    }


def test_shows_what_changes_from_old_to_new(acme, shelf, emil, anna):
    asset = make_asset(emil, "S1", notes="old")
    batch = planned(
        acme, HEADER + "S1;;;anna@acme.example;;;;new\n", actor=actor_of(anna)
    )
    (row,) = rows(batch)
    assert row.verdict == "CHANGE"
    assert row.target_id == asset.id
    assert row.changes == {
        "notes": ["old", "new"],
        "holder_name": ["Emil Example", "Anna Example"],
    }


def test_same_when_nothing_changes(acme, emil, office):
    make_asset(emil, "S1", asset_tag="T1")
    make_asset(office, "S2")
    text = HEADER + "s1;T1;MacBook Pro 14;emil@acme.example;Somewhere;Deployed;;\n"
    batch = planned(acme, text + "S2;;;;warsaw OFFICE;In stock;;\n")
    assert counts(batch) == {"SAME": 2}
    assert not batch.unknowns.exists()


def test_blank_leaves_alone_and_clear_empties(acme, emil):
    make_asset(emil, "S1", asset_tag="T1", notes="keep")
    batch = planned(acme, HEADER + "S1;(clear);;;;;;\n")
    (row,) = rows(batch)
    assert row.changes == {"asset_tag": ["T1", ""]}


def test_refuses_to_clear_both_keys(acme, emil):
    make_asset(emil, "S1", asset_tag="T1", external_id="E1")
    text = "Id;Serial;Asset tag\nE1;(clear);(clear)\n"
    batch = planned(acme, text)
    assert codes(rows(batch)[0]) == ["no_serial_or_tag"]


def test_names_the_cell_that_is_refused(acme, shelf):
    batch = planned(acme, HEADER + "S1;;XPS;no-address;;;12 bananas;\n")
    (row,) = rows(batch)
    assert row.verdict == "REFUSED"
    assert [(p["column"], p["code"]) for p in row.problems] == [
        (3, "bad_email"),
    ]
    assert [(w["column"], w["code"]) for w in row.warnings] == [(6, "bad_money")]


def test_refuses_a_row_that_fits_two_devices(acme, emil):
    make_asset(emil, "S1")
    make_asset(emil, "S2", asset_tag="T2")
    batch = planned(acme, HEADER + "S1;T2;;;;;;\n")
    (row,) = rows(batch)
    assert (row.verdict, codes(row)) == ("AMBIGUOUS", ["ambiguous"])
    assert "S1" in sentence_of(row)
    assert "S2" in sentence_of(row)
    listed = {one["id"] for one in row.problems[0]["candidates"]}
    assert listed == {str(pk) for pk in Asset.objects.values_list("pk", flat=True)}


def test_refuses_the_second_row_of_one_device(acme, shelf):
    text = "S1;T1;XPS;;;;;\nS2;T1;XPS;;;;;\nS1;T3;XPS;;;;;\n"
    batch = planned(acme, HEADER + text)
    assert counts(batch) == {"CREATE": 1, "REFUSED": 2}
    refused = rows(batch)[1:]
    assert [row.problems[0]["column"] for row in refused] == [1, 0]
    assert all("Line 2" in sentence_of(row) for row in refused)


def test_refuses_the_second_row_by_another_key(acme, emil):
    make_asset(emil, "S1", asset_tag="T1")
    batch = planned(acme, HEADER + "S1;;;;;;;a\n;T1;;;;;;b\n")
    assert [row.verdict for row in rows(batch)] == ["CHANGE", "REFUSED"]


def test_lists_what_is_unknown_with_the_rows_that_need_it(acme, shelf):
    text = "S1;;XPS;;Berlin;;;\nS2;;xps;joe.doe@acme.example;Paris;;;\nS3;;;;;;;\n"
    batch = planned(acme, HEADER + text)
    assert unknowns(batch) == {
        ("product", "XPS", 2, "CREATE"),
        ("place", "Berlin", 1, "CREATE"),
        ("person", "joe.doe@acme.example", 1, "REFUSE"),
    }
    assert codes(rows(batch)[2]) == ["no_product"]


def test_the_same_file_again_changes_nothing_whatever_was_decided(acme, shelf, emil):
    text = (
        HEADER + "S1;;XPS;ghost@acme.example;;;;\nS2;;XPS;;Nowhere;;;\nS3;;XPS;;;;;\n"
    )
    batch = planned(acme, text)
    choices = [
        NameChoice("person", "ghost@acme.example", "USE", "emil@acme.example"),
        NameChoice("place", "nowhere", "REFUSE"),
    ]
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    apply_all(batch)
    again = planned(acme, text)
    assert counts(again) == {"SAME": 2, "REFUSED": 1}
    assert unknowns(again) == {
        ("person", "ghost@acme.example", 1, "USE"),
        ("place", "Nowhere", 1, "REFUSE"),
    }
    other = planned(acme, HEADER + "S4;;XPS;;;;;\n")
    assert not other.unknowns.exists()


def test_a_plan_made_anew_is_not_applied_unseen(acme, shelf):
    batch = planned(acme, HEADER + "S1;;XPS;;;;;\n")
    seen = batch.planned_at.isoformat()
    make_plan(batch)
    with pytest.raises(Conflict, match="made anew"):
        services.request_apply(batch, actor=SYSTEM, as_of=seen)
    services.request_apply(batch, actor=SYSTEM, as_of=batch.planned_at.isoformat())


def test_refuses_rows_that_need_what_is_not_to_be_created(acme, shelf, anna):
    actor = actor_of(anna)
    text = HEADER + "S1;;XPS;;Berlin;;;\nS2;;XPS;;;;;\n"
    batch = planned(acme, text, actor=actor)
    services.decide_unknowns(
        batch,
        [NameChoice("place", "berlin", "REFUSE")],
        actor=actor,
        in_background=False,
    )
    batch.refresh_from_db()
    assert batch.state == "PLANNING"
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    assert counts(batch) == {"CREATE": 1, "REFUSED": 1}
    assert codes(rows(batch)[0]) == ["not_created"]
    assert unknowns(batch) == {
        ("product", "XPS", 2, "CREATE"),
        ("place", "Berlin", 1, "REFUSE"),
    }


def test_refuses_a_holder_known_by_name_only(acme, shelf):
    batch = planned(acme, "Serial;Model;Assigned to\nS1;XPS;Nobody Here\n")
    assert codes(rows(batch)[0]) == ["person_unknown"]


def test_refuses_a_name_that_two_people_have(acme, shelf):
    make_user(acme, "Jan", email="jan1@acme.example")
    make_user(acme, "Jan", email="jan2@acme.example")
    batch = planned(acme, "Serial;Model;Assigned to\nS1;XPS;Jan Example\n")
    (row,) = rows(batch)
    assert codes(row) == ["ambiguous"]
    assert "jan1@acme.example" in sentence_of(row)


@pytest.mark.parametrize(
    "text", ["Emil Example", "Example, Emil", "Emil Example (unknown.login)"]
)
def test_finds_the_holder_by_full_name(acme, shelf, emil, text):
    batch = planned(acme, f'Serial;Model;Assigned to\nS1;XPS;"{text}"\n')
    assert rows(batch)[0].changes["holder_name"] == ["", "Emil Example"]


def test_finds_the_holder_by_the_user_name_behind_the_name(acme, shelf):
    for login in ("jan.one", "jan.two"):
        make_user(acme, "Jan", email=f"{login}@acme.example", username=login)
    batch = planned(acme, "Serial;Model;Assigned to\nS1;XPS;Jan Example (jan.two)\n")
    apply_all(batch)
    assert Asset.objects.get().user.username == "jan.two"


@pytest.mark.parametrize("state", ["Broken", "Retired", "Ordered"])
def test_refuses_a_holder_beside_a_state_that_has_none(acme, shelf, emil, state):
    batch = planned(acme, HEADER + f"S1;;XPS;emil@acme.example;;{state};;\n")
    assert codes(rows(batch)[0]) == ["holder_beside_state"]


def test_amounts_that_name_no_currency_are_in_the_one_that_was_chosen(acme, shelf):
    batch = upload(acme, HEADER + "S1;;XPS;;;;10.50;\nS2;;XPS;;;;20.50 USD;\n")
    services.set_columns(
        batch,
        mapping=batch.mapping,
        options={"currency": "PLN"},
        default_address=shelf,
        actor=SYSTEM,
    )
    make_plan(batch)
    found = [row.changes["currency"][1] for row in rows(batch)]
    assert found == ["PLN", "USD"]


def test_tells_what_the_words_of_states_mean(acme):
    batch = upload(acme, HEADER + "S1;;;;;Kaputt?;;\nS2;;;;;Pending;;\nS3;;;;;Hm;;\n")
    assert formats.column_of(batch.options, 5)["means"] == {
        "IN_REPAIR": ["Kaputt?"],
        "STORAGE": ["Pending"],
    }


def test_refuses_a_row_without_holder_and_place(acme):
    batch = planned(acme, HEADER + "S1;;XPS;;;;;\n")
    assert codes(rows(batch)[0]) == ["no_place"]


def test_refuses_a_claimed_device_by_its_workflow(acme, emil, anna):
    asset = make_asset(emil, "S1")
    Claim.objects.create(
        company=acme, asset=asset, kind="RETURN", reference="RET-1", workflow_id=anna.id
    )
    batch = planned(acme, HEADER + "S1;;;;;;;note\n")
    (row,) = rows(batch)
    assert codes(row) == ["claimed"]
    assert "RET-1" in sentence_of(row)


def test_refuses_states_of_workflows(acme, shelf):
    batch = planned(acme, HEADER + "S1;;XPS;;;In transit;;\n")
    assert codes(rows(batch)[0]) == ["workflow_state"]


def test_a_serial_of_an_archived_device_shows_the_archived_one(acme, shelf, office):
    asset = make_asset(shelf, "S1")
    inventory.retire(asset, "SOLD", actor=SYSTEM)
    batch = planned(acme, HEADER + "S1;;;;;Archived;;\n")
    assert counts(batch) == {"SAME": 1}
    batch = planned(acme, HEADER + "S1;;;;Warsaw office;In stock;;\n")
    assert rows(batch)[0].changes == {
        "state": ["ARCHIVED", "STORAGE"],
        "location": ["", "Warsaw office"],
    }


def test_prefers_the_product_of_the_model_number(acme, shelf):
    make_product(acme, "XPS", model_number="9310")
    batch = planned(acme, "Serial;Model;Model number\nS1;XPS;9310\nS2;;9310\n")
    assert counts(batch) == {"CREATE": 2}
    assert not batch.unknowns.exists()


def test_does_not_see_another_company(acme, shelf, globex, gina):
    make_asset(gina, "S1", asset_tag="T1")
    batch = planned(acme, HEADER + "S1;T1;XPS;gina@globex.example;;;;\n")
    assert counts(batch) == {"REFUSED": 1}
    assert ("person", "gina@globex.example", 1, "REFUSE") in unknowns(batch)


def test_does_not_inherit_what_another_company_decided(acme, shelf, globex):
    text = HEADER + "S1;;XPS;;Nowhere;;;\n"
    theirs = planned(globex, text)
    services.decide_unknowns(
        theirs,
        [NameChoice("place", "nowhere", "REFUSE")],
        actor=SYSTEM,
        in_background=False,
    )
    planning.make_plan(theirs.pk)
    batch = planned(acme, text)
    assert counts(batch) == {"CREATE": 1}
    assert ("place", "Nowhere", 1, "CREATE") in unknowns(batch)


def test_asks_for_the_order_of_dates_when_the_file_does_not_tell(acme, shelf):
    text = "Serial;Model;Purchase date\nS1;XPS;03/04/2025\n"
    batch = upload(acme, text)
    assert batch.options["date_order"] == "AMBIGUOUS"
    answers = {**batch.options, "date_order": "DAY_FIRST"}
    services.set_columns(
        batch,
        mapping=batch.mapping,
        options=answers,
        default_address=shelf,
        actor=SYSTEM,
    )
    make_plan(batch)
    assert rows(batch)[0].changes["purchase_date"] == ["", "2025-04-03"]


def test_reckons_the_end_of_the_warranty(acme, shelf):
    text = "Serial;Model;Purchase date;Warranty\nS1;XPS;2024-01-31;13 months\n"
    batch = planned(acme, text)
    assert rows(batch)[0].changes["warranty_ends_on"] == ["", "2025-02-28"]


def test_a_file_without_keys_is_not_planned(acme, shelf):
    batch = upload(acme, "Model;Assigned to\nXPS;Emil\n")
    with pytest.raises(Invalid, match="tells devices apart"):
        services.request_plan(batch, actor=SYSTEM)
    batch.refresh_from_db()
    assert batch.state == "UPLOADED"


def test_a_plan_is_made_by_one_worker(acme, shelf):
    batch = upload(acme, HEADER + "S1;;XPS;;;;;\nS2;;XPS;;;;;\n")
    services.request_plan(batch, actor=SYSTEM, in_background=False)
    first = planning._Plan(planning._take_over(batch.pk))
    assert planning.make_plan(batch.pk) is False
    Batch.objects.update(is_begun=False)  # by the sweep: it seems to be dead
    assert planning.make_plan(batch.pk)
    with pytest.raises(progress.Overtaken):
        first.add([])
    assert len(rows(batch)) == 2


def test_an_employee_may_not_upload(acme, emil):
    with pytest.raises(NotAllowed):
        upload(acme, HEADER + "S1;;XPS;;;;;\n", actor=actor_of(emil))
    assert not Batch.objects.exists()


def test_only_a_plan_can_be_applied(acme, shelf):
    batch = upload(acme, HEADER + "S1;;XPS;;;;;\n")
    with pytest.raises(Conflict):
        services.request_apply(batch, actor=SYSTEM)


def test_refused_rows_come_back_with_the_reason(acme, shelf):
    batch = planned(acme, HEADER + 'S1;;XPS;bad;;;;"semi;colon"\n')
    text = "".join(left_out_csv(batch))
    head, line = text.removeprefix("\ufeff").splitlines()
    assert head.endswith(";Notes;Reason")
    assert line.startswith('S1;;XPS;bad;;;;"semi;colon";')
    assert "not an e-mail address" in line
