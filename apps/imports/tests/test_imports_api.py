"""Imports by API: the same verbs as the pages, and the worker in between."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Product
from apps.companies.models import Address, Company
from apps.conftest import Api, make_asset
from apps.core.actor import SYSTEM, Role
from apps.core.api import documents, json
from apps.events.models import Event
from apps.imports import services
from apps.imports.api import IMPORTS, NAMES, ROWS
from apps.imports.models import Batch, BatchRow
from apps.inventory import services as inventory
from apps.inventory.models import Asset

from .factories import applied, planned, undo_all, upload, work

pytestmark = pytest.mark.django_db

FILE = (
    "Serial;Model;Location;Purchase date;Price;Colour\n"
    "API-1;Framework 13;Attic;03/04/2025;990,50;grey\n"
    "API-2;Framework 13;Warsaw office;05/06/2025;1.190,00;red\n"
    "API-3;#REF!;Warsaw office;07/08/2025;cheap;red\n"
)


def send(api: Api, text: str = FILE, query: str = "", **headers: str) -> Any:
    """As the whole body."""
    return Client(raise_request_exception=False).post(
        f"/api/v1/integration/imports{query}",
        text.encode(),
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {api.token}", **headers},
    )


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(answer: Any, status: int) -> tuple[str, str | None]:
    assert answer.status_code == status, answer.content
    (found,) = answer.json()["errors"]
    return found["code"], found.get("pointer")


def test_a_whole_story(
    api: Api, acme: Company, shelf: Address, office: Address
) -> None:
    made = done(send(api, query="?name=fleet.csv&kind=ASSETS"))
    at = f"imports/{made['id']}"
    assert (made["fileName"], made["state"], made["kind"]) == (
        "fleet.csv",
        "READING",
        "ASSETS",
    )
    assert made["progress"] == {"done": 0, "total": 0}
    assert work(made["id"])["state"] == "UPLOADED"
    assert api.found(at)["openQuestions"] == 1

    columns = api.found(f"{at}/columns")
    taken = [one.get("field") for one in columns["columns"]]
    assert (taken[0], taken[3:]) == (
        "serial_number",
        ["purchase_date", "purchase_price", None],
    )
    assert columns["columns"][5]["why"]
    assert columns["columns"][0]["samples"][0] == {"text": "API-1"}
    assert columns["currency"] == acme.currency
    assert columns["howRead"]["delimiter"] == ";"
    asked = {one["id"]: one for one in columns["questions"]}
    assert "answer" not in asked["3:date_order"]
    assert asked["4:decimal_mark"]["answer"] == "COMMA"
    assert any(one["code"] == "currency" for one in columns["assumptions"])

    assert refused(api.post(f"{at}/plan"), 409) == ("open_questions", None)
    answer = {"question": "3:date_order", "answer": "DAY_FIRST"}
    colour = {"position": 5, "field": "specification:Colour"}
    found = done(
        api.patch(
            f"{at}/columns",
            {"columns": [colour], "answers": [answer], "currency": "PLN"},
        )
    )
    assert found["state"] == "READING"
    assert work(found["id"])["state"] == "PLANNED"

    plan = api.found(at)
    assert plan["counts"]["create"] == 2
    assert plan["counts"]["refused"] == 1
    assert plan["rowsWithWarnings"] == 1
    rows = api.found(f"{at}/rows?limit=2")
    assert [row["line"] for row in rows["items"]] == [2, 3]
    assert rows["items"][0]["verdict"] == "CREATE"
    changes = {one["field"]: one["new"] for one in rows["items"][0]["changes"]}
    assert "API-1" in changes.values()
    rest = api.found(f"{at}/rows?limit=2&after={rows['next']}")["items"]
    (problem,), (warning,) = rest[0]["problems"], rest[0]["warnings"]
    assert (problem["code"], problem["column"], problem["cell"]) == (
        "spreadsheet_error",
        1,
        "#REF!",
    )
    assert rest[0]["verdict"] == "REFUSED"
    assert (warning["code"], warning["column"], warning["cell"]) == (
        "bad_money",
        4,
        "cheap",
    )
    assert "cheap" in warning["detail"]

    names = {one["kind"]: one for one in api.found(f"{at}/names")["items"]}
    assert (names["place"]["name"], names["place"]["rows"]) == ("Attic", 1)
    assert names["product"]["decision"] == "CREATE"
    use = {"decision": "USE", "use": "Warsaw office"}
    place = {name: names["place"][name] for name in ("kind", "key")}
    found = done(api.post(f"{at}/names", {"names": [place | use]}))
    assert found["state"] == "PLANNING"
    work(found["id"])

    assert refused(api.post(f"{at}/apply", {"plannedAt": plan["plannedAt"]}), 409) == (
        "plan_changed",
        None,
    )
    assert not Asset.objects.exists()
    newest = api.found(at)
    found = done(api.post(f"{at}/apply", {"plannedAt": newest["plannedAt"]}))
    assert found["progress"] == {"done": 0, "total": 2}
    assert work(found["id"])["state"] == "APPLIED"
    assert api.found(at)["appliedRows"] == 2
    asset = Asset.objects.get(serial_number="API-1")
    assert (asset.address, asset.currency) == (office, "PLN")
    assert str(asset.purchased_on) == "2025-04-03"
    assert {"Colour": "grey"} in asset.specification

    csv = api.get(f"{at}/refused-rows")
    assert csv["Content-Type"].startswith("text/csv")
    text = b"".join(csv).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Serial;Model")
    assert "API-3" in text
    assert "API-1" not in text

    back = api.found(f"{at}/undo")
    assert (back["rows"], back["created"]) == (2, 2)
    assert {"kind": "product", "there": 1, "undone": 0} in back["made"]
    assert "WRONG_FILE" in [one["code"] for one in back["reasons"]]
    found = done(api.post(f"{at}/undo", {"reason": "WRONG_FILE"}))
    assert found["state"] == "UNDOING"
    assert work(found["id"])["state"] == "UNDONE"
    assert not Asset.objects.exists()
    assert not Product.objects.filter(company=acme).exists()
    told = set(
        Event.objects.filter(subject_id=made["id"]).values_list("type", flat=True)
    )
    assert {"import.applied", "import.undone"} <= told


def test_a_form_says_the_same_and_twice_is_once(api: Api) -> None:
    parts = {
        "file": SimpleUploadedFile("Bestand März.csv", FILE.encode()),
        "kind": "ASSETS",
    }
    headers = {"Authorization": f"Bearer {api.token}", "Idempotency-Key": "fleet-1"}
    first, second = (
        Client().post(
            "/api/v1/integration/imports",
            {**parts, "file": SimpleUploadedFile("Bestand März.csv", FILE.encode())},
            headers=headers,
        )
        for _each in range(2)
    )
    assert done(first) == done(second)
    assert second["Idempotent-Replayed"] == "true"
    assert Batch.objects.get().file.name == "Bestand März.csv"


def test_what_is_no_list_is_refused_at_once(api: Api) -> None:
    assert refused(send(api, "", "?name=a.csv"), 422)[1] == "/file"
    assert refused(send(api, "a;b", "?name=a.pdf"), 422)[1] == "/file"
    assert send(api, "a;b", "?sheets=1").status_code == 400
    assert refused(send(api, "a;b", "?kind=PLACES"), 400)[0] == "invalid_choice"
    assert not Batch.objects.exists()


def test_a_file_that_can_t_be_read_says_why(api: Api) -> None:
    made = done(send(api, "Seats;Licensed to name;Product key\n1;2;3\n"))
    assert work(made["id"])["state"] == "FAILED"
    found = api.found(f"imports/{made['id']}")
    assert set(found["error"]) == {"code", "detail"}
    german = api.get(f"imports/{made['id']}", Accept_Language="de").json()
    assert german["error"]["code"] == found["error"]["code"]
    assert api.found(f"imports/{made['id']}/columns")["columns"] == []
    found = done(api.post(f"imports/{made['id']}/read-again", {"headerLine": 2}))
    assert found["state"] == "READING"


def test_columns_wait_until_the_file_is_read(api: Api) -> None:
    made = done(send(api, query="?kind=ASSETS"))
    at = f"imports/{made['id']}/columns"
    assert api.found(at)["columns"] == []
    assert refused(api.patch(at, column(0, "notes")), 409) == ("wrong_state", None)
    Batch.objects.update(state="FAILED")
    assert refused(api.patch(at, column(0, "notes")), 409) == ("unread", None)


def test_a_large_list_is_taken_and_a_larger_one_refused(api: Api) -> None:
    lines = "Serial;Model\n" + "L-1;XPS 13 of a rather long name\n" * 900_000
    key = {"Idempotency-Key": "large-1"}
    assert len(lines) > 27_000_000
    made = done(send(api, lines, "?name=large.csv", **key))
    assert done(send(api, lines, "?name=large.csv", **key)) == made
    answer = send(api, lines * 2, "?name=larger.csv")
    assert answer.status_code == 413
    assert Batch.objects.get().file.size == len(lines)


def test_other_company_finds_nothing(
    outsider: Api, acme: Company, shelf: Address
) -> None:
    batch = planned(acme, FILE.replace("03/04", "13/04"))
    at = f"imports/{batch.pk}"
    name = {"kind": "place", "key": "attic\n", "decision": "CREATE"}
    calls: list[tuple[str, str, Any]] = [
        ("GET", at, None),
        ("POST", f"{at}/discard", None),
        *(("GET", f"{at}/{part}", None) for part in ("columns", "rows", "names")),
        *(("GET", f"{at}/{part}", None) for part in ("undo", "refused-rows")),
        ("GET", f"{at}/kept-rows", None),
        ("PATCH", f"{at}/columns", {"currency": "EUR"}),
        ("POST", f"{at}/read-again", {}),
        ("POST", f"{at}/names", {"names": [name]}),
        *(("POST", f"{at}/{part}", None) for part in ("plan", "apply", "stop")),
        ("POST", f"{at}/undo", {"reason": "OTHER"}),
    ]
    for method, path, body in calls:
        assert outsider.send(method, path, body).status_code == 404, path
    assert outsider.found("imports") == {"items": []}
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("PLANNED", 3)


def test_a_place_of_another_company_does_not_exist(
    api: Api, acme: Company, shelf: Address, globex: Company
) -> None:
    there = Address.objects.create(company=globex, name="Theirs", country_id="PL")
    batch = upload(acme, "Serial;Model\nAPI-1;XPS\n")
    answer = api.patch(
        f"imports/{batch.pk}/columns", {"defaultAddressId": str(there.pk)}
    )
    assert refused(answer, 422) == ("unknown_address", "/defaultAddressId")
    batch.refresh_from_db()
    assert (batch.state, batch.default_address) == ("UPLOADED", shelf)


def column(position: int, field: str | None) -> dict[str, Any]:
    return {"columns": [{"position": position, "field": field}]}


def given(question: str, answer: str = "YES") -> dict[str, Any]:
    return {"answers": [{"question": question, "answer": answer}]}


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (column(9, None), "no_column", "/columns/0/position"),
        (column(1, "x"), "unknown_field", "/columns/0/field"),
        (column(0, None), "no_key", None),
        (column(1, "serial_number"), "bad_mapping", None),
        (given("0:what"), "unknown_question", "/answers"),
        (given("2:date_order"), "bad_option", "/answers"),
        ({"currency": "XXQ"}, "bad_currency", "/currency"),
        ({"colums": []}, "unknown", "/colums"),
    ],
)
def test_columns_that_can_t_be_meant_change_nothing(
    api: Api, acme: Company, shelf: Address, body: Any, code: str, pointer: str | None
) -> None:
    batch = upload(acme, "Serial;Model;Purchase date\nAPI-1;XPS;03/04/2025\n")
    answer = api.patch(f"imports/{batch.pk}/columns", body)
    assert refused(answer, 422) == (code, pointer)
    found = Batch.objects.get()
    assert (found.state, found.mapping) == ("UPLOADED", batch.mapping)


OWNED = "Serial;Model;Owner;Site\nAPI-7;XPS;emil@acme.example;Attic\n"


def test_nothing_is_planned_while_columns_are_doubtful(
    api: Api, acme: Company, shelf: Address
) -> None:
    batch = upload(acme, OWNED)
    at = f"imports/{batch.pk}"
    answer = api.post(f"{at}/plan")
    assert refused(answer, 409) == ("doubtful_columns", None)
    told = answer.json()["errors"][0]["detail"]
    assert "“Owner” (2): holder_name" in told
    assert "“Site” (3): location" in told
    one = column(2, "holder_name") | {"currency": "PLN"}
    assert refused(api.patch(f"{at}/columns", one), 409)[0] == "doubtful_columns"
    batch.refresh_from_db()
    assert (batch.state, batch.options.get("currency")) == ("UPLOADED", None)
    assert not batch.is_confirmed


@pytest.mark.parametrize(
    "body",
    [
        {"acceptLikely": True},
        {"columns": [{"position": 2, "field": None}, {"position": 3, "field": None}]},
        {
            "columns": [
                {"position": 2, "field": "holder_name"},
                {"position": 3, "field": "location"},
            ]
        },
    ],
)
def test_doubtful_columns_are_said_once(
    api: Api, acme: Company, shelf: Address, body: dict[str, Any]
) -> None:
    batch = upload(acme, OWNED)
    done(api.patch(f"imports/{batch.pk}/columns", body))
    assert work(str(batch.pk))["state"] == "PLANNED"
    later = upload(acme, OWNED)  # what was said of these headers is remembered
    assert done(api.post(f"imports/{later.pk}/plan"))["state"] == "PLANNING"


def test_answers_stay_when_another_column_changes(
    api: Api, acme: Company, shelf: Address
) -> None:
    batch = upload(acme, "Serial;Model;Purchase date;X\nAPI-1;XPS;03/04/2025;n\n")
    at = f"imports/{batch.pk}/columns"
    date_order = {"question": "2:date_order", "answer": "MONTH_FIRST"}
    done(api.patch(at, {"answers": [date_order]}))
    assert work(str(batch.pk))["state"] == "PLANNED"
    done(api.patch(at, {"columns": [{"position": 3, "field": "notes"}]}))
    assert work(str(batch.pk))["state"] == "PLANNED"
    (row,) = BatchRow.objects.of(batch)
    assert row.values["purchase_date"] == "2025-03-04"
    assert row.values["notes"] == "n"


@pytest.mark.parametrize(
    ("name", "code", "place"),
    [
        ({"key": "nowhere"}, "unknown_name", "/names/1"),
        ({"decision": "USE", "use": "Moon"}, "name_not_found", "/names/1"),
    ],
)
def test_a_decision_that_can_t_be_made_makes_none(
    api: Api, acme: Company, office: Address, name: Any, code: str, place: str
) -> None:
    batch = planned(acme, "Serial;Model;Location\nAPI-1;XPS;Attic\n")
    listed = api.found(f"imports/{batch.pk}/names")["items"]
    names = {one["kind"]: one for one in listed}
    both = [
        {"kind": kind, "key": names[kind]["key"], "decision": "REFUSE"}
        for kind in ("product", "place")
    ]
    both[1] |= name
    answer = api.post(f"imports/{batch.pk}/names", {"names": both})
    assert refused(answer, 422) == (code, place)
    assert set(batch.unknowns.values_list("action", flat=True)) == {"CREATE"}


def test_all_names_of_a_kind_are_decided_at_once(
    api: Api, acme: Company, office: Address
) -> None:
    batch = planned(acme, "Serial;Model;Location\nA-1;X1;Attic\nA-2;X2;Cellar\n")
    all_models = {"kind": "product", "decision": "REFUSE"}
    done(api.post(f"imports/{batch.pk}/names", {"names": [all_models]}))
    found = set(batch.unknowns.values_list("kind", "action"))
    assert found == {("product", "REFUSE"), ("place", "CREATE")}
    taken = {"kind": "product", "decision": "USE", "use": "X3"}
    work(str(batch.pk))
    answer = api.post(f"imports/{batch.pk}/names", {"names": [taken]})
    assert refused(answer, 422)[0] == "bad_choice"


def test_steps_out_of_turn_are_refused(api: Api, acme: Company, shelf: Address) -> None:
    batch = upload(acme, "Serial;Model\nAPI-1;XPS\n")
    at = f"imports/{batch.pk}"
    assert refused(api.post(f"{at}/apply"), 409)[0] == "wrong_state"
    assert refused(api.post(f"{at}/stop"), 409)[0] == "wrong_state"
    assert refused(api.post(f"{at}/undo", {"reason": "OTHER"}), 409)[0] == "wrong_state"
    assert refused(api.post(f"{at}/undo", {"reason": "MOOD"}), 422)[1] == "/reason"
    batch = applied(acme, "Serial;Model\nAPI-2;XPS\n")
    told = api.post(f"imports/{batch.pk}/discard")
    assert refused(told, 409)[0] == "wrong_state"
    assert Asset.objects.count() == 1


def test_discards(api: Api, acme: Company, shelf: Address) -> None:
    batch = planned(acme, "Serial;Model\nAPI-1;XPS\n")
    tag = api.get(f"imports/{batch.pk}")["ETag"]
    Batch.objects.update(stop_requested=True)
    stale = api.post(f"imports/{batch.pk}/discard", If_Match=tag)
    assert refused(stale, 412)[0] == "changed_meanwhile"
    answer = api.post(f"imports/{batch.pk}/discard")
    assert (answer.status_code, answer.json()["state"]) == (200, "DISCARDED")
    work(str(batch.pk))
    assert not BatchRow.objects.of(batch).exists()
    assert api.found(f"imports/{batch.pk}")["state"] == "DISCARDED"
    (found,) = api.found("imports?states=DISCARDED,FAILED")["items"]
    assert found["id"] == str(batch.pk)
    assert api.found("imports?states=PLANNED&kinds=ASSETS") == {"items": []}


def test_rows_are_filtered(api: Api, acme: Company, shelf: Address, emil: Any) -> None:
    first = make_asset(emil, "API-1", notes="old")
    make_asset(emil, "API-2", notes="same")
    batch = planned(
        acme,
        "Serial;Model;Notes;Price\nAPI-1;;new;\nAPI-2;;same;\nAPI-3;XPS;50%;\n"
        "API-4;XPS;;many\nAPI-5;#N/A;;\n",
    )
    inventory.update(first, actor=SYSTEM, notes="newer")

    def lines(query: str) -> list[int]:
        found = api.found(f"imports/{batch.pk}/rows?{query}")
        return [row["line"] for row in found["items"]]

    assert lines("verdicts=CHANGE,SAME") == [2, 3]
    assert lines("reason=spreadsheet_error") == [6]
    assert lines("warning=bad_money") == lines("hasWarnings=true") == [5]
    assert lines("field=notes&verdicts=CHANGE") == [2]
    assert lines("searchPhrase=50%25") == [4]
    assert lines("changedAfterPlan=true") == [2]
    assert lines("changedAfterPlan=false") == [2, 3, 4, 5, 6]
    bad = api.get(f"imports/{batch.pk}/rows?changedAfterPlan=maybe")
    assert bad.status_code == 400
    assert lines("isKept=true") == []


def test_rows_that_could_not_be_undone_say_why(
    api: Api, acme: Company, shelf: Address, emil: Any
) -> None:
    batch = applied(acme, "Serial;Model\nAPI-1;XPS\nAPI-2;XPS\n")
    asset = Asset.objects.get(serial_number="API-1")
    inventory.hand_over(asset, emil, actor=SYSTEM)
    undo_all(batch)
    found = api.found(f"imports/{batch.pk}/rows?isKept=true")["items"]
    assert [row["line"] for row in found] == [2]
    assert found[0]["kept"]["code"]
    assert found[0]["targetId"] == str(asset.pk)
    undone = api.found(f"imports/{batch.pk}/rows?isUndone=true")["items"]
    assert [row["line"] for row in undone] == [3]
    assert "API-1" in b"".join(api.get(f"imports/{batch.pk}/kept-rows")).decode()


def test_a_client_that_only_reads_changes_nothing(
    api_as: Any, acme: Company, shelf: Address
) -> None:
    batch = planned(acme, "Serial;Model\nAPI-1;XPS\n")
    reader = api_as(Role.API_CLIENT_READONLY)
    assert reader.found(f"imports/{batch.pk}/rows")["items"]
    assert reader.post(f"imports/{batch.pk}/apply").status_code == 403
    assert send(reader).status_code == 403
    assert reader.post(f"imports/{batch.pk}/discard").status_code == 403
    batch.refresh_from_db()
    assert batch.state == "PLANNED"


@pytest.mark.parametrize("reading", [IMPORTS, ROWS, NAMES])
def test_says_the_same_as_its_serializer(
    reading: Any, api: Api, acme: Company, shelf: Address
) -> None:
    planned(acme, FILE.replace("03/04", "13/04"))
    services.upload(acme, SimpleUploadedFile("b.csv", b"a;b"), actor=SYSTEM)
    name = {"Import": "imports", "ImportRow": "rows", "ImportName": "names"}
    path = name[reading.shape.name.removesuffix("Response")]
    batch = Batch.objects.get(state="PLANNED")
    found = api.found("imports" if path == "imports" else f"imports/{batch.pk}/{path}")
    is_down = reading.keyset.startswith("-")
    things = reading.shape.model._base_manager.order_by(
        reading.keyset, "-id" if is_down else "id"
    )
    assert found["items"]
    said = reading.shape.serializer_class(things, many=True).data
    assert found["items"] == orjson.loads(json.dumps(said))


def test_a_list_costs_two_statements(api: Api, acme: Company, shelf: Address) -> None:
    batch = planned(acme, FILE.replace("03/04", "13/04"))
    for path in ("", f"/{batch.pk}/rows", f"/{batch.pk}/names", f"/{batch.pk}"):
        api.found(f"imports{path}")
        with CaptureQueriesContext(connection) as queries:
            api.found(f"imports{path}")
        told = [one["sql"] for one in queries if "imports_" in one["sql"]]
        assert len(told) <= 2, told


def test_refused_rows_are_declared_as_csv() -> None:
    paths = orjson.loads(documents.schema_bytes())["paths"]
    for part in ("refused-rows", "kept-rows"):
        answer = paths[f"/api/v1/integration/imports/{{id}}/{part}"]["get"]
        (media,) = answer["responses"]["200"]["content"].items()
        assert media[0] == "text/csv"
        assert media[1]["schema"] == {"type": "string"}
