from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import membership
from apps.accounts.models import Login, User
from apps.accounts.states import UserState
from apps.conftest import PASSWORD, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.imports.columns import detection, headers
from apps.imports.states import Kind
from apps.inventory import services as inventory
from apps.returns import services as returns

pytestmark = pytest.mark.django_db

PERSON = {
    "first_name": "Łukasz",
    "last_name": "Brzęczyszczykiewicz-Müller",
    "email": "lukasz@acme.example",
    "role": "EMPLOYEE",
}


def url(name: str, *args) -> str:
    return reverse(f"people:{name}", args=args)


def test_list_finds_by_name_and_filters(anna, emil, gina, client_of):
    client = client_of(anna)
    page = client.get(url("list")).text
    assert "emil@acme.example" in page
    assert "gina@globex.example" not in page
    assert "emil@acme.example" in client.get(url("list"), {"q": "emi exa"}).text
    assert "emil@acme.example" not in client.get(url("list"), {"q": "nobody"}).text
    admins = client.get(url("list"), {"role": "COMPANY_ADMIN"}).text
    assert "anna@acme.example" in admins
    assert "emil@acme.example" not in admins


def test_list_goes_on_where_it_stopped(acme, anna, client_of):
    for number in range(55):
        make_user(acme, f"P{number:02}", last_name=f"Z{number:02}")
    client = client_of(anna)
    first = client.get(url("list"))
    second = client.get(url("list"), {"after": first.context["page"].after})
    rows = [row for page in (first, second) for row in page.context["page"].rows]
    names = [last for _pk, (_first, last, *_rest), *_cells in rows]
    assert names == sorted(names)
    assert len(names) == 56
    assert second.context["page"].after == ""


def test_list_costs_the_same_for_one_and_fifty(
    acme, anna, client_of, django_assert_max_num_queries
):
    for number in range(50):
        make_user(acme, f"P{number:02}", country_id="DE")
    client = client_of(anna)
    client.get(url("list"))
    with django_assert_max_num_queries(4):
        page = client.get(url("list"))
    assert len(page.context["page"].rows) == 50
    assert len(page.context["page"].body) < 24_000
    assert len(page.content) < 40_000


def test_people_are_sorted_as_they_are_looked_up(acme, anna, client_of):
    """By the last name, then the first, without case and accents, on any server."""
    names = [
        ("Zoë", "Ångström"),
        ("Ada", "angstrom"),
        ("Ewa", "Łącka"),
        ("Bo", "Lacka Nowak"),
        ("Ida", "Müller"),
        ("Udo", "Mueller"),
        ("Prince", ""),
        ("Jan", "de Vries"),
    ]
    for first, last in names:
        make_user(acme, first, last_name=last)
    client = client_of(anna)

    def firsts(**query: str) -> list[str]:
        rows = client.get(url("list"), query).context["page"].rows
        return [cells[0][0] for _pk, *cells in rows if cells[0][0] != "Anna"]

    expected = ["Ada", "Zoë", "Jan", "Ewa", "Bo", "Udo", "Ida", "Prince"]
    assert firsts() == expected
    assert firsts(sort="-person") == expected[::-1]
    User.objects.filter(first_name="Ida").update(last_name="Abel")
    assert firsts()[0] == "Ida"


def test_people_show_how_many_things_they_hold(anna, emil, laptop, client_of):
    make_asset(emil, "SECOND1")
    client = client_of(anna)
    page = client.get(url("list")).text
    link = f'<a href="/assets/?user={emil.pk}">2</a>'
    assert link in page
    opened = client.get(f"/assets/?user={emil.pk}").context["page"]
    assert (opened.total, len(opened.rows)) == (2, 2)


def test_list_refuses_a_broken_cursor_and_an_unknown_filter(anna, client_of):
    client = client_of(anna)
    assert client.get(url("list"), {"after": "garbage"}).status_code == 400
    assert client.get(url("list"), {"state": "GONE"}).status_code == 400


def test_export_is_taken_back_by_our_importer(anna, emil, gina, client_of):
    answer = client_of(anna).get(url("export"), {"q": "emil"})
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    mapping = headers.guess_mapping(rows[0], Kind.PEOPLE)
    assert detection.detect_kind(rows[0]).kind is Kind.PEOPLE
    known = [c for c in mapping.columns if c.target]
    assert {c.confidence for c in known} == {headers.Confidence.KNOWN}
    assert {c.header for c in mapping.columns} - {c.header for c in known} == {"Holds"}
    assert [row[0] for row in rows[1:]] == ["emil@acme.example"]


def test_export_shows_formulas_as_text(acme, anna, client_of):
    make_user(acme, "Mallory", last_name="=1+1", phone="+48 601 123-456")
    answer = client_of(anna).get(url("export"), {"q": "mallory", "columns": "all"})
    text = b"".join(answer).decode()
    assert "'=1+1" in text
    assert ",+48 601 123-456" in text


def test_adds_a_person(anna, client_of):
    answer = client_of(anna).post(url("add"), PERSON)
    person = User.objects.get(email="lukasz@acme.example")
    assert answer.headers["Location"] == url("detail", person.pk)
    assert person.company == anna.company
    assert person.state == UserState.ACTIVE


def test_keeps_the_input_when_the_email_is_taken(anna, emil, client_of):
    before = Event.objects.count()
    page = client_of(anna).post(url("add"), {**PERSON, "email": emil.email})
    assert page.status_code == 200
    assert page.context["form"].errors["email"]
    assert "Brzęczyszczykiewicz-Müller" in page.text
    assert Event.objects.count() == before


