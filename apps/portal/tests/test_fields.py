"""A field is the column of its model, a migration and one row of a table: whatever the
row says holds in form, page, export, import, undo and history."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from apps.accounts import services as people
from apps.accounts.fields import FIELDS as PEOPLE
from apps.accounts.models import User
from apps.conftest import exported as list_exported
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM, Actor
from apps.core.errors import Conflict
from apps.core.fields import TEXTS, Field, Table, Value
from apps.core.lists import understood
from apps.events.models import Event
from apps.imports.columns.headers import HEADERS, Confidence, guess_mapping
from apps.imports.states import Kind
from apps.imports.tests.factories import applied, counts, planned, undo_all
from apps.inventory import services as assets
from apps.inventory.fields import FIELDS as ASSETS
from apps.inventory.forms import AssetForm, NewAssetForm
from apps.inventory.lists import ASSETS as ASSET_LIST
from apps.inventory.models import GRADES, Asset
from apps.people.forms import PersonForm
from apps.people.lists import PEOPLE as PEOPLE_LIST

pytestmark = pytest.mark.django_db

TABLES = [pytest.param(ASSETS, id="assets"), pytest.param(PEOPLE, id="people")]
MODELS: dict[str, Any] = {ASSETS.model: Asset, PEOPLE.model: User}
KINDS = {ASSETS.model: Kind.ASSETS, PEOPLE.model: Kind.PEOPLE}
VERBS = {ASSETS.model: assets, PEOPLE.model: people}
# What no edit verb sets: steps and states do, or the database.
NOT_EDITED = {
    ASSETS.model: {
        "id",
        "company_id",
        "state",
        "archive_reason",
        "user_id",
        "address_id",
        "shipment_id",
        "held_since",
        "created_at",
        "updated_at",
        "search_text",
    },
    PEOPLE.model: {
        "id",
        "company_id",
        "login_id",
        "state",
        "sort_key",
        "state_before_offboarding",
        "created_at",
        "updated_at",
        "search_text",
    },
}
# Whose emptying means something else: the name of the product, the end of the work.
NOT_EMPTY = {"name", "end_on"}
OF_ALL = {
    Value.SERIAL: "SN-ÜBER-9",
    Value.DATE: date(2024, 5, 6),
    Value.MONEY: Decimal("1299.5"),
    Value.CURRENCY: "PLN",
    Value.CONDITION: GRADES["B"],
    Value.COUNTRY: "DE",
    Value.ROLE: "EMPLOYEE",
    Value.LANGUAGE: "de",
    Value.PAIRS: [{"RAM": "16 GB"}],
    Value.BOOLEAN: True,
    Value.LONG_TEXT: "two lines;\nof “notes”",
}


def value_of(field: Field, company: Any) -> Any:
    if field.value is Value.PRODUCT:
        return make_product(company, "XPS 13").pk
    if field.name == "time_zone":
        return "Europe/Warsaw"
    if field.value is Value.EMAIL:
        return f"{field.name}@acme.example"
    return OF_ALL.get(field.value, f"-{field.name} é")


def whole(table: Table, company: Any) -> dict[str, Any]:
    """Something in every field that the verb edits; the last day lies ahead."""
    values = {field.name: value_of(field, company) for field in table.edited}
    return values | ({"end_on": date(2045, 1, 2)} if table is PEOPLE else {})


def make(table: Table, company: Any, shelf: Any, values: dict[str, Any]) -> Any:
    thing = (
        make_asset(shelf, "S1")
        if table is ASSETS
        else make_user(company, "Zoë", private_email="")
    )
    return VERBS[table.model].update(thing, actor=SYSTEM, **values)


def told(table: Table, thing: Any) -> dict[str, Any]:
    fresh = MODELS[table.model].objects.get(pk=thing.pk)
    return {field.name: getattr(fresh, field.name) for field in table.edited}


def exported(table: Table, thing: Any) -> str:
    of = ASSET_LIST if table is ASSETS else PEOPLE_LIST
    return list_exported(of, thing.company, thing)


def forms_of(table: Table, thing: Any, actor: Actor) -> list[Any]:
    if table is PEOPLE:
        return [PersonForm(), PersonForm(instance=thing)]
    return [NewAssetForm(actor=actor), AssetForm(instance=thing, actor=actor)]


# --- The tables -------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_column_that_people_may_edit_has_a_row(table):
    columns = MODELS[table.model]._meta.concrete_fields
    edited = {column.attname for column in columns} - NOT_EDITED[table.model]
    assert edited == {field.name for field in table.edited}
    assert set(VERBS[table.model].EDITABLE) == edited


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.full
def test_every_header_of_a_row_means_this_field(table):
    kind = KINDS[table.model]
    for field in table.imported:
        for header in [*HEADERS[kind].get(field.target, ()), field.target]:
            (column,) = guess_mapping([header], kind).columns
            assert (column.target, column.confidence) == (
                field.target,
                Confidence.KNOWN,
            ), header
        for header in HEADERS[kind]["likely"].get(field.target, ()):
            (column,) = guess_mapping([header], kind).columns
            assert column.target, header


@pytest.mark.parametrize("table", TABLES)
def test_exported_headers_are_unique_and_are_taken_back(table):
    mapping = guess_mapping(table.headers, KINDS[table.model])
    found = [column.target for column in mapping.columns]
    assert found == [field.target for field in table.exported]


def test_what_is_written_of_a_person_is_personal():
    """A text, a day or a number that is none needs a reason here."""
    open_ = {field.name for field in PEOPLE.edited if not field.is_personal}
    assert open_ == {"role", "start_on", "end_on"}
    assert not any(field.is_told for field in PEOPLE.edited if field.value in TEXTS)


def test_a_plain_field_is_said_in_no_other_code():
    """Presets of other tools and the demo's data may name it; nothing else does."""
    may = {"fields.py", "models.py", "equipment.py", "people.py"}
    # What the contract of the API calls otherwise.
    may |= {"bodies.py", "shapes.py", "targets.py"}
    plain = {"supplier", "order_number", "job_title"}
    found = {
        f"{path.relative_to(settings.BASE_DIR)}: {node.value}"
        for path in Path(settings.BASE_DIR, "apps").rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts) and path.name not in may
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in plain
    }
    pages = {
        f"{path}: {name}"
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for name in plain - {"job_title"}  # lists of people show it
        if name in path.read_text()
    }
    # It tells a list of people from one of places.
    assert found == {"apps/imports/columns/detection.py: job_title"}
    assert pages == set()


