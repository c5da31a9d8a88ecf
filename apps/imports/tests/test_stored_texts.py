"""A worker keeps codes and parameters; words come when they are shown, in the language
of whoever reads them."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.bulk import texts as bulk_texts
from apps.companies.models import Address
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.tests.pseudo import bypasses, data, pseudo_locale, stored
from apps.core.told import Sentence, as_written, declared
from apps.imports import services, tasks
from apps.imports.columns.column_texts import OF_OTHER_THINGS
from apps.imports.models import Batch, BatchRow
from apps.imports.reading import file_texts
from apps.imports.shown.plan import REASONS, kept_csv, left_out_csv
from apps.imports.targets.unresolved import NameChoice
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.people import services as people

from .factories import apply_all, make_plan, planned, rows, undo_all, upload

HEADER = "Serial;Tag;Model;Holder email;Holder name;Location;Status;Category;Price;"
HEADER += "Currency;Bought on;Warranty;Condition;Notes;Mac address\n"
DEVICES = HEADER + (
    "S1;T1;XPS;emil@acme.example;;;;;12 EUR;;2024-01-31;36;good;;aa\n"  # create
    "S2;;;;;Warsaw office;In stock;;;;;;;new;\n"  # change and move
    "S3;;;;;;Lost;;;;;;;;\n"  # change of a state with a reason
    "S4;;XPS;;Nobody Known;;;;;;;;;;\n"
    "S5;;XPS;;;;In transit;;;;;;;;\n"
    "S6;;XPS;emil@acme.example;;;In repair;;;;;;;;\n"
    "S1;;XPS;;;;;;;;;;;;\n"  # repeated
    ";;XPS;;;;;;;;;;;;\n"
    "S8;;;;;;;;;;;;;;\n"
    "S9;;XPS;;;;;;12.345 JPY;;;;;;\n"
    "SA;;XPS;;;;;;5 DEM;;;;;;\n"
    "SB;;XPS;;;;;;5 BGN;;;;;;\n"
    "SC;;XPS;;;;;;1.5 EUR;USD;;;;;\n"
    "SD;;XPS;;;;Quarantine;;kr 5;Taler;31/31/2025;life;7;;\n"
    "=1E+15;2-Mar;#N/A;no mail;;;;;one;;45000;;;;\n"
    "SE;;(clear);;;;;;;;;;;;\n"
    "SF;;XPS;;Jan Kowalski;;;;;;;;;;\n"  # two of that name
    "SG;T2;;;;;;;;;;;;;\n"  # claimed
    "SH;;;;;;Ordered;;;;;;;;\n"  # no such step
    "SI;;;;;;;Notebook;;;;;;;\n"  # its category is its model
    "SJ;;Box;;;;;Gizmo;;;;;;;\n"  # an unknown category
    "SK;;XPS;;;Closed office;;;;;;;;;\n"
    "SL;;XPS;;;;;;;;;;;;;;more\n"
    "SM;;XPS;rita@acme.example;;;;;;;;;;;\n"
    "SN;;XPS;;;;;;;;;;;;\n"  # changed before it is applied
)
PEOPLE = (
    "First name,Last name,Email,Country,Active,Start date,End date\n"
    "Ada,New,ada@acme.example,,,,\n"
    "Rita,Returns,rita@acme.example,,,,\n"  # has left
    "Rolf,Back,rolf@acme.example,,yes,,\n"  # comes back
    "Olga,Gone,olga@acme.example,,no,,\n"
    "Emil,Example,emil@acme.example,,no,,\n"
    "Zoe,Far,zoe@acme.example,Japan,,,\n"
    "Nora,Nomail,,,,,\n"
    "Ida,Odd,not an address,Wakanda,,soon,\n"
)
OTHER_LISTS = {
    "licences": "Item name,Serial number,Seats,Reassignable,Email\na,b,1,2,c\n",
    "unknown_kind": "id,name\n1,2\n",
    "no_rows": "Serial;Model\n",
    "unclosed_quote": 'Serial;Model\nS1;"XPS\n',
    "empty_file": " \n",
    "nul_byte": "Serial;Model\nS1;\0\n",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company(acme, shelf, office, emil, anna):
    """With something in the way of each row."""
    for name, mail in (("Jan", "jan1"), ("Jan", "jan2")):
        accounts.create(
            actor=SYSTEM,
            company=acme,
            first_name=name,
            last_name="Kowalski",
            email=f"{mail}@acme.example",
        )
    for first, last in (("Rita", "Returns"), ("Rolf", "Back")):
        user = accounts.create(
            actor=SYSTEM,
            company=acme,
            first_name=first,
            last_name=last,
            email=f"{first.lower()}@acme.example",
        )
        people.archive(user, reason="LEFT", actor=SYSTEM)
    make_asset(emil, "S2")
    make_asset(office, "S3")
    claimed = make_asset(emil, "SG")
    make_asset(shelf, "SH")
    Claim.objects.create(
        company=acme,
        asset=claimed,
        kind="RETURN",
        reference="RET-1",
        workflow_id=anna.id,
    )
    Address.objects.create(company=acme, name="Closed office", is_active=False)
    return acme


def imported(company) -> list[Batch]:
    """Planned, decided, applied and undone, with refusals at every step."""
    devices = upload(company, DEVICES)
    services.set_columns(
        devices,
        mapping=devices.mapping,
        options={"date_order": "DAY_FIRST", "decimal_mark": "POINT"},
        default_address=devices.default_address,
        actor=SYSTEM,
        in_background=False,
    )
    devices.refresh_from_db()
    devices = make_plan(devices)
    gizmo = devices.unknowns.get(kind="category")
    choice = NameChoice("category", gizmo.key, "REFUSE")
    services.decide_unknowns(devices, [choice], actor=SYSTEM, in_background=False)
    tasks.plan_batch(str(devices.pk))
    Asset.objects.filter(serial_number="S3").update(notes="mine")
    accounts.create(actor=SYSTEM, company=company, first_name="X", email="x@x.example")
    devices.refresh_from_db()
    apply_all(devices)
    used = Asset.objects.get(serial_number="S1")
    inventory.update(used, actor=SYSTEM, notes="touched")
    moved = Asset.objects.get(serial_number="S2")
    inventory.update(moved, actor=SYSTEM, notes="touched")
    staff = upload(company, PEOPLE)
    services.set_columns(
        staff,
        mapping=staff.mapping,
        options={"columns": {"4": {"words": {"perhaps": {"means": "REFUSE"}}}}},
        default_address=None,
        actor=SYSTEM,
        in_background=False,
    )
    staff.refresh_from_db()
    staff = apply_all(make_plan(staff))
    back = User.objects.get(email="rolf@acme.example")
    make_asset(back, "SX")
    return [undo_all(devices), undo_all(staff)]


def failed(company) -> list[Batch]:
    batches = []
    for text in OTHER_LISTS.values():
        file = SimpleUploadedFile("list.csv", text.encode())
        batch = services.upload(company, file, actor=SYSTEM)
        tasks.read_batch(str(batch.pk))
        batch.refresh_from_db()
        batches.append(batch)
    return batches


def pages_of(batch: Batch) -> list[str]:
    address = reverse("imports:detail", args=[batch.pk])
    lists = ("REFUSED", "AMBIGUOUS", "KEPT", "UNDONE", "CREATE", "CHANGE", "REHIRE")
    return [f"{address}?verdict={name}" for name in lists] + [
        reverse("imports:columns", args=[batch.pk])
    ]


def test_no_table_keeps_what_a_worker_said_in_its_language(company):
    with pseudo_locale():
        batches = imported(company) + failed(company)
    assert {batch.state for batch in batches} == {"UNDONE", "FAILED"}
    assert all(batch.kept_rows for batch in batches[:2])
    assert stored() == {}
    assert [batch.error.code for batch in batches[2:]] == [*OTHER_LISTS]


def test_pages_and_files_speak_the_language_of_their_reader(company, anna, client_of):
    with pseudo_locale():
        batches = imported(company) + failed(company)
    client, known, found = client_of(anna), data(), {}
    for batch in batches:
        for url in pages_of(batch):
            page = client.get(url)
            if page.status_code in (302, 400):
                continue
            assert "⟦" not in page.text, url
            with pseudo_locale():
                if past := bypasses(client.get(url).text, known):
                    found[url] = past
    assert found == {}


@pytest.mark.parametrize("lines", [left_out_csv, kept_csv])
def test_what_is_downloaded_speaks_the_language_of_the_request(company, lines):
    devices, _staff = imported(company)
    with pseudo_locale(), translation.override(None):
        streamed = lines(devices)  # no language: nothing is marked
        with translation.override("en"):
            assert "⟦" not in "".join(streamed)
    with pseudo_locale():
        head, *rest = lines(devices)
        assert rest
        assert "⟦Reason⟧" in head
        assert all("⟦" in line for line in rest)


def test_the_command_speaks_the_language_of_its_caller(company, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "S5;;XPS;;;;In transit;;;;;;;;\nS1;;XPS;;;;;;;;;;;;\n")
    out = io.StringIO()
    with pseudo_locale(), pytest.raises(CommandError, match="⟦“In transit” comes from"):
        call_command("import_file", path, company=company.slug, likely=True, stdout=out)
    assert "line 2: Status: ⟦“⟦On its way⟧” comes from" in out.getvalue()


def test_rows_are_filtered_by_code(company, anna, client_of):
    with pseudo_locale():
        batch = planned(company, DEVICES)
    url = f"{reverse('imports:detail', args=[batch.pk])}?verdict=REFUSED&what="
    page = client_of(anna).get(url + "workflow_state")
    assert "Comes from an order or a return (1)" in page.text
    assert [row.line for row in page.context["page"].rows] == [6]


def test_a_plan_of_one_language_is_applied_in_another(company):
    """What changes is kept in codes, so that the same row is seen to be the same."""
    with pseudo_locale():
        batch = planned(company, HEADER + "S3;;;;;;Lost;;;;;;;;\n")
    Asset.objects.filter(serial_number="S3").update(updated_at=timezone.now())
    apply_all(batch)
    assert rows(batch)[0].verdict == "CHANGE"
    assert rows(batch)[0].changes["state"] == ["STORAGE", "ARCHIVED/LOST"]


def test_what_was_kept_in_words_is_still_shown(company, anna, client_of):
    text = HEADER + "S5;;XPS;;;;In transit;;;;;;;;\nS2;;;;;;;;;;;;;n;\n"
    batch = planned(company, text)
    old = [{"column": 6, "code": "workflow_state", "message": "It can't be imported."}]
    BatchRow.objects.filter(batch=batch, line=2).update(problems=old)
    change = {"state": ["In use", "In storage"]}
    BatchRow.objects.filter(batch=batch, line=3).update(changes=change)
    Batch.objects.filter(pk=batch.pk).update(error=as_written("The disk is full."))
    client, url = client_of(anna), reverse("imports:detail", args=[batch.pk])
    assert "It can&#x27;t be imported." in client.get(f"{url}?verdict=REFUSED").text
    assert "In storage" in client.get(f"{url}?verdict=CHANGE").text
    assert "The disk is full." in client.get(url).text
    assert "It can't be imported." in "".join(left_out_csv(batch))


# Reasons of whole files, of what undoing keeps, and notes: no list is filtered by them.
NOT_OF_ROWS = {sentence.reason for sentence in OF_OTHER_THINGS.values()}
NOT_OF_ROWS |= {"failed", "given_up", "no_key", "bad_mapping", "not_allowed"}
NOT_OF_ROWS |= {"model_in", "model_of_in", "file_erased", "user_erased"}
NOT_OF_ROWS |= {"unread", "changed_again", "changed_since", "has_left_again", "in_use"}
NOT_OF_ROWS |= {"invoiced", "has_login", "has_moved", "holds_equipment", "is_needed"}
NOT_OF_ROWS |= {"never_noted", "was_in_a_parcel", "later_import", "left_out"}
NOT_OF_ROWS |= {"doubtful_columns", "nobody_has_it"}


def test_each_reason_of_a_row_can_be_chosen_by_its_name():
    others = declared_in(file_texts) + declared_in(bulk_texts)
    codes = {sentence.code for sentence in others}
    reasons = {one.reason for one in declared().values() if one.code not in codes}
    reasons |= {"stray_quote", "too_many_cells"}  # of files and of rows
    assert reasons - NOT_OF_ROWS == REASONS.keys()


def declared_in(module) -> list[Sentence]:
    return [one for one in vars(module).values() if isinstance(one, Sentence)]