def test_gives_no_platform_role(anna, client_of):
    page = client_of(anna).post(url("add"), {**PERSON, "role": "INTERNAL_ADMIN"})
    assert page.context["form"].errors["role"]
    assert not User.objects.filter(email=PERSON["email"]).exists()


def test_edits_a_person(anna, emil, client_of):
    values = {**PERSON, "email": emil.email, "country": "DE"}
    client_of(anna).post(url("edit", emil.pk), values)
    emil.refresh_from_db()
    assert (emil.first_name, emil.country_id) == ("Łukasz", "DE")
    assert Event.objects.filter(type="user.updated", subject_id=emil.pk).exists()


def test_person_page_shows_what_they_have_now_and_had_then(
    anna, emil, office, client_of
):
    then = timezone.now() - timedelta(days=30)
    laptop = make_asset(emil, "OLDSERIAL1", at=then)
    inventory.receive(
        laptop, office, actor=SYSTEM, at=timezone.now() - timedelta(days=10)
    )
    make_asset(emil, "NEWSERIAL2")
    client, page = client_of(anna), url("detail", emil.pk)
    now = client.get(page)
    assert "NEWSERIAL2" in now.text
    assert "OLDSERIAL1" not in now.text
    day = (timezone.now() - timedelta(days=20)).date().isoformat()
    had = client.get(page, {"on": day}).context["had"]
    assert [row.asset.serial_number for row in had] == ["OLDSERIAL1"]
    assert client.get(page, {"on": "yesterday"}).status_code == 400
    early = client.get(page, {"on": "1971-01-01"})
    assert early.context["had"] == []


def test_person_page_offers_the_open_return(anna, emil, laptop, shelf, client_of):
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    page = client_of(anna).get(url("detail", emil.pk)).text
    assert ret.reference in page
    assert ret.get_absolute_url() in page


def test_invites_and_tells_with_which_address_they_sign_in(acme, anna, client_of):
    person = User.objects.create(
        company=acme, first_name="New", email="new@acme.example", state="ACTIVE"
    )
    client = client_of(anna)
    client.post(url("invite", person.pk))
    assert "not accepted yet" in client.get(url("detail", person.pk)).text
    person.refresh_from_db()
    assert person.login is None
    invitation = person.invitations.get()
    login = Login.objects.create_user("own@home.example", PASSWORD)
    membership.accept(invitation, login=login, link_version=1)
    assert "own@home.example" in client.get(url("detail", person.pk)).text
    asked = client.post(url("end_sign_in", person.pk), {"reason": ""})
    assert list(asked.context["form"].errors) == ["reason"]
    client.post(url("end_sign_in", person.pk), {"reason": "NOT_NEEDED"})
    person.refresh_from_db()
    assert person.login is None


def test_an_invitation_is_withdrawn(acme, anna, client_of):
    person = User.objects.create(
        company=acme, first_name="New", email="new@acme.example", state="ACTIVE"
    )
    client = client_of(anna)
    client.post(url("invite", person.pk))
    client.post(url("withdraw_invitation", person.pk))
    assert person.invitations.get().state == "WITHDRAWN"


def test_gives_a_warehouse_worker_a_place(acme, anna, office, client_of):
    worker = make_user(acme, "Wojtek", role=Role.STORAGE)
    client_of(anna).post(url("add_workplace", worker.pk), {"address": office.pk})
    assert worker.storage_assignments.get().address == office
    assert "Warsaw office" in client_of(anna).get(url("detail", worker.pk)).text


def test_archive_page_names_what_goes_and_does_it(anna, emil, laptop, client_of):
    client = client_of(anna)
    page = client.get(url("archive", emil.pk)).text
    assert "still has 1 asset" in page
    assert laptop.serial_number in page
    client.post(url("archive", emil.pk), {"way": "GIVEN_AWAY", "reason": "LEFT"})
    emil.refresh_from_db()
    laptop.refresh_from_db()
    assert emil.state == UserState.ARCHIVED
    assert laptop.archive_reason == "GIVEN_AWAY"


def test_archive_says_which_return_is_open(anna, emil, laptop, shelf, client_of):
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    client, page = client_of(anna), url("archive", emil.pk)
    answer = client.post(
        page,
        {"way": "ARCHIVED", "reason": "LEFT"},
        headers={"referer": f"http://testserver{page}"},
        follow=True,
    )
    assert ret.reference in answer.text
    emil.refresh_from_db()
    assert emil.state == UserState.ACTIVE


POSTS = ["invite", "withdraw_invitation", "add_workplace"]
WITH_PERSON = ["detail", "edit", "archive", "erase", "end_sign_in", *POSTS]


@pytest.mark.parametrize("name", WITH_PERSON)
def test_other_company_sees_404(emil, gina, client_of, name):
    before = Event.objects.count()
    client = client_of(gina)
    method = client.post if name in POSTS else client.get
    assert method(url(name, emil.pk)).status_code == 404
    assert client.post(url(name, emil.pk)).status_code in (404, 405)
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", ["list", "add", "export", *WITH_PERSON])
def test_employee_and_warehouse_see_404(emil, wanda, client_of, name):
    args = [emil.pk] if name in WITH_PERSON else []
    for person in (emil, wanda):
        assert client_of(person).get(url(name, *args)).status_code == 404


def test_wrong_methods_are_refused(anna, emil, client_of):
    client = client_of(anna)
    assert client.get(url("invite", emil.pk)).status_code == 405
    assert client.post(url("detail", emil.pk)).status_code == 405
    assert client.post(url("list")).status_code == 405


def test_visitors_are_asked_to_sign_in(client, emil):
    answer = client.get(url("detail", emil.pk))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