# --- Forms ------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_forms_ask_what_the_table_says(table, acme, shelf, anna, as_actor):
    thing = make(table, acme, shelf, {})
    for form in forms_of(table, thing, as_actor(anna)):
        for field in table.edited:
            if not field.in_form:
                assert field.form_name not in form.fields
                continue
            asked = form.fields[field.form_name]
            assert asked.label == field.label
            assert asked.required is not field.is_clearable, field.name
            if field.value in TEXTS - {Value.LONG_TEXT}:
                assert asked.max_length == table.max_length(field), field.name


def posted(table: Table, values: dict[str, Any], product: Any = None) -> dict[str, Any]:
    """What a browser sends of the edit form."""
    data = {}
    for field in table.edited:
        value = values[field.name]
        if field.in_form:
            data[field.form_name] = "" if value is None else str(value)
    if table is ASSETS:
        data |= {"product": product.label, "grade": "B" if values["condition"] else ""}
    return data


@pytest.mark.parametrize("table", TABLES)
def test_the_form_fills_and_empties_each_field(table, acme, shelf, anna, client_of):
    client, thing = client_of(anna), make(table, acme, shelf, {})
    wanted, before = whole(table, acme), told(table, thing)
    product = make_product(acme, "XPS 13")
    page = f"{thing.get_absolute_url()}edit/"
    answer = client.post(page, posted(table, wanted, product))
    assert answer.status_code == 302, answer.context["form"].errors
    asked = {field.name for field in table.edited if field.in_form}
    kept = {name: before[name] for name in before.keys() - asked}
    assert told(table, thing) == wanted | kept
    empty = {
        field.name: (
            before[field.name] if field.value in (Value.ROLE, Value.PRODUCT) else ""
        )
        if field.is_clearable
        else wanted[field.name]
        for field in table.edited
    }
    empty |= {name: wanted[name] for name in ("serial_number",) if name in wanted}
    answer = client.post(page, posted(table, empty, product))
    assert answer.status_code == 302, answer.context["form"].errors
    for name, value in told(table, thing).items():
        if name in asked and table[name].is_clearable and name != "serial_number":
            expected = "XPS 13" if (table, name) == (ASSETS, "name") else (None, "")
            assert value in expected, name


