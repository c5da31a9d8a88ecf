"""COPY writes what it is given, whatever it holds."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DataError, transaction

from apps.core.bulk import copy_rows, uncollected
from apps.core.ids import uuid7
from apps.imports.models import Made
from apps.imports.tests.factories import upload

NASTY = (
    "",
    "null",
    r"\.",
    r"\n and \\N",
    'say "yes", or ""',
    "two\r\nlines\tand a tab",
    "a bell \x07 and a \x7f",
    '"\\\n"',
    "Łódź 🖥 漢字",
)
COLUMNS = ("company_id", "batch_id", "kind", "target_id", "value", "version")


@pytest.fixture
def batch(acme):
    return upload(acme, "Serial\nS1\n")


@pytest.mark.django_db
def test_texts_come_back_as_they_were(batch, acme):
    now = datetime.now(UTC)
    wanted = {uuid7(): text for text in NASTY}
    rows = (
        (acme.id, batch.id, "place", pk, text, now if text else None)
        for pk, text in wanted.items()
    )

    assert copy_rows(Made, COLUMNS, rows) == len(NASTY)

    found = Made.objects.filter(company=acme)
    assert {one.target_id: one.value for one in found} == wanted
    assert {one.version for one in found} == {None, now}


@pytest.mark.django_db
def test_amounts_keep_their_digits(batch, acme):
    row = (acme.id, batch.id, "place", uuid7(), Decimal("1299.50"), None)
    copy_rows(Made, COLUMNS, [row])
    assert Made.objects.get().value == "1299.50"


@pytest.mark.django_db
def test_no_rows_are_none(batch):
    assert copy_rows(Made, COLUMNS, []) == 0
    assert not Made.objects.exists()


@pytest.mark.django_db
def test_a_nul_is_refused_as_data(batch, acme):
    row = (acme.id, batch.id, "place", uuid7(), "a\x00b", None)
    with pytest.raises(DataError), transaction.atomic():
        copy_rows(Made, COLUMNS, [row])
    assert not Made.objects.exists()


def test_garbage_is_looked_for_again_after_an_error():
    @uncollected()
    def fail() -> None:
        assert not gc.isenabled()
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert gc.isenabled()
