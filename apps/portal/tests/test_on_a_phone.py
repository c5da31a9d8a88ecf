"""At 390 pixels nothing is out of sight, cut or beside its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.notifications.models import Message
from apps.returns import services as returns

pytestmark = [
    pytest.mark.full,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
# Boxes of the page's content that stand, in part, beside the screen; tabs, filters and
# the bar of a selection are strips that a finger moves.
CUT = """() => [...document.querySelectorAll('main *')]
  .filter(one => one.checkVisibility())
  .filter(one => !one.closest('.tabs, .filters, .bulk-bar, .visually-hidden'))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def ret(acme, shelf, office):
    leaver = make_user(
        acme,
        "Wolfeschlegelsteinhausen",
        last_name="Brzęczyszczykiewicz-Müller",
        private_email="wolfeschlegelsteinhausen.bergerdorff@a-long-home.example",
    )
    asset = make_asset(leaver, "S" * 40, name="Model of sixty characters " * 2)
    started = returns.start_offboarding(
        leaver,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={asset.id: "RETURN"},
    )
    returns.contact_due(started.id, actor=SYSTEM)
    Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=started.pk,
        recipient=leaver.private_email,
        subject="Please send your equipment of Acme back before you leave us",
        body="Hello",
        message_id="<1@tequipy>",
        state="PAST",
        occurred_at=timezone.now() - timedelta(days=2),
    )
    started.refresh_from_db()
    return started


def test_nothing_is_cut(window, anna, ret):
    page = window(PHONE, anna)
    paths = ["/", "/assets/", "/people/", "/returns/", "/mails/", "/addresses/"]
    paths += [ret.get_absolute_url(), ret.user.get_absolute_url(), "/history/"]
    cut = {}
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        cut[path] = page.evaluate(CUT)
    assert {path: boxes for path, boxes in cut.items() if boxes} == {}


def test_every_part_of_the_product_is_two_taps_away(window, anna, ret):
    page = window(PHONE, anna)
    for name in ("Assets", "Imports", "Mails", "History", "Storage", "Home"):
        rail = page.get_by_role("navigation", name="Main")
        link = rail.get_by_role("link", name=name, exact=True)
        if not link.is_visible():
            rail.get_by_text("More", exact=True).click()
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        link.click()
        heading = "Acme" if name == "Home" else name
        page.get_by_role("heading", level=1, name=heading).wait_for()
    assert page.errors == []


def test_a_place_reads_name_first(window, anna, shelf):
    page = window(PHONE, anna)
    page.goto("/addresses/")
    name = page.get_by_role("link", name=shelf.name).bounding_box()
    kind = page.locator("td", has_text="Shelf in a Tequipy warehouse").bounding_box()
    assert name["x"] < 60
    assert kind["x"] > name["x"] + name["width"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_what_stands_alone_stands_in_the_middle(window, size, path):
    page = window(size)
    page.goto(path)
    box = page.locator("main").bounding_box()
    assert abs(box["x"] + box["width"] / 2 - size["width"] / 2) < 2
    assert abs(box["y"] + box["height"] / 2 - size["height"] / 2) < 60