@pytest.mark.parametrize("table", TABLES)
def test_a_form_that_showed_another_value_is_refused(table, acme, shelf):
    thing, verbs = make(table, acme, shelf, {}), VERBS[table.model]
    for name, value in whole(table, acme).items():
        if getattr(thing, name) == value or not table[name].is_version_checked:
            continue
        seen, values = table.version(thing), {}
        if table is ASSETS:
            values = {"currency": "EUR"}
        thing = verbs.update(thing, actor=SYSTEM, **{**values, name: value})
        with pytest.raises(Conflict, match="meanwhile"):
            verbs.update(thing, actor=SYSTEM, seen=seen, notes=f"after {name}")
    assert told(table, thing)["notes"] == OF_ALL[Value.LONG_TEXT]


def test_a_step_in_between_refuses_no_form(acme, emil, shelf):
    """A form is about the facts that it shows, not about where the device is."""
    asset = make(ASSETS, acme, shelf, {})
    shown = ASSETS.version(asset)
    assets.hand_over(asset, emil, actor=SYSTEM)
    changed = assets.update(asset, actor=SYSTEM, seen=shown, notes="new")
    assert (changed.notes, changed.user) == ("new", emil)


# --- Pages ------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_the_page_shows_each_field(table, acme, shelf, anna, client_of):
    thing = make(table, acme, shelf, whole(table, acme))
    page = client_of(anna).get(thing.get_absolute_url()).text
    as_shown = {
        Value.MONEY: "PLN\u00a01,299.50",
        Value.CURRENCY: "PLN",
        Value.DATE: "6 May 2024",
        Value.CONDITION: "<dd>B</dd>",
        Value.COUNTRY: "Germany",
        Value.ROLE: "Employee",
        Value.LANGUAGE: "Deutsch",
        Value.PRODUCT: "XPS 13",
        Value.PAIRS: "16 GB",
        Value.BOOLEAN: "<dd>Yes</dd>",
        Value.LONG_TEXT: escape("of “notes”"),
    }
    for field in table.edited:
        value = getattr(thing, field.name)
        shown = as_shown.get(field.value, escape(str(value)))
        if field.name == "end_on":
            shown = "2 Jan 2045"
        assert shown in page, field.name
        if field.on_page:
            assert f"<dt>{field.label}</dt>" in page, field.name


def test_prices_are_shown_to_those_who_may_see_them(shelf, emil, anna, client_of):
    laptop = make_asset(emil, "S1", purchase_price=Decimal(7), currency="EUR")
    seen_by = {
        user: "Purchase price" in client_of(user).get(laptop.get_absolute_url()).text
        for user in (anna, emil)
    }
    assert seen_by == {anna: True, emil: False}


def test_gina_sees_and_changes_nothing(acme, shelf, gina, client_of):
    for table in (ASSETS, PEOPLE):
        thing = make(table, acme, shelf, whole(table, acme))
        before, client = told(table, thing), client_of(gina)
        page = f"{thing.get_absolute_url()}edit/"
        sent = posted(table, before, make_product(acme, "XPS 13"))
        assert client.get(thing.get_absolute_url()).status_code == 404
        assert client.post(page, sent).status_code == 404
        assert told(table, thing) == before


