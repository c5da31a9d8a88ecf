"""The page of a plan: what is looked for, what changed since, what is wrong."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.templatetags.ui import grouped, state_badge
from apps.imports import services
from apps.imports.models import Batch
from apps.inventory import services as inventory

from .factories import codes, planned, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, anna) -> Client:
    client.force_login(anna.login)
    return client


def page(client: Client, batch: Batch, query: str = "") -> str:
    answer = client.get(reverse("imports:detail", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_says_all_that_is_wrong_with_it(acme, shelf, signed_in):
    batch = planned(
        acme,
        "Serial;Model;Holder;Purchase date;Price\n"
        "P-1;Surface Go;Nobody Known;31/02/2024;many EUR\n",
    )
    (row,) = rows(batch)
    assert codes(row) == ["person_unknown"]
    assert sorted(one["code"] for one in row.warnings) == ["bad_money", "no_such_day"]
    text = page(signed_in, batch)
    assert "Nobody Known" in text
    assert "many EUR" in text


def test_what_hangs_on_a_damaged_cell_is_not_told(acme, signed_in):
    """Without a place it could not be; whether it has one the damaged cell says."""
    batch = planned(acme, "Serial;Model;Location\nP-1;Surface Go;#REF!\n")
    (row,) = rows(batch)
    assert codes(row) == ["spreadsheet_error"]


def test_tabs_keep_what_is_looked_for(acme, shelf, emil, signed_in):
    make_asset(emil, "P-9", notes="same")
    batch = planned(acme, "Serial;Model;Notes\nP-1;Surface Go;\nP-9;;same\n")
    text = page(signed_in, batch, "?verdict=CREATE&q=surface+go")
    assert "?verdict=SAME&amp;q=surface+go" in text
    assert "?verdict=REFUSED&amp;q=surface+go" in text


def test_shows_the_rows_that_changed_after_the_plan(acme, shelf, emil, signed_in):
    first = make_asset(emil, "P-1", notes="old")
    make_asset(emil, "P-2", notes="old")
    batch = planned(acme, "Serial;Model;Notes\nP-1;;new\nP-2;;new\nP-3;Surface Go;\n")
    inventory.update(first, actor=SYSTEM, notes="newer")
    make_asset(shelf, "P-3")
    text = page(signed_in, batch, "?stale=yes")
    assert "P-1" in text
    assert "P-3" in text
    assert "P-2" not in text
    assert 'aria-current="page"' not in text.split('class="tabs"')[1].split("</nav>")[0]
    changes = page(signed_in, batch, "?verdict=CHANGE&stale=yes")
    assert "P-1" in changes
    assert "P-3" not in changes.split('id="rows"')[1]
    stale = signed_in.get(reverse("imports:stale", args=[batch.pk]))
    assert "?stale=yes" in stale.content.decode()


def test_a_plan_with_nothing_to_apply_is_not_ready(acme, shelf, emil, signed_in):
    make_asset(emil, "P-9", notes="same")
    batch = planned(acme, "Serial;Notes\nP-9;same\n")
    listed = signed_in.get(reverse("imports:list")).content.decode()
    shown = listed.partition('id="rows"')[2]
    assert "Nothing to apply" in shown
    assert "Ready to apply" not in shown
    refused = planned(acme, "Serial;Model;Price\nP-8;Surface Go;many\n")
    assert "amber" in state_badge(refused.state, refused.badge)
    assert "grey" in state_badge(batch.state, batch.badge)
    assert 'title="PLANNED"' in state_badge(batch.state, batch.badge)
    ready = planned(acme, "Serial;Model\nP-7;Surface Go\n")
    assert "Ready to apply" in state_badge(ready.state, ready.badge)


def test_counts_are_grouped_in_the_reader_s_language(acme, signed_in):
    file = SimpleUploadedFile("much.csv", b"Serial;Model\nP-1;XPS\n")
    batch = services.upload(acme, file, actor=SYSTEM, in_background=False)
    Batch.objects.filter(pk=batch.pk).update(
        state="APPLIED",
        total_rows=181234,
        applied_rows=170001,
        kind="ASSETS",
        counts={"CREATE": 170001, "SAME": 11233},
        planned_at=batch.created_at,
    )
    listed = signed_in.get(reverse("imports:list")).content.decode()
    assert "181,234" in listed
    assert "170,001 new" in listed
    assert '<span class="count">170,001</span>' in page(signed_in, batch)
    with translation.override("de"):
        assert str(grouped(1234567)) == "1.234.567"
    assert grouped(3) == 3
