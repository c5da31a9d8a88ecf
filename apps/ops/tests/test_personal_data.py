"""One person is marked in everything that verbs keep of them: the file that they may
ask for has it all, and once they are erased no table and no file has any of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, TextField
from django.urls import reverse

from apps.accounts import membership, sign_in_address
from apps.accounts import services as accounts
from apps.accounts.erasing import PERSONAL
from apps.accounts.models import ResetRequest, User
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.bulk.tests import factories as bulk
from apps.companies import services as companies
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.secret_paths import is_secret
from apps.events import services as events
from apps.events.models import Event
from apps.imports.erasure import forgetting
from apps.imports.tests import factories as imports
from apps.inventory import services as inventory
from apps.inventory.bulk_verbs import HAND_OVER
from apps.notifications import tasks as mails
from apps.orders import services as orders
from apps.orders.tests.factories import make_order
from apps.people import services as people
from apps.redeployments import services as redeployments
from apps.returns import services as returns
from apps.returns.services.starting import Details

pytestmark = pytest.mark.django_db

MARK = "zqmark"
OTHER = "olga"
EMAIL = f"{MARK}@acme.example"
# Where the mark need not be told: what finds it, and keys of Django and of sign-in.
UNTOLD = {
    "accounts_resetrequest": "gone once the mail has left",
    "accounts_addresschange": "the owner's of the Login, of no company",
}


def marked_rows() -> dict[str, list[str]]:
    """Of every table of the database: the rows in which the mark stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT t::text FROM "{table}" t WHERE t::text ILIKE %s',
                [f"%{MARK}%"],
            )
            if rows := [row for (row,) in cursor.fetchall()]:
                found[table] = rows
    return found


def marked_files() -> list[str]:
    def below(folder: str) -> Iterator[str]:
        folders, names = default_storage.listdir(folder)
        yield from (f"{folder}/{name}" for name in names)
        for one in folders:
            yield from below(f"{folder}/{one}")

    found = []
    for name in below("."):
        with default_storage.open(name) as stream:
            if MARK.encode() in stream.read().lower():
                found.append(name)
    return found


def hear() -> None:
    while events.seal():
        pass
    for name in ("notifications", "imports", "bulk"):
        while events.deliver(name):
            pass


@pytest.fixture
def marked(acme, shelf, office, anna, settings, tmp_path) -> User:
    """Somebody of whom everything is kept that verbs keep, and who has left."""
    settings.MEDIA_ROOT = str(tmp_path)
    user = _imported(acme, office)
    _with_every_field(user)
    invitation = membership.invite(user, actor=SYSTEM)
    membership.sign_up(invitation, password="correct-horse-battery", link_version=1)
    user.refresh_from_db()
    ResetRequest.objects.create(email=EMAIL)
    sign_in_address.ask(user.login, f"{MARK}.new@acme.example")
    accounts.assign_storage(user, actor=SYSTEM, address=office)
    told = {"contact_name": f"{MARK} contact", "contact_phone": f"{MARK} desk"}
    companies.update_address(office, actor=SYSTEM, contact_email=EMAIL, **told)
    _has_ordered(user)
    _is_named_by_a_refusal(user, office)
    _gives_back(user, office)
    _is_sent(user, office)
    said = f"{MARK} said that it is broken"
    inventory.comment(make_asset(office, "SAID-1"), said, actor=actor_of(user))
    imports.planned(
        acme,
        "Serial;Model;Assigned to;Notes\n"
        f"S8;;{MARK}first {MARK}last;x\n"
        f"S9;XPS;{EMAIL};{MARK}-noted\n",
        name=f"{MARK}.csv",
    )
    hear()
    mails.send_due()
    return user


def _is_named_by_a_refusal(user: User, office: Any) -> None:
    asset = make_asset(office, "REFUSED-1")
    job = bulk.ask(HAND_OVER, [asset], user.company, person=user)
    User.objects.filter(pk=user.pk).update(state="OFFBOARDED")
    assert bulk.run(job).refused_rows == 1
    User.objects.filter(pk=user.pk).update(state="ACTIVE")


