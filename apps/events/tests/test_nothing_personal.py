"""A whole life of a person whose every personal column is marked: no event row holds
the mark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, models
from django.utils import timezone

from apps.accounts import removal
from apps.accounts import services as accounts
from apps.accounts.events import CHANGES as PERSON_CHANGES
from apps.accounts.models import User
from apps.conftest import let_in, make_asset
from apps.core.actor import SYSTEM, Actor, ActorKind
from apps.events.models import Event
from apps.events.payloads import Told
from apps.imports.tests.factories import applied, undo_all
from apps.inventory import services as inventory
from apps.inventory.events import CHANGES as ASSET_CHANGES
from apps.people import services as people
from apps.returns import services as returns
from apps.returns.models import Return

pytestmark = pytest.mark.django_db
MARK = "ZZPERSONALZZ"
# Of a person everything is personal but what these say.
_IMPERSONAL = {
    "role",
    "state",
    "state_before_offboarding",
    "time_zone",
    "language",
    "country",
}


def marked_columns(suffix: str = "") -> dict[str, str]:
    """Every text column of a person."""
    values = {
        field.name: f"{MARK}{suffix}"
        for field in User._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField))
        and field.name not in _IMPERSONAL
        and not field.generated
    }
    for name in ("email", "private_email"):
        values[name] = f"{MARK}{suffix}@{name.replace('_', '-')}.example".lower()
    return values


@pytest.fixture
def marked(acme) -> User:
    user = accounts.create(
        actor=SYSTEM, company=acme, country_id="PL", **marked_columns()
    )
    let_in(user)
    return accounts.lock(user)


def answer(ret: Return, person: User) -> Return:
    leaver = Actor(ActorKind.LEAVER, id=person.id, company_id=person.company_id)
    texts = ("full_name", "phone", "street", "city", "postal_code", "message")
    values = dict.fromkeys(texts, MARK)
    return returns.answer(
        ret, actor=leaver, method="PICKUP", wants_packaging=True, **values
    )


def test_of_a_person_who_joins_changes_and_leaves(marked, shelf, office):
    note = {"name": f"{MARK}'s iPad", "notes": MARK, "specification": [{"user": MARK}]}
    first, second = (make_asset(marked, serial, **note) for serial in ("S1", "S2"))
    accounts.update(marked, actor=SYSTEM, **marked_columns("2"))
    for device in (first, second):
        inventory.update(device, actor=SYSTEM, name=f"{MARK} 2", notes=f"{MARK} 2")
    accounts.forbid_sign_in(marked.login, reason="ABUSE", actor=SYSTEM)
    accounts.allow_sign_in(marked.login, actor=SYSTEM)
    ret = returns.start_offboarding(
        marked,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=3),
        decisions={first.id: "RETURN"},
        reasons={first.id: MARK},
        contact_email=f"{MARK}@contact.example",
    )
    returns.contact_due(ret.id, actor=SYSTEM)
    returns.decide(ret.lines.get(asset=second), "RETURN", actor=SYSTEM, reason=MARK)
    ret = answer(ret, marked)
    returns.send_materials(ret, actor=SYSTEM)
    returns.materials_arrived(ret, actor=SYSTEM)
    parcel = returns.book_parcel(ret, actor=SYSTEM, carrier="DHL", tracking_number=MARK)
    for state in ("IN_TRANSIT", "FAILED", "IN_TRANSIT"):
        returns.track_parcel(ret, parcel, state, actor=SYSTEM, note=MARK)
    everything = {line.asset: "B" for line in ret.lines.all()}
    returns.receive(ret, everything, ret.address, actor=SYSTEM)
    people.archive(accounts.lock(marked), reason="LEFT", actor=SYSTEM)
    assert Event.objects.about(marked.id).count() > 20
    assert rows_with_the_mark() == []


def test_of_people_and_devices_in_a_file(acme, office, shelf):
    header = "Serial;Model;Device name;Holder email;Notes;Location\n"
    line = f"S1;XPS 13;{MARK}'s iPad;{MARK}@file.example;{MARK};\n"
    batch = applied(acme, header + line, creates_people=True)
    undo_all(batch)
    assert Event.objects.filter(refs__contains=[batch.pk]).count() > 3
    assert rows_with_the_mark() == []


def test_of_people_who_are_taken_out(marked, acme):
    User.objects.filter(pk=marked.pk).update(login=None)
    marked.invitations.all().delete()
    marked.refresh_from_db()
    refused = removal.remove_many(
        {marked.pk: marked.updated_at},
        actor=SYSTEM,
        company=acme,
        batch_id=acme.id,
    )
    assert refused == {}
    assert Event.objects.filter(type="user.removed").exists()
    assert rows_with_the_mark() == []


def test_the_mark_stands_in_every_column_whose_changes_are_not_told():
    """What may be told of a person is no text: so no text column is left unmarked."""
    told = {name for name, field in PERSON_CHANGES.table.items() if field.is_told}
    assert told == {"role", "start_on", "end_on"}
    codes = {"country_id", "time_zone", "language"}
    named_only = set(PERSON_CHANGES.table) - told - codes
    assert named_only <= set(marked_columns())
    free = {
        name
        for name, field in ASSET_CHANGES.table.items()
        if field.kind is Told.FREE_TEXT
    }
    assert free == {"name", "notes", "specification"}


def rows_with_the_mark() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, e::text FROM events_event e WHERE upper(e::text) LIKE %s",
            [f"%{MARK}%"],
        )
        return [f"{type_}: {row}" for type_, row in cursor.fetchall()]
