from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.catalog.models import Product
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.imports.columns import detection, headers
from apps.imports.states import Kind
from apps.imports.tests.factories import counts, planned
from apps.inventory import services
from apps.inventory.models import GRADES, Asset, Custody
from apps.inventory.states import AssetState
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"inventory:{name}", args=args)


# --- List -------------------------------------------------------------------


def test_list_searches_and_filters(anna, laptop, office, client_of):
    make_asset(office, "STORED0001")
    client = client_of(anna)

    def serials(**query: str) -> set[str]:
        page = client.get(url("list"), query).context["page"]
        found = Asset.objects.filter(pk__in=[row[0] for row in page.rows])
        return set(found.values_list("serial_number", flat=True))

    assert serials() == {"C02XL0AAA", "STORED0001"}
    assert serials(q="xl0a") == {"C02XL0AAA"}
    assert serials(state="STORAGE") == {"STORED0001"}
    assert serials(state="PRESENT") == {"C02XL0AAA", "STORED0001"}
    assert serials(address=str(office.pk)) == {"STORED0001"}
    assert serials(holder="user") == {"C02XL0AAA"}
    assert serials(category="LAPTOP", holder="address") == {"STORED0001"}
    assert serials(category="PHONE") == set()
    for bad in {"state": "GONE"}, {"address": "nowhere"}:
        assert client.get(url("list"), bad).status_code == 400


def test_list_goes_on_where_it_stopped(anna, office, client_of):
    for number in range(52):
        make_asset(office, f"SERIAL{number:03}")
    client = client_of(anna)
    for sort in ("", "asset", "-asset", "serial_number", "since", "-created"):
        first = client.get(url("list"), {"sort": sort})
        after = first.context["page"].after
        second = client.get(url("list"), {"sort": sort, "after": after})
        rows = first.context["page"].rows + second.context["page"].rows
        assert len({row[0] for row in rows}) == len(rows) == 52
        assert second.context["page"].after == ""


def test_list_costs_the_same_for_one_and_fifty(
    anna, emil, office, client_of, django_assert_max_num_queries
):
    for number in range(25):
        make_asset(office, f"STORED{number:03}")
        make_asset(emil, f"HELD{number:03}")
    client = client_of(anna)
    client.get(url("list"))
    with django_assert_max_num_queries(4):
        page = client.get(url("list"))
    assert len(page.context["page"].rows) == 50
    assert len(page.context["page"].body) < 24_000
    assert len(page.content) < 40_000


def test_list_refuses_a_broken_cursor(anna, client_of):
    assert client_of(anna).get(url("list"), {"after": "garbage"}).status_code == 400


def test_list_shows_the_warehouse_its_own_places_without_prices(
    wanda, shelf, office, laptop, client_of
):
    make_asset(shelf, "ONSHELF01", purchase_price=Decimal("1234"), currency="EUR")
    make_asset(office, "INOFFICE1")
    page = client_of(wanda).get(url("list")).text
    assert "ONSHELF01" in page
    assert "INOFFICE1" not in page
    assert laptop.serial_number not in page
    assert "1,234" not in page


def test_list_shows_an_outsider_nothing(gina, laptop, office, client_of):
    client = client_of(gina)
    assert laptop.serial_number not in client.get(url("list")).text
    assert office.name not in client.get(url("list")).text
    found = client.get(url("list"), {"address": str(office.pk)})
    assert found.status_code == 400
    assert office.name not in found.text


def test_list_is_not_for_employees(emil, client_of):
    assert client_of(emil).get(url("list")).status_code == 404


# --- Export -----------------------------------------------------------------


def test_export_is_taken_back_by_our_importer(anna, laptop, office, client_of):
    make_asset(office, "STORED0001", name="=1+1", notes="-7")
    answer = client_of(anna).get(url("export"), {"q": "stored"})
    rows = list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))
    mapping = headers.guess_mapping(rows[0], Kind.ASSETS)
    assert detection.detect_kind(rows[0]).kind is Kind.ASSETS
    unknown = [rows[0][c.position] for c in mapping.columns if not c.target]
    assert unknown == ["Since"]
    assert [row[0] for row in rows[1:]] == ["STORED0001"]
    assert rows[1][rows[0].index("Name")] == "'=1+1"