def _has_ordered(user: User) -> None:
    """Of what is ordered for somebody, all that can be written."""
    said = {
        name: f"{MARK}-{name}"
        for name in ("full_name", "phone", "street", "street2", "region", "postal_code")
    }
    order = make_order(
        user,
        delivery={**said, "city": f"{MARK}-city", "country_id": "PL"},
        contact_name=f"{MARK}-contact",
        contact_email=f"{MARK}-contact@acme.example",
        contact_phone=f"{MARK}-contact",
        notes=f"{MARK}-notes",
    )
    orders.cancel(order, actor=SYSTEM)


def _imported(acme: Any, office: Any) -> User:
    columns = "First name,Last name,Email,Employee number,Username,Phone,Notes\n"
    imports.applied(
        acme,
        f"{columns}{MARK}first,{MARK}last,{EMAIL},{MARK}-7,{MARK}-u,{MARK}-1,{MARK}-n\n"
        f"Olga,Other,{OTHER}@acme.example,77,olga-u,+48 123,{OTHER}-n\n",
    )
    return User.objects.get(email=EMAIL)


def _with_every_field(user: User) -> None:
    fields = {name: User._meta.get_field(name) for name in PERSONAL}
    texts = {
        name: f"{MARK}-{name}"
        for name, field in fields.items()
        if isinstance(field, (CharField, TextField)) and not field.choices
    }
    told = {
        **texts,
        "first_name": f"{MARK}first",
        "last_name": f"{MARK}last",
        "email": EMAIL,
        "private_email": f"{MARK}@home.example",
        "time_zone": "Europe/Warsaw",
        "country_id": "PL",
        "role": Role.STORAGE,
    }
    accounts.update(user, actor=SYSTEM, **told)


def _gives_back(user: User, office: Any) -> None:
    assets = [make_asset(user, "MARKED-1"), make_asset(user, "MARKED-2")]
    ret = returns.start_collection(
        user,
        actor=SYSTEM,
        asset_ids=[asset.id for asset in assets],
        address=office,
        contact_email=f"{MARK}@contact.example",
        details=Details(notes=f"{MARK} remark"),
    )
    returns.contact_due(ret.id, actor=SYSTEM)
    returns.answer(
        ret,
        actor=SYSTEM,
        method="PICKUP",
        full_name=f"{MARK} full",
        phone=f"{MARK} phone",
        street=f"{MARK} street",
        street2=f"{MARK} floor",
        city=f"{MARK} city",
        region=f"{MARK} region",
        postal_code=f"{MARK} code",
        message=f"{MARK} message",
    )
    kept, given = ret.lines.order_by("asset_id")
    returns.decide(given, "WRITE_OFF", actor=SYSTEM, reason=f"{MARK} broke it")
    parcel = returns.book_parcel(
        ret, actor=SYSTEM, carrier="OTHER", tracking_number=f"{MARK}-track"
    )
    returns.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM, note=f"{MARK} note")
    hear()
    ret.refresh_from_db()
    returns.receive(ret, {kept.asset: "B"}, office, actor=SYSTEM)
    inventory.hand_over(kept.asset, user, actor=SYSTEM)
    inventory.receive(kept.asset, office, actor=SYSTEM)


def _is_sent(user: User, office: Any) -> None:
    names = ("full_name", "phone", "street", "street2", "city", "region")
    redeployment = redeployments.create(
        [make_asset(office, "SENT-1").id],
        Target(user=user),
        actor=SYSTEM,
        company=user.company,
        delivery={name: f"{MARK} sent {name}" for name in names}
        | {"postal_code": f"{MARK}-p", "country_id": "PL"},
        contact_email=f"{MARK}@sent.example",
        notes=f"{MARK} sent notes",
    )
    redeployments.cancel(redeployment, actor=SYSTEM)


def exported(user: User, *, thorough: bool = True) -> Any:
    return json.loads(
        "".join(people.export_person(user, actor=SYSTEM, thorough=thorough))
    )


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


