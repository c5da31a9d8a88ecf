"""What imports kept of somebody who is erased."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import Erasure, User
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events import services as events
from apps.imports import services
from apps.imports.erasure import forgetting
from apps.imports.models import Batch, BatchRow, Made, Unknown
from apps.inventory.models import Asset
from apps.people import services as people

from .factories import (
    applied,
    apply_all,
    codes,
    counts,
    planned,
    rows,
    undo_all,
    upload,
)

pytestmark = pytest.mark.django_db

PEOPLE = """First name,Last name,Email,Employee number,Phone
Żaneta,Łęcka,zaneta@acme.example,EMP-77,+48 600
Olga,Other,olga@acme.example,EMP-78,+48 601
"""


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def erase(user: User) -> None:
    people.archive(user, actor=SYSTEM, way="ARCHIVED", reason="LEFT")
    people.erase(user, actor=SYSTEM, reason="ASKED")
    forgetting.forget_erased()


def everything(batch: Batch) -> str:
    """What the tables of imports hold of a batch, as one text."""
    batch = Batch.objects.select_related("file").get(pk=batch.pk)
    own = [batch.headers, batch.samples, batch.error, batch.options, batch.file.name]
    parts = [
        list(model.objects.filter(batch=batch).values())
        for model in (BatchRow, Unknown, Made)
    ]
    return repr([own, parts]).lower()


@pytest.fixture
def zaneta(acme) -> User:
    return accounts.create(
        actor=SYSTEM,
        company=acme,
        first_name="Żaneta",
        last_name="Łęcka",
        email="zaneta@acme.example",
        employee_number="EMP-77",
    )


def test_rows_that_brought_somebody_are_empty_and_others_stay(acme):
    batch = applied(acme, PEOPLE)
    before = rows(batch)[1]
    erase(User.objects.get(email="zaneta@acme.example"))
    gone, other = rows(batch)
    assert (gone.cells, gone.values, gone.changes, gone.before) == ([], {}, {}, None)
    assert gone.verdict == "CREATE"
    assert (other.cells, other.values) == (before.cells, before.values)
    assert counts(Batch.objects.get(pk=batch.pk)) == {"CREATE": 2}
    told = everything(batch)
    for trace in ("aneta", "cka", "emp-77", "+48 600"):
        assert trace not in told
    assert "olga@acme.example" in told
    assert not Erasure.objects.exists()


def test_the_file_is_deleted_and_can_not_be_planned_again(acme):
    batch = planned(acme, PEOPLE, name="zaneta łęcka.csv")
    erase(
        accounts.create(
            actor=SYSTEM,
            company=acme,
            first_name="Żaneta",
            last_name="Łęcka",
            email="zaneta@acme.example",
        )
    )
    batch = Batch.objects.get(pk=batch.pk)
    assert batch.file.erased_at
    assert not default_storage.exists(batch.file.key)
    assert batch.file.name == "Erased file.csv"
    for verb in (services.request_plan, services.read_again):
        with pytest.raises(Conflict) as refused:
            verb(batch, actor=SYSTEM)
        assert refused.value.code == "file_erased"
    assert Batch.objects.get(pk=batch.pk).state == "PLANNED"


def test_a_plan_brings_nobody_back(acme, zaneta):
    batch = planned(acme, PEOPLE.replace("Phone", "Job title"))
    assert counts(batch) == {"CHANGE": 1, "CREATE": 1}
    erase(zaneta)
    batch = Batch.objects.get(pk=batch.pk)
    assert counts(batch) == {"REFUSED": 1, "CREATE": 1}
    apply_all(batch)
    assert not User.objects.filter(email="zaneta@acme.example").exists()
    assert User.objects.filter(email="olga@acme.example").exists()
    assert codes(rows(batch)[0]) == ["erased"]


def test_rows_of_devices_and_names_nobody_knew_tell_of_nobody(acme, office, zaneta):
    batch = applied(
        acme,
        "Serial;Model;Location;Assigned to\n"
        "S1;XPS;Warsaw office;\n"
        "S2;XPS;;Łęcka Zaneta\n"
        "S3;;;ZANETA@acme.example\n",
    )
    erase(zaneta)
    told = everything(batch)
    for trace in ("lecka", "łęcka", "zaneta"):
        assert trace not in told
    assert rows(batch)[0].cells[0] == "S1"
    assert Asset.objects.filter(serial_number="S1").exists()


def test_warnings_tell_of_nobody(acme, zaneta):
    too_long = f"Żaneta Łęcka {'9' * 80}"
    batch = applied(acme, PEOPLE.replace("+48 600", too_long))
    assert "Łęcka" in str(rows(batch)[0].warnings)
    erase(zaneta)
    assert "łęcka" not in everything(batch)
    assert [w["code"] for w in rows(batch)[0].warnings] == ["too_long"]


def test_a_namesake_with_another_address_stays(acme, zaneta):
    batch = planned(acme, PEOPLE.replace("zaneta@acme", "zl@acme").replace("77", "7"))
    erase(zaneta)
    assert rows(batch)[0].cells[0] == "Żaneta"
    assert not Batch.objects.get(pk=batch.pk).file.erased_at


def test_undo_brings_nothing_personal_back(acme, zaneta):
    """The import cleared the phone: undoing would write the old one."""
    accounts.update(zaneta, actor=SYSTEM, phone="+48 777")
    batch = applied(acme, "Email,Phone\nzaneta@acme.example,(clear)\n")
    assert User.objects.get(pk=zaneta.pk).phone == ""
    people.archive(zaneta, actor=SYSTEM, reason="LEFT")
    people.erase(zaneta, actor=SYSTEM, reason="ASKED")
    batch = undo_all(Batch.objects.get(pk=batch.pk))
    assert User.objects.get(pk=zaneta.pk).phone == ""
    assert batch.kept_rows == 1
    forgetting.forget_erased()
    assert "+48 777" not in everything(batch)


def test_a_file_without_a_plan_is_deleted(acme, zaneta, globex):
    batch, other = upload(acme, PEOPLE), upload(globex, PEOPLE)
    erase(zaneta)
    batch, other = Batch.objects.get(pk=batch.pk), Batch.objects.get(pk=other.pk)
    assert batch.file.erased_at
    assert batch.samples == {}
    assert not other.file.erased_at
    assert "zaneta" in repr(other.samples)


def test_what_is_being_worked_on_waits(acme, zaneta):
    batch = planned(acme, PEOPLE)
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    erase(zaneta)
    assert Erasure.objects.exists()
    Batch.objects.filter(pk=batch.pk).update(state="STOPPED")
    assert forgetting.forget_erased() == 1
    assert not Erasure.objects.exists()
    assert "aneta" not in everything(batch)
    assert forgetting.forget_erased() == 0


def test_other_companies_are_left_alone(acme, globex, zaneta):
    other = applied(globex, PEOPLE)
    erase(zaneta)
    assert rows(other)[0].cells[0] == "Żaneta"


def test_the_event_asks_for_it(acme, zaneta, monkeypatch):
    asked = []
    monkeypatch.setattr(forgetting.background, "publish", asked.append)
    people.archive(zaneta, actor=SYSTEM, reason="LEFT")
    people.erase(zaneta, actor=SYSTEM, reason="ASKED")
    events.seal()
    events.deliver("imports")
    assert asked == ["apps.imports.tasks.forget_erased"]


def test_pages_show_what_is_left(acme, anna, zaneta, client_of):
    done, unplanned = applied(acme, PEOPLE), upload(acme, PEOPLE, name="b.csv")
    erase(zaneta)
    client = client_of(anna)
    for batch in (done, unplanned):
        page = client.get(reverse("imports:detail", args=[batch.pk]), follow=True)
        assert page.status_code == 200
        assert "The file is deleted" in page.text
        assert "aneta" not in page.text
    for name in ("refused", "undo", "columns"):
        client.get(reverse(f"imports:{name}", args=[done.pk]))
    assert make_user(acme, "Zoe")
