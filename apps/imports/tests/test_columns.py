from pathlib import Path

import pytest

from apps.imports.columns import headers
from apps.imports.columns.detection import detect_kind
from apps.imports.columns.fields import FIELDS, field_named
from apps.imports.columns.headers import (
    HEADERS,
    Confidence,
    count_known,
    guess_mapping,
    normalise_header,
)
from apps.imports.states import Kind
from apps.imports.tests.factories import read_table

FILES = Path(__file__).parent / "files"


def mapped(headers, kind=Kind.ASSETS):
    mapping = guess_mapping(headers, kind)
    return {headers[position]: target for position, target in mapping.targets().items()}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Serial No.", "serialno"),
        ("serial_number", "serialnumber"),
        ("serialNumber", "serialnumber"),
        (" SERIAL-number ", "serialnumber"),
        ("Employee #", "employeenumber"),
        ("Numéro de série", "numerodeserie"),
        ("Straße", "strasse"),
        ("Dział", "dzial"),
        ("Checked Out To: Email", "checkedouttoemail"),
    ],
)
def test_headers_are_compared_without_case_accents_and_punctuation(header, key):
    assert normalise_header(header) == key


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("snipeit_assets.csv", Kind.ASSETS),
        ("snipeit_assets_damaged.csv", Kind.ASSETS),
        ("snipeit_users.csv", Kind.PEOPLE),
        ("shelf_assets.csv", Kind.ASSETS),
        ("shelf_users.csv", Kind.PEOPLE),
        ("german_sheet.csv", Kind.ASSETS),
        ("polish_sheet.tsv", Kind.ASSETS),
    ],
)
def test_kind_is_recognised(name, kind):
    assert detect_kind(read_table(FILES / name).header).kind is kind


@pytest.mark.parametrize(
    ("code", "headers"),
    [
        ("licences", "Item name,Serial number,Seats,Reassignable,Email"),
        ("consumables", "Company,Name,Category,QTY,Model Number,Item Number"),
        ("accessories", "Company,Name,Category,QTY,Min Amount,Model Number"),
        ("components", "Item Name,Serial number,Category,Quantity,Min Qty"),
        ("models", "Name,Manufacturer,Model Number,Fieldset,Requestable"),
        ("locations", "name,address,address2,city,state,country,zip,manager"),
        ("unknown_kind", "id,name"),
        ("unknown_kind", ",,"),
    ],
)
def test_other_lists_are_refused_in_one_sentence(code, headers):
    detection = detect_kind(headers.split(","))
    assert (detection.kind, detection.told.code) == (None, code)
    assert str(detection.told).endswith(".")


def test_a_quantity_beside_single_devices_is_no_reason_to_refuse():
    assert detect_kind(["Serial", "Quantity", "Assigned to"]).kind is Kind.ASSETS


def test_a_quantity_beside_serial_numbers_is_read_row_by_row():
    headers = ["Entry Name", "Serial Number", "Quantity", "Model"]
    assert detect_kind(headers).kind is Kind.ASSETS


def test_people_with_an_address_are_no_places():
    assert detect_kind(["Name", "Phone", "Address", "City", "E-Mail"]).kind is (
        Kind.PEOPLE
    )


def test_every_column_of_snipe_it_assets_finds_its_field():
    assert mapped(read_table(FILES / "snipeit_assets.csv").header) == {
        "Name": "name",
        "Asset Tag": "asset_tag",
        "Category": "category",
        "Supplier": "supplier",
        "Manufacturer": "manufacturer",
        "Location": "location",
        "Order Number": "order_number",
        "Model": "product_name",
        "Model Number": "model_number",
        "Asset Notes": "notes",
        "Purchase Date": "purchase_date",
        "Purchase Cost": "purchase_price",
        "Checkout Type": "holder_kind",
        "Checked Out To: Location": "holder_place",
        "Checked Out To: Username": "holder_username",
        "Checked Out To: First Name": "holder_first_name",
        "Checked Out To: Last Name": "holder_last_name",
        "Checked Out To: Email": "holder_email",
    }


def test_every_column_of_snipe_it_users_that_we_keep_finds_its_field():
    targets = mapped(read_table(FILES / "snipeit_users.csv").header, Kind.PEOPLE)
    assert set(targets.values()) == {
        "first_name",
        "last_name",
        "email",
        "username",
        "street",
        "city",
        "state",
        "country",
        "postal_code",
        "phone",
        "job_title",
        "notes",
        "employee_number",
        "start_on",
        "end_on",
    }


def test_typed_columns_of_shelf_fill_fields_or_the_specification():
    targets = mapped(read_table(FILES / "shelf_assets.csv").header)
    assert targets["cf: Serial number,type:text"] == "serial_number"
    assert targets["cf:brand, type:option"] == "manufacturer"
    assert (
        targets["cf:temperature rating, type:number"]
        == "specification:temperature rating"
    )
    assert "type" not in targets


def test_of_two_columns_for_one_field_the_first_wins_and_the_second_is_told():
    mapping = guess_mapping(["Category", "Serial", "Category"], Kind.ASSETS)
    assert mapping.targets()[0] == "category"
    assert mapping.columns[2].target is None
    assert "Column 1, “Category”" in mapping.columns[2].why


def test_a_certain_header_wins_over_an_earlier_likely_one():
    mapping = guess_mapping(["Type", "Category"], Kind.ASSETS)
    assert mapping.targets() == {1: "category"}


def test_model_is_the_name_unless_another_column_holds_it():
    assert mapped(["Model", "Serial"])["Model"] == "product_name"
    assert mapped(["Model", "Model name"]) == {
        "Model": "model_number",
        "Model name": "product_name",
    }
    assert mapped(["Model", "Model number"]) == {
        "Model": "product_name",
        "Model number": "model_number",
    }


def test_unknown_and_empty_headers_stay_unmapped_with_the_reason():
    mapping = guess_mapping(["Farbe", ""], Kind.ASSETS)
    assert [c.confidence for c in mapping.columns] == [Confidence.NONE] * 2
    assert mapping.columns[0].why != mapping.columns[1].why


def test_home_made_headers_in_other_languages_are_known():
    assert mapped(read_table(FILES / "german_sheet.csv").header) == {
        "Inventarnummer": "asset_tag",
        "Seriennummer": "serial_number",
        "Hersteller": "manufacturer",
        "Modell": "product_name",
        "Mitarbeiter": "holder_name",
        "Kaufdatum": "purchase_date",
        "Preis": "purchase_price",
    }
    french = mapped(["N° de série", "Marque", "Modèle", "Utilisateur", "État"])
    assert french["N° de série"] == "serial_number"
    assert french["État"] == "state"


@pytest.mark.parametrize("kind", Kind)
def test_a_header_is_listed_for_fields_that_there_are(kind):
    listed = HEADERS[kind].keys() | HEADERS[kind]["likely"].keys()
    assert listed - {"likely"} <= {field.target for field in FIELDS[kind]}


def test_a_header_listed_for_two_fields_stops_the_process(monkeypatch):
    twice = {"serial_number": ["Number"], "asset_tag": ["NUMBER"], "likely": {}}
    monkeypatch.setitem(HEADERS, Kind.ASSETS, twice)
    with pytest.raises(ValueError, match="listed for two fields"):
        headers._guesses.__wrapped__(Kind.ASSETS)


def test_fields_are_found_by_name():
    assert str(field_named(Kind.PEOPLE, "end_on").label) == "Last working day"


def test_rows_of_data_are_not_taken_for_headers():
    assert count_known(["C02XK1", "MacBook Pro", "Anna Nowak", "2023-01-01"]) == 0
