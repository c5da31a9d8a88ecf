"""Every page a person meets, checked by axe-core in a browser, light and dark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.returns import links
from apps.returns import services as returns

pytestmark = [
    pytest.mark.full,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SIZE = {"width": 1280, "height": 900}


@pytest.fixture
def ret(emil, laptop, office, shelf):
    make_asset(office, "STORED1")
    started = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    returns.contact_due(started.id, actor=SYSTEM)
    started.refresh_from_db()
    return started


def problems(page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # Off unless asked for: who speaks to the page says what they see.
    rules = {"label-content-name-mismatch": {"enabled": True}}
    found = axe.run(page, options={"rules": rules}).response["violations"]
    return [f"{page.url} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]


def test_admin_pages_have_no_barriers(window, anna, ret, laptop):
    page = window(SIZE, anna)
    found = []
    for path in (
        "/",
        "/assets/",
        "/assets/add/",
        laptop.get_absolute_url(),
        "/people/",
        ret.user.get_absolute_url(),
        "/returns/",
        "/returns/new/?kind=OFFBOARDING",
        ret.get_absolute_url(),
        "/receive/",
        "/addresses/",
        "/imports/",
        "/imports/new/",
        "/mails/",
        "/history/",
        "/search/?q=mac",
    ):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            page.wait_for_load_state("networkidle")
            found += problems(page)
    assert found == []
    assert page.errors == []


def test_leaver_and_sign_in_pages_have_no_barriers(window, ret):
    page = window({"width": 390, "height": 844})
    found = []
    link = links.url(ret).partition("testserver")[2]
    for path in (link, "/accounts/login/", "/accounts/password/reset/"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            found += problems(page)
    assert found == []
