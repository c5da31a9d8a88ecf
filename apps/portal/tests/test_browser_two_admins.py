"""Two admins act on the same device, in two browsers: the second is told, decides, and
archives it; it is found again. Somebody who had left is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.inventory.models import Asset
from apps.people import services as people

pytestmark = [
    pytest.mark.full,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def hand_over(page: Any, person: User) -> None:
    page.locator("summary", has_text="Hand over").click()
    page.get_by_label("To", exact=True).fill(person.email)
    page.get_by_role("button", name="Hand over").click()


def test_the_second_admin_is_told_and_decides(window, anna, emil, acme, shelf):
    olga = make_user(acme, "Olga")
    adam = make_user(acme, "Adam", role=Role.COMPANY_ADMIN)
    laptop = make_asset(shelf, "TWICE-1")
    first, second = window(DESKTOP, anna), window(PHONE, adam)
    for page in (first, second):
        page.goto(laptop.get_absolute_url())
    hand_over(first, emil)
    first.get_by_text("With Emil Example").wait_for()
    hand_over(second, olga)
    second.get_by_role("heading", name="This changed meanwhile").wait_for()
    second.get_by_text("was handed to Emil Example").wait_for()
    laptop.refresh_from_db()
    assert laptop.user == emil
    second.get_by_role("button", name="Do it all the same").click()
    second.get_by_text("With Olga Example").wait_for()
    assert [page.errors for page in (first, second)] == [[], []]


def test_what_was_archived_is_found_and_who_left_comes_back(window, anna, emil, shelf):
    laptop = make_asset(shelf, "LOST-1")
    people.archive(emil, reason="LEFT", actor=SYSTEM)
    page = window(PHONE, anna)
    page.goto(laptop.get_absolute_url())
    page.locator("main summary", has_text="More").click()
    page.get_by_role("link", name="Archive…").click()
    page.get_by_label("Why?").select_option("LOST")
    page.get_by_role("button", name="Archive").click()
    page.get_by_text("It has left the register").wait_for()
    page.get_by_label("Place").select_option(label=str(shelf))
    page.get_by_role("button", name="Put into storage").click()
    page.get_by_text("In storage at").first.wait_for()
    assert Asset.objects.get(pk=laptop.pk).state == "STORAGE"
    page.goto(emil.get_absolute_url())
    page.get_by_role("link", name="Take back…").click()
    page.get_by_label("First working day").fill("2027-01-11")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("works here again").first.wait_for()
    emil.refresh_from_db()
    assert (emil.state, str(emil.start_on)) == ("ACTIVE", "2027-01-11")
    assert page.errors == []
