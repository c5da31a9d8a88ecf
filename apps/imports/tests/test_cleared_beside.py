"""“(clear)” in one column, and a value of the same thing in another."""

from __future__ import annotations

import pytest

from apps.inventory.models import Asset

from .factories import applied, codes, counts, planned, rows, sentence_of

pytestmark = pytest.mark.django_db

HEADER = (
    "Serial;Model;Location;Assigned to;Username;Holder email;Purchase date;"
    "Warranty months;Warranty end\n"
)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("(clear);;emil@acme.example;;;", "emil@acme.example"),
        ("Emil Example;;(clear);;;", "Emil Example"),
        ("(clear);emil;;;;", "emil"),
        (";;;2024-02-25;36;(clear)", "36"),
    ],
)
def test_is_refused(acme, shelf, emil, cells, said):
    batch = planned(acme, HEADER + f"CL-1;Hub 7;Poznań shelf;{cells}\n")
    assert codes(rows(batch)[0])[0] == "clear_beside_value"
    assert f"“{said}”" in sentence_of(rows(batch)[0])


@pytest.mark.parametrize(
    "cells",
    ["(clear);;;;;", "(clear);;(clear);;;", "(clear);niemand;;;;", "Lager;;(clear);;;"],
)
def test_is_written_where_nothing_contradicts_it(acme, shelf, emil, cells):
    applied(acme, HEADER + "CL-2;Hub 7;;Emil Example;;;;;\n")
    batch = applied(acme, HEADER + f"CL-2;Hub 7;Poznań shelf;{cells}\n")
    assert counts(batch) == {"CHANGE": 1}
    assert Asset.objects.get().address == shelf