@pytest.mark.parametrize("name", ["export", "export_xlsx"])
@pytest.mark.parametrize("columns", ["", "all", "asset,notes,grade,warranty_ends_on"])
def test_what_was_exported_changes_nothing(
    anna, laptop, office, client_of, name, columns, acme
):
    make_asset(
        office,
        "STORED0001",
        name="=1+1",
        notes="-7",
        asset_tag="T-1",
        purchase_price=Decimal("1299.50"),
        currency="PLN",
        condition=GRADES["B"],
        warranty_ends_on=date(2028, 5, 6),
    )
    answer = client_of(anna).get(url(name), {"columns": columns})
    file = f"list.{name.removeprefix('export').strip('_') or 'csv'}"
    batch = planned(acme, b"".join(answer), kind="ASSETS", name=file)
    assert counts(batch) == {"SAME": 2}


def test_exports_what_is_shown(anna, emil, laptop, office, client_of):
    make_asset(office, "STORED0001", supplier="Komputronik")
    make_asset(office, "STORED0002", supplier="Alza")
    query = {"state": "STORAGE", "columns": "asset,supplier", "sort": "-serial_number"}
    answer = client_of(anna).get(url("export"), query)
    rows = list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))
    keys = ["Serial number", "Asset tag", "External id"]
    assert rows[0] == [*keys, "Name", "Supplier"]
    assert [(row[0], row[4]) for row in rows[1:]] == [
        ("STORED0002", "Alza"),
        ("STORED0001", "Komputronik"),
    ]


def test_exports_what_is_chosen(anna, gina, laptop, office, client_of):
    stored = make_asset(office, "STORED0001")
    client = client_of(anna)

    def serials(user=anna, **said) -> list[str]:
        answer = client_of(user).post(f"{url('export')}?sort=asset", said)
        lines = b"".join(answer).decode("utf-8-sig").splitlines()
        return sorted(line.partition(",")[0] for line in lines[1:])

    assert serials(ids=[stored.pk]) == ["STORED0001"]
    assert serials(all="state=ACTIVE", ids=[stored.pk]) == ["C02XL0AAA"]
    assert serials(all="") == ["C02XL0AAA", "STORED0001"]
    assert serials(gina, ids=[stored.pk]) == []
    for bad in ({}, {"ids": ["x"]}, {"all": "state=GONE"}, {"all": "nonsense=1"}):
        assert client.post(url("export"), bad).status_code == 422


def test_export_is_for_admins_of_the_company(gina, wanda, laptop, client_of):
    theirs = b"".join(client_of(gina).get(url("export"))).decode()
    assert laptop.serial_number not in theirs
    assert client_of(wanda).get(url("export")).status_code == 404


# --- Asset ------------------------------------------------------------------


def test_page_tells_who_has_it_and_had_it(anna, emil, office, client_of):
    then = timezone.now() - timedelta(days=30)
    laptop = make_asset(emil, at=then)
    services.receive(
        laptop, office, actor=SYSTEM, at=timezone.now() - timedelta(days=10)
    )
    client, page = client_of(anna), url("detail", laptop.pk)
    now = client.get(page)
    assert "In storage at Warsaw office" in now.text
    assert [row.holder for row in now.context["custody"]] == [office, emil]
    assert sum(part["share"] for part in now.context["strip"]) == pytest.approx(100)
    day = timezone.now().date() - timedelta(days=20)
    assert client.get(page, {"on": day.isoformat()}).context["on_day"].holder == emil
    assert client.get(page, {"on": "1971-01-01"}).context["on_day"] is None
    now = timezone.now().date()
    assert client.get(page, {"on": now}).context["on_day"].holder == office
    for bad in ("9999-12-31", "yesterday"):
        assert client.get(page, {"on": bad}).status_code == 400


def test_page_offers_what_may_follow(anna, laptop, office, client_of):
    client, page = client_of(anna), url("detail", laptop.pk)
    steps = ("hand_over", "store", "repair", "retire")
    assert [url(step, laptop.pk) in client.get(page).text for step in steps] == [
        True
    ] * 4
    services.retire(laptop, "LOST", actor=SYSTEM)
    archived = client.get(page).text
    assert [url(step, laptop.pk) in archived for step in steps] == [
        False,
        True,
        False,
        False,
    ]


def test_page_names_the_return_that_has_it(anna, emil, laptop, shelf, client_of):
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    page = client_of(anna).get(url("detail", laptop.pk)).text
    assert ret.get_absolute_url() in page
    assert url("retire", laptop.pk) not in page


def test_page_of_another_company_does_not_exist(gina, laptop, client_of):
    client = client_of(gina)
    assert client.get(url("detail", laptop.pk)).status_code == 404
    assert client.get(url("edit", laptop.pk)).status_code == 404