@pytest.mark.parametrize("table", TABLES)
def test_lists_filter_by_what_the_table_says(table, acme, anna, as_actor):
    of = ASSET_LIST if table is ASSETS else PEOPLE_LIST
    form = understood(of, "", as_actor(anna))
    for field in table.filtered:
        asked = "address" if field.name == "location" else field.form_name
        assert form.fields[asked].label == field.label


@pytest.mark.parametrize("table", TABLES)
def test_lists_have_a_column_for_what_files_have(table, acme, shelf, anna, client_of):
    """So that a new field of the table is a column at once."""
    of = ASSET_LIST if table is ASSETS else PEOPLE_LIST
    thing = make(table, acme, shelf, whole(table, acme))
    written = {name for one in of.columns for name in one.fields}
    exported = {field.name for field in table.exported} - {"currency"}
    assert exported <= written
    page = client_of(anna).get(reverse(of.url), {"columns": "all"}).text
    for field in table.edited:
        value = getattr(thing, field.name)
        if field.is_exported and isinstance(value, str) and field.value in TEXTS:
            assert escape(value.partition("\n")[0]) in page, field.name


# --- Files and history ------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.full
def test_files_bring_each_field_empty_it_and_are_undone(table, acme, shelf):
    thing = make(table, acme, shelf, whole(table, acme))
    kind, full, text = KINDS[table.model], told(table, thing), exported(table, thing)
    assert counts(planned(acme, text, kind=kind)) == {"SAME": 1}

    cleared = {
        field
        for field in table.imported
        if field.is_edited and field.is_clearable and not field.is_key
    }
    cleared -= {field for field in cleared if field.name in NOT_EMPTY}
    key = "serial_number" if table is ASSETS else "email"
    # An amount keeps its currency; a currency alone can't be emptied by a file.
    names = sorted(field.name for field in cleared if field.value is not Value.CURRENCY)
    cells = {table[key].header: getattr(thing, key)}
    cells |= {table[name].header: "(clear)" for name in names}
    lines = (";".join(cells), ";".join(cells.values()))
    emptying = applied(acme, "\n".join(lines) + "\n", kind=kind)
    assert counts(emptying) == {"CHANGE": 1}
    empty = told(table, thing)
    for name in names:
        assert empty[name] in (None, ""), name
    assert {name: empty[name] for name in full.keys() - set(names)} == {
        name: full[name] for name in full.keys() - set(names)
    }

    undo_all(emptying)
    assert told(table, thing) == full
    again = applied(acme, "\n".join(lines) + "\n", kind=kind)
    bringing = applied(acme, text, kind=kind)
    assert (counts(again), counts(bringing)) == ({"CHANGE": 1}, {"CHANGE": 1})
    assert told(table, thing) == full
    undo_all(bringing)
    assert told(table, thing) == empty


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.full
def test_a_file_makes_a_thing_with_each_field(table, acme, globex, shelf):
    thing = make(table, acme, shelf, whole(table, acme))
    text, full = exported(table, thing), told(table, thing)
    if table is ASSETS:
        text = text.replace(shelf.name, "Warehouse of Globex")
    assert counts(applied(globex, text, kind=KINDS[table.model])) == {"CREATE": 1}
    made = MODELS[table.model].objects.exclude(pk=thing.pk).get(company=globex)
    for field in table.imported:
        if field.is_edited and field.value is not Value.PRODUCT:
            assert getattr(made, field.name) == full[field.name], field.name


@pytest.mark.parametrize("table", TABLES)
def test_history_tells_what_changed_and_nothing_personal(
    table, acme, shelf, anna, client_of
):
    thing = make(table, acme, shelf, {})
    before = told(table, thing)
    wanted = whole(table, acme)
    VERBS[table.model].update(thing, actor=SYSTEM, **wanted)
    changes = Event.objects.filter(subject_id=thing.pk).latest("id").payload["changes"]
    changed = {name for name in wanted if wanted[name] != before[name]}
    assert changes.keys() == changed
    assert changed >= wanted.keys() - {"role"}
    for name in changed:
        assert bool(changes[name]) is table[name].is_told, name
    page = client_of(anna).get(f"/history/about/{thing.pk}/").text
    for name in changed:
        assert str(table[name].label) in page, name
