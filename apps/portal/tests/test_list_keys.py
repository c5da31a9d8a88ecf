"""What the keys, the boxes and the menus of a list do in a browser."""

from __future__ import annotations

import pytest

from apps.conftest import make_asset

pytestmark = [
    pytest.mark.full,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def stored(office):
    for number in range(60):
        make_asset(office, f"STORED{number:03}")


def test_keys_move_choose_and_open(window, anna, stored):
    page = window(DESKTOP, anna)
    page.goto("/assets/?sort=serial_number")
    bar = page.get_by_role("group", name="Selection")
    assert not bar.is_visible()
    for key in ("j", "j", "x", "j", "x"):
        page.keyboard.press(key)
    assert bar.get_by_text("2 selected").is_visible()
    chosen = page.locator("input[name=ids]:checked")
    rows = [box.locator("xpath=ancestor::tr").inner_text() for box in chosen.all()]
    assert ["STORED001" in rows[0], "STORED002" in rows[1]] == [True, True]
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assets/*-*/")
    assert "STORED001" in page.inner_text("main")
    assert page.errors == []


def test_a_page_and_all_that_fit_are_chosen(window, anna, stored):
    page = window(DESKTOP, anna)
    page.goto("/assets/?state=STORAGE")
    page.get_by_label("Select all on this page").check()
    assert page.locator("input[name=ids]:checked").count() == 50
    page.get_by_label("All that fit: 60 assets").check()
    with page.expect_download() as started:
        page.get_by_role("group", name="Selection").get_by_text("CSV").click()
    lines = started.value.path().read_text().splitlines()
    assert len(lines) == 61
    page.get_by_text("Clear selection").click()
    assert page.locator("input[name=ids]:checked").count() == 0
    assert not page.get_by_role("group", name="Selection").is_visible()
    assert page.errors == []


def test_sixteen_rows_are_in_sight(window, anna, stored):
    page = window(DESKTOP, anna)
    page.goto("/assets/")
    ends = page.evaluate(
        "[...document.querySelectorAll('#rows tr')]"
        ".map(row => row.getBoundingClientRect().bottom)"
    )
    assert sum(end <= DESKTOP["height"] for end in ends) >= 16


def test_columns_are_put_in_order(window, anna, stored):
    page = window(DESKTOP, anna)
    page.goto("/assets/")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Since: Further to the left").click()
    page.get_by_text("Show these").click()
    page.wait_for_url("**/assets/")
    heads = [head.inner_text().strip() for head in page.locator("thead th").all()]
    assert heads.index("Since") < heads.index("Holder")
    assert page.errors == []
