"""Who a browser is, is remembered by the process and proven by each request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import services, session_store
from apps.accounts.models import StorageAssignment, User
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role

pytestmark = pytest.mark.django_db
# Of its own the page asks nothing.
PAGE = "/accounts/language/"


@pytest.fixture
def browser(anna: User, client_of: Callable[[User], Client]) -> Client:
    """Anna's, known to the process."""
    found = client_of(anna)
    assert found.get(PAGE).status_code == 200
    assert found.session.session_key in session_store._known
    return found


def statements(browser: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200
    return [one["sql"] for one in asked]


def test_who_is_known_costs_one_statement(browser: Client) -> None:
    (asked,) = statements(browser, PAGE)
    assert "django_session" in asked


def end_session(user: User) -> None:
    Session.objects.all().delete()


def let_expire(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def set_password(user: User) -> None:
    user.login.set_password("another-long-password")
    user.login.save()


def lock_out(user: User) -> None:
    type(user.login).objects.filter(pk=user.login_id).update(is_active=False)


def end_all_sessions(user: User) -> None:
    type(user.login).objects.filter(pk=user.login_id).update(session_salt="x")


def delete_login(user: User) -> None:
    user.login.delete()


ENDS = [end_session, let_expire, set_password, lock_out, end_all_sessions, delete_login]


@pytest.mark.parametrize("end", ENDS)
def test_who_may_no_more_is_out_at_once(
    end: Callable[[User], None], browser: Client, anna: User
) -> None:
    end(anna)
    answer = browser.get(PAGE)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_who_signs_out_is_out(browser: Client) -> None:
    key = browser.session.session_key
    browser.post("/accounts/logout/")
    browser.cookies["sessionid"] = key
    assert browser.get(PAGE).status_code == 302


def test_who_left_is_nobody_at_once(browser: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(state="ARCHIVED")
    assert browser.get("/assets/")["Location"] == "/accounts/choose/"


def test_another_role_has_its_rights_at_once(browser: Client, anna: User) -> None:
    assert browser.get("/people/").status_code == 200
    User.objects.filter(pk=anna.pk).update(role=Role.EMPLOYEE)
    assert browser.get("/people/").status_code == 404
    User.objects.filter(pk=anna.pk).update(role=Role.COMPANY_ADMIN)
    assert browser.get("/people/").status_code == 200


def test_a_warehouse_worker_sees_other_places_at_once(
    wanda: User, shelf: Address, office: Address, client_of: Callable[[User], Client]
) -> None:
    there, elsewhere = make_asset(shelf, "SHELVED1"), make_asset(office, "OFFICE1")
    browser = client_of(wanda)
    for _again in range(2):
        assert browser.get(there.get_absolute_url()).status_code == 200
        assert browser.get(elsewhere.get_absolute_url()).status_code == 404
    StorageAssignment.objects.filter(user=wanda).update(address=office)
    assert browser.get(there.get_absolute_url()).status_code == 404
    assert browser.get(elsewhere.get_absolute_url()).status_code == 200
    services.assign_storage(wanda, actor=SYSTEM, address=shelf)
    assert browser.get(there.get_absolute_url()).status_code == 200


def test_names_are_as_they_are_now(browser: Client, anna: User) -> None:
    Company.objects.filter(pk=anna.company_id).update(name="Acme & Sons")
    User.objects.filter(pk=anna.pk).update(first_name="Annabel", language="de")
    page = browser.get(PAGE).content.decode()
    assert "Acme &amp; Sons" in page
    assert "Annabel Example" in page
    assert '<html lang="de">' in page


def test_a_second_company_is_known_at_once_and_chosen(
    browser: Client, anna: User, globex: Company
) -> None:
    other = make_user(globex, "Ann", role=Role.COMPANY_ADMIN)
    User.objects.filter(pk=other.pk).update(login=anna.login)
    assert browser.get("/assets/")["Location"] == "/accounts/choose/"
    for user in (other, anna, other):
        browser.post("/accounts/choose/", {"user": str(user.pk)})
        for _again in range(2):
            page = browser.get(PAGE).content.decode()
            assert f">{user.company.name}<" in page


def test_what_a_request_does_with_its_rows_stays_there(
    browser: Client, anna: User, rf: Any
) -> None:
    key = browser.session.session_key
    for _again in range(2):
        session = session_store.SessionStore(key)
        session["other"] = [1]
        assert session.visitor is not None
        (member,) = session.visitor.choices
        assert member.first_name == "Anna"
        member.first_name = member.company.name = "Changed"
        session.visitor.login.email = "changed@acme.example"
        member.company.mail_weekdays.append(9)
    assert "Changed" not in browser.get(PAGE).content.decode()
    known = session_store._known[key]
    assert 9 not in known.choices[0].company.mail_weekdays
    assert "other" not in known.session


def test_a_key_is_known_for_its_own_session_only(
    browser: Client, gina: User, client_of: Callable[[User], Client]
) -> None:
    other = client_of(gina)
    ours, theirs = browser.session.session_key, other.session.session_key
    data = Session.objects.get(pk=theirs).session_data
    Session.objects.filter(pk=ours).update(session_data=data)
    page = browser.get(PAGE).content.decode()
    assert "Gina Example" in page
    assert "Anna" not in page


def test_what_is_remembered_does_not_grow_for_ever(
    monkeypatch: pytest.MonkeyPatch, anna: User, client_of: Callable[[User], Client]
) -> None:
    monkeypatch.setattr(session_store, "_MOST", 2)
    for _number in range(5):
        assert client_of(anna).get(PAGE).status_code == 200
    assert len(session_store._known) <= 2
