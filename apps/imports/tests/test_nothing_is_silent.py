"""Whatever a row states is written, or refused, or asked, or warned about: each field,
beside each of the others that decide where it could go.

A cell that says something else than the register has is put into a row, alone or beside
others; then the register has it, or the row says of its column what became of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address, Company
from apps.conftest import make_product, make_user
from apps.core.actor import SYSTEM
from apps.imports import services
from apps.imports.columns.cells import told_of
from apps.imports.columns.fields import FIELDS
from apps.imports.models import Batch, BatchRow
from apps.imports.run import planning
from apps.imports.states import LEFT_OUT, Kind
from apps.imports.targets import TARGETS
from apps.imports.targets.unresolved import NameChoice
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.shipping.models import Shipment

from .factories import applied, apply_all, make_plan, planned, read_now, rows, upload
from .stated import OF_DEVICES, OF_PEOPLE, SAYS, Says, is_plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(acme: Company, shelf: Address, emil: User) -> Company:
    make_product(acme, "Memor 10", manufacturer="Datalogic", category="TABLET")
    User.objects.filter(pk=emil.pk).update(username="emil.e")
    olu = make_user(acme, "Olu", last_name="Adeyemi")
    User.objects.filter(pk=olu.pk).update(username="olu.ade")
    for name in ("Attic", "Cellar"):
        Address.objects.create(company=acme, name=name)
    return acme


# Cells beside it that decide where a device could go.
BESIDE: list[dict[str, str]] = [
    {},
    {"holder_email": "emil@acme.example"},
    {"location": "Cellar"},
    {"holder_email": "emil@acme.example", "location": "Cellar"},
    {"holder_place": "Cellar"},
    {"holder_kind": "Asset", "holder_name": "srv-rack-2"},
    {"state": "In use"},
    {"state": "In storage"},
    {"state": "Reserved"},
    {"state": "On its way"},
    {"state": "Ordered"},
    {"state": "Stolen"},
    {"purchase_date": "2024-01-31", "warranty_ends_on": "2026-01-31"},
    {"purchase_price": "10 EUR"},
]
# In which a device is that the row is about; the first is not there yet.
STATES = ("", "STORAGE", "ACTIVE", "IN_REPAIR", "RESERVED", "IN_TRANSIT", "ORDERED")
STATES += ("ARCHIVED",)


def lines_of_devices(state: str) -> list[tuple[str, dict[str, str]]]:
    """The field in question, and the cells of the row."""
    lines = []
    for beside in BESIDE:
        for field, says in OF_DEVICES.items():
            at = len(lines)
            own = {"serial_number": f"D-{at}", "asset_tag": f"T-{at}"}
            if field == "serial_number":
                del own["serial_number"]
            if not state:
                own["product_name"] = "Memor 10"
            text = f"{says.text}-{at}" if field in KEYS else says.text
            lines.append((field, {**own, **beside, field: text}))
    return lines


KEYS = {"serial_number", "asset_tag", "external_id"}


def devices(company: Company, state: str, count: int) -> None:
    """With these keys, all in one state and with something to be overruled."""
    shelf = Address.objects.get(company=company, name="Poznań shelf")
    emil = User.objects.get(company=company, first_name="Emil")
    model = make_product(company, "Memor 10")
    holder = emil if state == "ACTIVE" else shelf
    assets = [
        inventory.build(
            company,
            product=model,
            holder=holder,
            serial_number=f"D-{at}",
            asset_tag=f"T-{at}",
            supplier="Old Ltd",
            purchased_on=date(2022, 5, 5),
            warranty_ends_on=date(2024, 5, 5),
            purchase_price=Decimal("5.00"),
            currency="EUR",
        )
        for at in range(count)
    ]
    inventory.create_many(assets, actor=SYSTEM, company=company)
    there = Asset.objects.filter(company=company)
    if state in ("IN_REPAIR", "RESERVED"):
        there.update(state=state)
    elif state in ("ORDERED", "ARCHIVED"):
        reason = "RETIRED" if state == "ARCHIVED" else ""
        there.update(state=state, address=None, archive_reason=reason)
    elif state == "IN_TRANSIT":
        parcel = Shipment.objects.create(
            company=company,
            carrier="OTHER",
            from_user=emil,
            to_address=shelf,
            created_at=timezone.now(),
        )
        there.update(state=state, address=None, shipment=parcel)


def import_of(company: Company, kind: str, lines: list[dict[str, str]]) -> Batch:
    """Every field is a column of it."""
    targets = [field.target for field in FIELDS[Kind(kind)]]
    text = io.StringIO()
    csv.DictWriter(text, targets, delimiter=";").writerows(
        [dict(zip(targets, targets, strict=True)), *lines]
    )
    batch = upload(company, text.getvalue(), kind=kind)
    services.set_columns(
        batch,
        mapping={str(at): target for at, target in enumerate(targets)},
        options={},
        default_address=batch.default_address,
        actor=SYSTEM,
        in_background=False,
    )
    return apply_all(make_plan(read_now(batch)))


# Columns that say one thing together: a warning of one is of all of them.
TOGETHER = (
    ("holder_email", "holder_username", "holder_name"),
    ("holder_first_name", "holder_last_name", "holder_name"),
    ("location", "holder_place", "holder_kind"),
)


def is_told(row: BatchRow, field: str, batch: Batch) -> bool:
    """Refused, asked about, or warned of its column."""
    fields = {field}.union(*(group for group in TOGETHER if field in group))
    columns = {int(at) for at, target in batch.mapping.items() if target in fields}
    return row.verdict in LEFT_OUT or any(
        one["column"] in columns for one in row.warnings
    )


def silent(
    batch: Batch, lines: list[tuple[str, dict[str, str]]], kept: Mapping[str, Says]
) -> list[str]:
    """Rows whose cell neither came into the register nor is told of."""
    things = TARGETS[batch.kind].model.objects.in_bulk(
        [row.target_id for row in rows(batch)]
    )

    def is_kept(field: str, cells: dict[str, str], thing: Any) -> bool:
        if field in KEYS | OWN:  # each row has another one
            return getattr(thing, field) == cells[field]
        return kept[field].is_kept(thing)

    return [
        f"{field} in {cells}: {row.verdict} {row.changes} {row.warnings}"
        for row, (field, cells) in zip(rows(batch), lines, strict=True)
        if not is_told(row, field, batch)
        and not is_kept(field, cells, things[row.target_id])
    ]


def test_the_table_names_every_field():
    for kind in Kind:
        assert SAYS[kind].keys() == {field.target for field in FIELDS[kind]}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.full
def test_what_a_row_says_of_a_device(company, state):
    lines = lines_of_devices(state)
    if state:
        devices(company, state, len(lines))
    batch = import_of(company, Kind.ASSETS, [cells for _field, cells in lines])
    assert batch.state == "APPLIED"
    found = silent(batch, lines, OF_DEVICES)
    assert not found, "\n".join(found)


# --- People ----------------------------------------------------------------------

NAMED = {"first_name": "Ida", "last_name": "Okafor"}
BESIDE_A_PERSON: list[dict[str, str]] = [
    {},
    NAMED,
    {"full_name": "Ida Okafor"},
    {"active": "yes"},
    {"start_on": "2026-01-07"},
    {"end_on": "2099-01-31"},
    {"end_on": "2020-01-31"},
]
STATES_OF_PEOPLE = ("", "CREATED", "ACTIVE", "OFFBOARDING_IN_PROGRESS", "ARCHIVED")


def lines_of_people() -> list[tuple[str, dict[str, str]]]:
    return [
        (
            field,
            {
                "email": f"p-{at}@acme.example",
                "employee_number": f"E-{at}",
                **beside,
                field: f"{at}.{says.text}" if field in OWN else says.text,
            },
        )
        for at, (beside, (field, says)) in enumerate(
            product(BESIDE_A_PERSON, OF_PEOPLE.items())
        )
    ]


OWN = {"email", "username", "employee_number"}


@pytest.mark.parametrize("state", STATES_OF_PEOPLE)
@pytest.mark.full
def test_what_a_row_says_of_a_person(company, state):
    lines = lines_of_people()
    if state:
        User.objects.bulk_create(
            User(
                company=company,
                first_name="Ida",
                last_name="Okafor",
                email=f"p-{at}@acme.example",
                employee_number=f"E-{at}",
                state=state,
                start_on=date(2019, 1, 7),
            )
            for at in range(len(lines))
        )
    batch = import_of(company, Kind.PEOPLE, [cells for _field, cells in lines])
    assert batch.state == "APPLIED"
    found = silent(batch, lines, OF_PEOPLE)
    assert not found, "\n".join(found)


# --- Cleared cells ---------------------------------------------------------------

CLEARED: dict[str, Callable[[Any], bool]] = {
    **{
        field: is_plain(field, "")
        for field in ("supplier", "order_number", "cost_centre", "external_id", "notes")
    },
    **{
        field: is_plain(field, None)
        for field in ("condition", "is_new", "purchase_price", "warranty_ends_on")
    },
    "purchase_date": is_plain("purchased_on", None),
    "asset_tag": is_plain("asset_tag", ""),
    "name": lambda asset: asset.name == asset.product.name,
    "currency": is_plain("currency", ""),
    **{
        field: is_plain("user", None)
        for field in OF_DEVICES
        if field.startswith("holder_")
    },
}


@pytest.mark.parametrize("state", ["STORAGE", "ACTIVE"])
@pytest.mark.full
def test_what_a_row_clears(company, state):
    fields = [field for field in OF_DEVICES if field != "serial_number"]
    devices(company, state, len(fields))
    lines = [
        (field, {"serial_number": f"D-{at}", field: "(clear)"})
        for at, field in enumerate(fields)
    ]
    batch = import_of(company, Kind.ASSETS, [cells for _field, cells in lines])
    found = Asset.objects.in_bulk([row.target_id for row in rows(batch)])
    silent = [
        field
        for row, (field, _cells) in zip(rows(batch), lines, strict=True)
        if not is_told(row, field, batch) and not CLEARED[field](found[row.target_id])
    ]
    assert silent == []


# --- What is told ------------------------------------------------------------------


def told(batch: Batch) -> list[tuple[str, str]]:
    """Codes and sentences of the warnings, row by row."""
    return [
        (one["code"], str(told_of(one))) for row in rows(batch) for one in row.warnings
    ]


@pytest.mark.full
def test_a_place_beside_a_holder_is_told_and_counted(company):
    text = "Serial;Model;Holder email;Location\nS1;Memor 10;emil@acme.example;Attic\n"
    batch = applied(company, text)
    said = "“Attic” is left out: a device that is “In use” stands at no place."
    assert told(batch) == [("place_left_out", said)]
    assert (batch.warned_rows, batch.facets["WARNED"]) == (1, {"place_left_out": 1})
    assert told(planned(company, text)) == told(batch)
    assert not batch.made.exists()


@pytest.mark.full
def test_another_manufacturer_or_category_than_the_models_is_told(company):
    text = "Serial;Model;Manufacturer;Category\nS1;Memor 10;{}\n"
    batch = planned(company, text.format("Zebra;Phone"))
    assert [code for code, _said in told(batch)] == ["differs_from_model"] * 2
    said = " ".join(sentence for _code, sentence in told(batch))
    assert "the manufacturer of “Memor 10” is “Datalogic” here" in said
    assert "“Phone” is left out: the category of “Memor 10” is “Tablet”" in said
    assert told(planned(company, text.format("DATALOGIC;Tablet"))) == []
    # What nobody knows is not made up from one row.
    Product.objects.update(manufacturer="")
    ((_code, said),) = told(planned(company, text.format("Zebra;")))
    assert said == "“Zebra” is left out: of “Memor 10” no manufacturer is known here."


@pytest.mark.full
def test_the_first_row_says_what_a_model_is_and_others_are_told(company):
    text = "Serial;Model;Manufacturer\nS1;TC52;Zebra\nS2;TC52;Honeywell\nS3;TC52;\n"
    batch = applied(company, text)
    assert [bool(row.warnings) for row in rows(batch)] == [False, True, False]
    assert Product.objects.get(name="TC52").manufacturer == "Zebra"


@pytest.mark.full
def test_a_category_that_somebody_took_for_ours_is_no_other_one(company):
    text = "Serial;Model;Category\nS1;Buggy;Gizmo\n"
    batch = planned(company, text)
    choice = NameChoice("category", "gizmo", "USE", "ACCESSORY")
    services.decide_unknowns(batch, [choice], actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    apply_all(batch)
    assert told(planned(company, text)) == []
    ((code, said),) = told(planned(company, "Serial;Model;Category\nS1;Buggy;Gadget\n"))
    assert (code, "“Gadget”" in said) == ("differs_from_model", True)


@pytest.mark.parametrize(
    ("name", "is_other"),
    [
        ("Emil Example", False),
        ("Example, Emil", False),
        ("EMIL", False),
        ("Emil Jan Example", False),
        ("Emil Example <emil@acme.example>", False),
        ("emil.e", False),
        ("Ida Example", True),
        ("Olu Adeyemi", True),
    ],
)
@pytest.mark.full
def test_another_name_than_that_of_the_holder_is_told(company, name, is_other):
    text = "Serial;Model;Holder email;Assigned to\nS1;Memor 10;emil@acme.example;"
    batch = planned(company, f"{text}{name}\n")
    assert [code for code, _said in told(batch)] == ["differs_from_holder"] * is_other


@pytest.mark.full
def test_what_is_reserved_stays_so_and_what_is_archived_keeps_its_reason(company):
    devices(company, "RESERVED", 1)
    batch = applied(company, "Serial;Status\nD-0;In storage\n")
    said = "“In storage” is left out: the device is “Reserved” and stays so."
    assert told(batch) == [("state_stays", said)]
    inventory.retire(Asset.objects.get(), "SOLD", actor=SYSTEM)
    batch = planned(company, "Serial;Status\nD-0;Stolen\n")
    ((code, said),) = told(batch)
    assert (code, "Archived (Sold)" in said) == ("state_stays", True)
    assert told(planned(company, "Serial;Status\nD-0;Sold\n")) == []


@pytest.mark.full
def test_a_warranty_says_one_day(company):
    head = "Serial;Model;Purchase date;Warranty months;Warranty expires\n"
    batch = planned(company, head + "S1;Memor 10;2024-01-31;12;2026-01-31\n")
    assert [code for code, _said in told(batch)] == ["warranty_differs"]
    assert told(planned(company, head + "S1;Memor 10;2024-01-31;24;2026-01-31\n")) == []


@pytest.mark.full
def test_a_full_name_beside_its_parts(company):
    head = "Email;First name;Last name;Full name\na@acme.example;Ada;Obi;"
    assert told(planned(company, f"{head}Obi, Ada\n")) == []
    ((code, said),) = told(planned(company, f"{head}Ada Eze\n"))
    assert (code, "“Ada Obi”" in said) == ("differs_from_name", True)
