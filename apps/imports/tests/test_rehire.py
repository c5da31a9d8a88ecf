"""Rows of people who have left: they come back, or the way back is told. Nothing is
shown as done that was not."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.imports.targets.undo_rules import USER_STATE
from apps.inventory import services as inventory
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
)

pytestmark = [pytest.mark.full, pytest.mark.django_db]

HEADER = "First name,Last name,Email,Employee number"
# As the company has it, whose list says the days.
TODAY = timezone.localdate(timezone=ZoneInfo("Europe/Warsaw"))
LATER = TODAY + timedelta(days=40)


def list_of(*cells: str, columns: str = "Start date") -> str:
    return "\n".join([f"{HEADER},{columns}", *(f"Rita,Returns,{c}" for c in cells), ""])


@pytest.fixture
def rita(acme) -> User:
    """Known by number alone is enough: no user name, no sign-in."""
    fields = {
        "first_name": "Rita",
        "last_name": "Returns",
        "email": "rita.returns@acme.example",
        "employee_number": "0042",
        "start_on": date(2024, 11, 20),
    }
    user = accounts.create(actor=SYSTEM, company=acme, **fields)
    return people.archive(user, reason="LEFT", actor=SYSTEM)


@pytest.fixture
def offboarded(rita) -> User:
    User.objects.filter(pk=rita.pk).update(
        state="OFFBOARDED", end_on=TODAY - timedelta(days=30)
    )
    rita.refresh_from_db()
    return rita


def test_the_same_file_again_tells_the_way_back(acme, rita):
    batch = applied(acme, list_of("rita.returns@acme.example,0042,2024-11-20"))
    (row,) = rows(batch)
    assert counts(batch) == {"REFUSED": 1}
    assert codes(row) == ["has_left"]
    assert "take them back on their page" in sentence_of(row)
    assert row.problems[0]["candidates"][0]["id"] == str(rita.pk)
    rita.refresh_from_db()
    assert rita.state == "ARCHIVED"


@pytest.mark.parametrize("start", [TODAY + timedelta(days=1), LATER])
def test_a_new_first_day_brings_them_back(acme, rita, start):
    text = list_of(f"rita.returns@acme.example,0042,{start}")
    batch = planned(acme, text)
    (row,) = rows(batch)
    assert (row.verdict, row.changes[USER_STATE]) == ("REHIRE", ["ARCHIVED", "ACTIVE"])
    apply_all(batch)
    rita.refresh_from_db()
    # At once, also for a day ahead: the table knows no way back to "joins soon".
    assert (rita.state, rita.start_on, rita.end_on) == ("ACTIVE", start, None)
    event = Event.objects.get(type="user.rehired")
    assert event.payload["from"] == "ARCHIVED"
    assert batch.id in event.refs
    assert counts(applied(acme, text)) == {"SAME": 1}


def test_an_offboarded_person_comes_back_without_their_last_day(acme, offboarded):
    text = list_of(f",0042,{TODAY}")
    batch = applied(acme, text)
    offboarded.refresh_from_db()
    assert counts(batch) == {"REHIRE": 1}
    assert (offboarded.state, offboarded.end_on) == ("ACTIVE", None)


@pytest.mark.parametrize(
    ("columns", "cell", "verdict"),
    [
        ("Active", "yes", "REHIRE"),
        ("Active", "no", "SAME"),
        ("Active", "", "REFUSED"),
        ("Department", "Sales", "REFUSED"),
        ("End date", str(LATER), "REHIRE"),
        ("End date", "2025-01-31", "CHANGE"),
        ("Start date,End date", "2024-11-20,2025-01-31", "CHANGE"),
        ("Start date,End date", f"{TODAY},2025-01-31", "CHANGE"),
        ("Start date,Active", f"{LATER},no", "CHANGE"),
        ("Start date", "2023-01-01", "REFUSED"),
        ("Start date", "", "REFUSED"),
    ],
)
def test_what_the_row_states_decides(acme, rita, columns, cell, verdict):
    text = list_of(f"rita.returns@acme.example,0042,{cell}", columns=columns)
    batch = applied(acme, text)
    assert counts(batch) == {verdict: 1}
    rita.refresh_from_db()
    assert rita.state == ("ACTIVE" if verdict == "REHIRE" else "ARCHIVED")


def test_a_first_day_before_the_last_one_is_no_way_back(acme, offboarded):
    day = offboarded.end_on - timedelta(days=3)
    batch = planned(acme, list_of(f",0042,{day},yes", columns="Start date,Active"))
    assert codes(rows(batch)[0]) == ["starts_before_end"]


def test_rights_never_come_back_by_a_file(acme, anna, rita):
    accounts.update(rita, actor=SYSTEM, role=Role.COMPANY_ADMIN)
    batch = applied(acme, list_of(f",0042,{LATER}"))
    assert codes(rows(batch)[0]) == ["has_left"]
    rita.refresh_from_db()
    assert rita.state == "ARCHIVED"


def test_undo_makes_them_leave_again(acme, offboarded):
    end_on = offboarded.end_on
    batch = applied(acme, list_of(f",0042,{TODAY}"))
    batch = undo_all(batch)
    offboarded.refresh_from_db()
    assert (batch.undone_rows, batch.kept_rows) == (1, 0)
    assert (offboarded.state, offboarded.end_on) == ("OFFBOARDED", end_on)
    assert offboarded.start_on == date(2024, 11, 20)
    restored = Event.objects.filter(type="user.restored", subject_id=offboarded.pk)
    assert restored.get().payload["state"] == "OFFBOARDED"


def test_undo_keeps_whoever_has_been_handed_something(acme, shelf, rita):
    batch = applied(acme, list_of(f",0042,{LATER}"))
    rita.refresh_from_db()
    inventory.hand_over(make_asset(shelf, "R1"), rita, actor=SYSTEM)
    batch = undo_all(batch)
    rita.refresh_from_db()
    assert (rita.state, batch.kept_rows) == ("ACTIVE", 1)
    assert str(rows(batch)[0].kept) == "They hold equipment."


def test_undo_keeps_whoever_has_left_again(acme, rita):
    batch = applied(acme, list_of(f",0042,{LATER}"))
    people.archive(User.objects.get(pk=rita.pk), reason="LEFT", actor=SYSTEM)
    batch = undo_all(batch)
    assert batch.kept_rows == 1
    assert "left again" in str(rows(batch)[0].kept)


def test_many_come_back_by_the_events_of_one(acme):
    left = [make_user(acme, name, end_on=None) for name in ("Ada", "Bo", "Cy")]
    for user in left:
        people.archive(user, reason="LEFT", actor=SYSTEM)
    lines = "".join(f"{u.first_name},{u.email},{LATER}\n" for u in left)
    batch = applied(acme, "First name,Email,Start date\n" + lines)
    assert counts(batch) == {"REHIRE": 3}
    many = Event.objects.filter(type="user.rehired").values_list("payload", flat=True)
    people.archive(User.objects.get(pk=left[0].pk), reason="LEFT", actor=SYSTEM)
    one = people.rehire(User.objects.get(pk=left[0].pk), actor=SYSTEM, start_on=LATER)
    assert one.state == "ACTIVE"
    last = Event.objects.filter(type="user.rehired").latest("id").payload
    keys = {tuple(sorted(payload)) for payload in many}
    assert keys == {tuple(sorted(last))}


def test_the_page_of_the_plan_names_the_verdict(acme, anna, rita, client_of):
    batch = planned(acme, list_of(f",0042,{LATER}"))
    page = client_of(anna).get(reverse("imports:detail", args=[batch.pk]))
    assert "Comes back" in page.content.decode()
    assert "At work" in page.content.decode()