def marked_values() -> set[tuple[str, str]]:
    """Table and value of each text column in which the mark stands."""
    found = set()
    with connection.cursor() as cursor:
        for table in marked_rows():
            cursor.execute(
                f'SELECT to_jsonb(t) FROM "{table}" t WHERE t::text ILIKE %s',
                [f"%{MARK}%"],
            )
            for (row,) in cursor.fetchall():
                for name, value in json.loads(row).items():
                    if name not in ("search_text", "sort_key"):  # made of the rest
                        found |= {
                            (table, text)
                            for text in texts(value)
                            if MARK in text.lower()
                        }
    return found


def test_the_file_has_everything_that_is_kept(marked):
    told = set(texts(exported(marked)))
    whole = "\n".join(told)
    for table, text in marked_values():
        if table not in UNTOLD and not is_secret(text):
            known = text in told or text.strip() in whole or text.lower() in whole
            assert known, f"{table}: {text!r} is not in the file"


def test_the_file_names_nobody_else_and_has_no_keys(marked):
    whole = "".join(people.export_person(marked, actor=SYSTEM, thorough=True))
    assert OTHER not in whole.lower()
    assert "anna" not in whole.lower()
    assert marked.login.password not in whole
    for link in whole.split():
        assert "/returns/leaver/" not in link or "/returns/leaver/…" in link


def test_nothing_is_left_once_they_are_erased(marked):
    assert {"accounts_user", "accounts_login", "account_emailaddress"} - set(
        marked_rows()
    ) <= {"account_emailaddress"}
    assert marked_files()
    people.archive(marked, actor=SYSTEM, reason="LEFT")
    people.erase(marked, actor=SYSTEM, reason="ASKED")
    hear()
    forgetting.forget_erased()
    assert marked_rows() == {}
    assert marked_files() == []
    left = exported(User.objects.get(pk=marked.pk))
    assert len(left["equipment"]) == 3
    assert left["sign_in"] == []
    assert left["history"][-2]["what"] == "user.erased"


# --- Surfaces ---------------------------------------------------------------


def url(user: User) -> str:
    return reverse("people:personal_data", args=[user.pk])


def test_page_sends_one_file_and_notes_it(emil, anna, client_of):
    client = client_of(anna)
    assert url(emil) in client.get(emil.get_absolute_url()).text
    before = Event.objects.count()
    assert client.get(url(emil)).status_code == 200
    assert Event.objects.count() == before
    answer = client.post(url(emil))
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]
    document = json.loads(b"".join(answer.streaming_content))
    assert document["person"][0]["email"] == "emil@acme.example"
    assert document["about"]["has_all_imported_rows"] is False
    event = Event.objects.order_by("id").last()
    assert (event.type, event.subject_id) == ("user.exported", emil.id)
    assert event.actor_id == anna.id


@pytest.mark.parametrize("who", ["gina", "emil", "wanda"])
def test_page_is_for_admins_of_the_company(acme, who, request, client_of):
    olga, client = (
        make_user(acme, "Olga"),
        client_of(request.getfixturevalue(who)),
    )
    assert client.get(url(olga)).status_code == 404
    assert client.post(url(olga)).status_code == 404
    assert not Event.objects.filter(type="user.exported").exists()


def test_command_writes_a_file_that_only_its_owner_reads(marked, tmp_path, capsys):
    path = tmp_path / "about.json"
    call_command("export_person", EMAIL, company="acme", output=path)
    assert str(marked.id) in capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600
    document = json.loads(path.read_text())
    assert document["about"]["has_all_imported_rows"] is True
    assert any("S8" in repr(row["cells"]) for row in document["imported_rows"])
    with pytest.raises(CommandError, match="exists"):
        call_command("export_person", EMAIL, company="acme", output=path)


def test_command_leaves_no_file_for_nobody(acme, gina, tmp_path):
    path: Path = tmp_path / "about.json"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("export_person", gina.email, company="acme", output=path)
    assert not path.exists()
