from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import User
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, NotAllowed
from apps.core.roles import Role
from apps.events.models import Event
from apps.invoicing import services, tasks
from apps.invoicing.models import Invoice
from apps.invoicing.states import TRANSITIONS, InvoiceState

from .conftest import DUE

pytestmark = pytest.mark.django_db
LATE = datetime(2027, 4, 2, tzinfo=UTC)
VERBS: dict[str, Callable[..., Invoice]] = {
    "SENT": services.send,
    "PAID": services.mark_paid,
    "OVERDUE": services.mark_overdue,
    "CANCELLED": services.cancel,
}


@pytest.mark.parametrize("target", VERBS)
@pytest.mark.parametrize("state", InvoiceState)
def test_each_verb_goes_by_the_table(
    in_state: Callable[[str], Invoice], state: str, target: str
) -> None:
    invoice, verb = in_state(state), VERBS[target]
    events = Event.objects.count()
    if target == state:
        before = invoice.updated_at
        assert verb(invoice, actor=SYSTEM, at=LATE).updated_at == before
        assert Event.objects.count() == events
    elif target in TRANSITIONS[state]:
        moved = verb(invoice, actor=SYSTEM, at=LATE)
        moved.refresh_from_db()
        assert moved.state == target
        assert getattr(moved, f"{target.lower()}_at") == LATE
        event = Event.objects.latest("id")
        assert event.type == f"invoice.{target.lower()}"
        assert (event.payload["from"], event.payload["state"]) == (state, target)
    else:
        with pytest.raises(Conflict) as refusal:
            verb(invoice, actor=SYSTEM, at=LATE)
        assert refusal.value.code == "wrong_state"
        assert Event.objects.count() == events


def test_nothing_is_overdue_before_its_time(
    in_state: Callable[[str], Invoice],
) -> None:
    invoice = in_state("SENT")
    with pytest.raises(Conflict) as refusal:
        services.mark_overdue(invoice, actor=SYSTEM, at=DUE)
    assert refusal.value.code == "not_due"
    invoice.refresh_from_db()
    assert invoice.state == "SENT"


def test_beat_notes_what_was_not_paid_in_time(
    in_state: Callable[[str], Invoice],
) -> None:
    invoice = in_state("SENT")
    tasks.mark_overdue()
    invoice.refresh_from_db()
    assert invoice.state == "SENT"
    Invoice.objects.update(payment_due_at=datetime(2026, 1, 1, tzinfo=UTC))
    tasks.mark_overdue()
    tasks.mark_overdue()
    invoice.refresh_from_db()
    assert invoice.state == "OVERDUE"
    assert Event.objects.filter(type="invoice.overdue").count() == 1


def test_who_saw_another_state_is_asked(invoice: Invoice) -> None:
    with pytest.raises(Conflict) as refusal:
        services.send(invoice, actor=SYSTEM, seen="older-1")
    assert refusal.value.code == "changed_meanwhile"


def test_who_pays_settles_nothing(invoice: Invoice, beat: User, as_actor: Any) -> None:
    admin = as_actor(make_user(beat.company, "Ada", role=Role.COMPANY_ADMIN))
    for verb in (*VERBS.values(), services.credit):
        with pytest.raises(NotAllowed):
            verb(invoice, actor=admin)
    invoice.refresh_from_db()
    assert invoice.state == "CREATED"


# --- Credit notes -----------------------------------------------------------


@pytest.mark.parametrize("state", ["SENT", "PAID", "OVERDUE"])
def test_a_credit_note_takes_back_the_whole(
    in_state: Callable[[str], Invoice], state: str
) -> None:
    invoice = in_state(state)
    note = services.credit(invoice, actor=SYSTEM)
    note.refresh_from_db()
    assert (note.document_type, note.credited, note.state) == (
        "CREDIT_NOTE",
        invoice,
        "CREATED",
    )
    for name in ("type", "entity", "redeployment", "currency", "gross_price", "tax"):
        assert getattr(note, name) == getattr(invoice, name)
    (line,), (old,) = note.lines.all(), invoice.lines.all()
    assert (line.description, line.total) == (old.description, old.total)
    event = Event.objects.get(type="invoice.credited")
    assert event.payload["credit_note_reference"] == note.reference
    assert {note.id, invoice.id} <= set(event.refs)
    invoice.refresh_from_db()
    assert invoice.state == state


def test_second_credit_gives_the_same_note(in_state: Callable[[str], Invoice]) -> None:
    invoice = in_state("PAID")
    note = services.credit(invoice, actor=SYSTEM)
    events = Event.objects.count()
    assert services.credit(invoice, actor=SYSTEM) == note
    assert Event.objects.count() == events


@pytest.mark.parametrize("state", ["CREATED", "CANCELLED"])
def test_what_was_not_sent_is_not_taken_back(
    in_state: Callable[[str], Invoice], state: str
) -> None:
    invoice = in_state(state)
    with pytest.raises(Conflict) as refusal:
        services.credit(invoice, actor=SYSTEM)
    assert refusal.value.code == "not_sent"
    assert Invoice.objects.count() == 1


def test_a_credit_note_is_not_taken_back(in_state: Callable[[str], Invoice]) -> None:
    note = services.credit(in_state("SENT"), actor=SYSTEM)
    services.send(note, actor=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        services.credit(note, actor=SYSTEM)
    assert refusal.value.code == "is_credit_note"