def test_employees_see_their_own_without_who_had_it_before(
    acme, emil, client_of, office
):
    ewa = make_user(acme, "Ewa")
    laptop = make_asset(ewa, notes="Bought from Ewa's budget")
    services.hand_over(laptop, emil, actor=SYSTEM)
    page = client_of(emil).get(url("detail", laptop.pk))
    assert page.status_code == 200
    assert "Ewa" not in page.text
    assert url("retire", laptop.pk) not in page.text
    assert client_of(ewa).get(url("detail", laptop.pk)).status_code == 404


def test_custody_of_others_is_not_visible(acme, emil, wanda, shelf, as_actor):
    laptop = make_asset(emil)
    services.receive(laptop, shelf, actor=SYSTEM)
    seen = Custody.objects.visible_to(as_actor(wanda))
    assert [row.holder for row in seen] == [shelf]
    assert not Custody.objects.visible_to(as_actor(emil)).exists()


# --- Add and edit -----------------------------------------------------------


def test_adds_an_asset_at_a_place(anna, office, client_of):
    product = make_product(anna.company)
    values = {"product": "macbook pro 14", "serial_number": "new1", "place": office.pk}
    client_of(anna).post(url("create"), values)
    asset = Asset.objects.get(serial_number="NEW1")
    assert (asset.product, asset.holder, asset.name) == (product, office, product.name)
    assert asset.state == AssetState.STORAGE


def test_adds_a_product_that_the_catalogue_lacks(anna, emil, client_of):
    client = client_of(anna)
    values = {"product": "ThinkPad X9", "asset_tag": "T-1", "person": emil.email}
    refused = client.post(url("create"), values)
    assert refused.context["form"].errors["category"]
    assert not Product.objects.exists()
    client.post(url("create"), {**values, "category": "LAPTOP"})
    asset = Asset.objects.get(asset_tag="T-1")
    assert (asset.product.name, asset.product.category) == ("ThinkPad X9", "LAPTOP")
    assert asset.user == emil


def test_adds_neither_product_nor_asset_when_the_serial_is_taken(
    anna, laptop, office, client_of
):
    values = {
        "product": "ThinkPad X9",
        "category": "LAPTOP",
        "serial_number": laptop.serial_number,
        "place": office.pk,
    }
    page = client_of(anna).post(url("create"), values)
    assert page.context["form"].errors["serial_number"]
    assert "ThinkPad X9" in page.text
    assert not Product.objects.filter(name="ThinkPad X9").exists()


def test_asks_which_of_two_products_of_one_name(anna, office, client_of):
    make_product(anna.company, "Dell U27", model_number="U2724D")
    Product.objects.create(
        company=anna.company, name="Dell U27", model_number="U2723QE"
    )
    values = {"product": "Dell U27", "serial_number": "S1", "place": office.pk}
    client = client_of(anna)
    refused = client.post(url("create"), values)
    assert refused.context["form"].errors["product"]
    client.post(url("create"), {**values, "product": "Dell U27 (U2723QE)"})
    assert Asset.objects.get(serial_number="S1").product.model_number == "U2723QE"


def test_takes_no_person_or_place_of_another_company(anna, gina, office, client_of):
    make_product(anna.company)
    values = {"product": "MacBook Pro 14", "serial_number": "S1", "person": gina.email}
    assert client_of(anna).post(url("create"), values).context["form"].errors["person"]
    make_product(gina.company)
    values = {"product": "MacBook Pro 14", "serial_number": "S1", "place": office.pk}
    assert client_of(gina).post(url("create"), values).context["form"].errors["place"]
    assert not Asset.objects.exists()


def test_edits_facts_and_leaves_the_rest(anna, emil, client_of):
    laptop = make_asset(emil, condition=Decimal("0.90"))
    client = client_of(anna)
    form = client.get(url("edit", laptop.pk)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    client.post(url("edit", laptop.pk), {**values, "supplier": "Komputronik"})
    laptop.refresh_from_db()
    assert (laptop.supplier, laptop.condition) == ("Komputronik", Decimal("0.90"))
    event = Event.objects.get(type="asset.updated", subject_id=laptop.pk)
    assert list(event.payload["changes"]) == ["supplier"]


def test_edit_says_why_not_while_a_return_has_it(anna, emil, laptop, shelf, client_of):
    returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    values = {"product": "MacBook Pro 14", "serial_number": "OTHER"}
    page = client_of(anna).post(url("edit", laptop.pk), values)
    assert page.context["form"].non_field_errors()
    laptop.refresh_from_db()
    assert laptop.serial_number == "C02XL0AAA"


# --- Steps ------------------------------------------------------------------


def test_takes_each_step(acme, anna, emil, laptop, office, client_of):
    ewa, client = make_user(acme, "Ewa"), client_of(anna)
    steps = [
        ("hand_over", {"person": ewa.email}, AssetState.ACTIVE, ewa),
        ("repair", {"address": office.pk}, AssetState.IN_REPAIR, office),
        ("store", {"address": office.pk}, AssetState.STORAGE, office),
        ("retire", {"reason": "SOLD"}, AssetState.ARCHIVED, None),
    ]
    for name, values, state, holder in steps:
        answer = client.post(url(name, laptop.pk), values)
        assert answer.headers["Location"] == laptop.get_absolute_url()
        laptop = Asset.objects.get(pk=laptop.pk)
        assert (laptop.state, laptop.holder) == (state, holder)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hand_over", {"person": "nobody@acme.example"}),
        ("store", {"address": "nowhere"}),
        ("repair", {}),
    ],
)
def test_a_step_without_its_answer_changes_nothing(
    anna, laptop, client_of, name, values
):
    before = Event.objects.count()
    page = client_of(anna).post(url(name, laptop.pk), values, follow=True)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]
    assert Event.objects.count() == before


def test_a_refused_step_says_why_on_the_page_before(
    anna, emil, laptop, shelf, office, client_of
):
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    page = client_of(anna).post(
        url("store", laptop.pk),
        {"address": office.pk},
        headers={"referer": f"http://testserver{laptop.get_absolute_url()}"},
        follow=True,
    )
    assert ret.reference in str(next(iter(page.context["messages"])))
    laptop.refresh_from_db()
    assert laptop.state == AssetState.ACTIVE


@pytest.mark.parametrize("reason", ["", "BORED"])
def test_nothing_is_archived_without_a_reason(anna, laptop, client_of, reason):
    before = Event.objects.count()
    page = client_of(anna).post(url("retire", laptop.pk), {"reason": reason})
    assert page.context["form"].errors["reason"]
    assert "Emil Example no longer has it" in page.text
    assert Event.objects.count() == before


def test_what_was_archived_shows_the_way_back(anna, laptop, shelf, client_of):
    client = client_of(anna)
    client.post(url("retire", laptop.pk), {"reason": "GIVEN_AWAY"})
    page = client.get(laptop.get_absolute_url()).text
    assert "Found again?" in page
    client.post(url("store", laptop.pk), {"address": shelf.pk})
    laptop.refresh_from_db()
    assert laptop.state == AssetState.STORAGE


STEPS = ("hand_over", "store", "repair", "retire")


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_refused_to_outsiders_employees_and_get(
    anna, emil, gina, wanda, laptop, client_of, name
):
    for other in (gina, emil, wanda):
        assert client_of(other).post(url(name, laptop.pk)).status_code == 404
    expected = 200 if name == "retire" else 405  # it asks first
    assert client_of(anna).get(url(name, laptop.pk)).status_code == expected


def test_wrong_methods_are_refused(anna, laptop, client_of):
    client = client_of(anna)
    for page in (url("list"), url("detail", laptop.pk), url("product_options")):
        assert client.post(page).status_code == 405
    for page in (url("create"), url("edit", laptop.pk)):
        assert client.delete(page).status_code == 405


# --- Fragments --------------------------------------------------------------


def test_options_are_of_the_own_company(anna, emil, gina, client_of):
    make_product(anna.company, "ThinkPad X9", model_number="21Q6")
    make_product(gina.company, "Think of Globex")
    client = client_of(anna)
    products = client.get(url("product_options"), {"product": "think"}).text
    assert "ThinkPad X9 (21Q6)" in products
    assert "Globex" not in products
    people = client.get(url("people_options"), {"person": "e"}).text
    assert "emil@acme.example" in people
    assert "globex" not in people
    for name in ("product_options", "people_options"):
        assert client_of(emil).get(url(name)).status_code == 404


def test_places_show_what_they_hold(anna, gina, office, shelf, client_of):
    for number in range(3):
        make_asset(office, f"S{number}")
    page = client_of(anna).get("/addresses/")
    assert f'<a href="/assets/?address={office.pk}">3</a>' in page.text
    assert f'<a href="/assets/?address={shelf.pk}">0</a>' in page.text
    opened = client_of(anna).get(f"/assets/?address={office.pk}").context["page"]
    assert opened.total == 3
    assert office.name not in client_of(gina).get("/addresses/").text
