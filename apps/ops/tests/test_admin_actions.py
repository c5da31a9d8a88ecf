"""Actions of Django admin: each calls a verb, counts, and shows refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import api_tokens, sign_in_address
from apps.accounts.models import Login, User
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.companies.models import Address, Company, Entity
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.invoicing import services as invoicing
from apps.notifications.models import Message
from apps.redeployments import services as redeployments
from apps.returns import services as returns
from apps.returns.models import Return


def ask(
    client: Client, action: str, rows: list[models.Model], **data: Any
) -> tuple[str, str]:
    meta = rows[0]._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    chosen = [row.pk for row in rows]
    asked = client.post(url, {"action": action, "_selected_action": chosen, **data})
    return url, asked.content.decode()


def hidden_in(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    pattern = r'type="hidden" name="([\w-]+)" value="([^"]*)"'
    for name, value in re.findall(pattern, page[page.index("<li>") :]):
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def act(root: User, client_of: Callable[[User], Client]) -> Callable[..., list[str]]:
    """Runs an action on rows and confirms it; what the page says afterwards."""
    client = client_of(root)

    def run(action: str, rows: Iterable[models.Model], **data: Any) -> list[str]:
        chosen = list(rows)
        url, asked = ask(client, action, chosen, **data)
        answer = client.post(url, {**hidden_in(asked), **data})
        return [str(message) for message in get_messages(answer.wsgi_request)]

    return run


@pytest.fixture
def offboarding(anna: User, laptop: Asset, shelf) -> Return:
    return returns.start_offboarding(
        laptop.user,
        actor=actor_of(anna),
        last_working_on=date.today() + timedelta(days=30),  # noqa: DTZ011
        decisions={laptop.id: "RETURN"},
    )


@pytest.fixture
def collection(anna: User, acme, shelf) -> Return:
    asset = make_asset(make_user(acme, "Olga"), "SER-2")
    actor = actor_of(anna)
    return returns.start_collection(asset.user, actor=actor, asset_ids=[asset.id])


def test_pause_counts_the_done_and_says_why_others_are_refused(
    act, offboarding: Return, collection: Return
) -> None:
    said = act("pause", [offboarding, collection])
    offboarding.refresh_from_db()
    collection.refresh_from_db()
    assert (offboarding.state, collection.state) == ("PAUSED", "SCHEDULED")
    assert said == [
        "1 done.",
        "1 refused.",
        "Only offboardings can be paused.",
    ]


def test_resume_and_cancel_record_the_staff_member(
    act, root: User, offboarding: Return
) -> None:
    act("pause", [offboarding])
    act("resume", [offboarding])
    act("cancel", [offboarding], reason="STAYS")
    offboarding.refresh_from_db()
    assert offboarding.state == "CANCELLED"
    actors = Event.objects.filter(type__in=["return.paused", "return.cancelled"])
    assert set(actors.values_list("actor_id", flat=True)) == {root.id}


def test_retire_takes_the_chosen_reason(act, laptop: Asset) -> None:
    assert act("retire", [laptop], reason="SOLD") == ["1 done."]
    laptop.refresh_from_db()
    assert (laptop.state, laptop.archive_reason) == ("ARCHIVED", "SOLD")


def test_retire_without_a_reason_changes_nothing(act, laptop: Asset) -> None:
    assert "Say why it is archived." in act("retire", [laptop])
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"


def test_retire_refuses_a_claimed_asset(act, laptop: Asset, offboarding) -> None:
    said = act("retire", [laptop], reason="SOLD")
    assert any(offboarding.reference in text for text in said)
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"


def test_archive(act, emil: User) -> None:
    act("archive", [emil], reason="LEFT")
    emil.refresh_from_db()
    assert emil.state == "ARCHIVED"


def test_end_sign_in_and_invite(act, emil: User) -> None:
    act("end_sign_in", [emil], reason="NOT_NEEDED")
    emil.refresh_from_db()
    assert emil.login is None
    act("invite", [emil])
    assert emil.invitations.get(state="OPEN").email == emil.email


def test_revoke_a_token(act, acme) -> None:
    client = {"company": acme, "name": "HRIS", "role": "API_CLIENT"}
    token, _text = api_tokens.issue(actor=SYSTEM, **client)
    act("revoke", [token])
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_address_of_somebody_without_the_old_mailbox(act, anna: User) -> None:
    extra = {
        "new_email": "anna@new.example",
        "staff_reason": "mailbox is gone",
    }
    act("change_address", [anna.login], **extra)
    change = anna.login.address_changes.get()
    assert (change.new_email, change.staff_reason) == tuple(extra.values())
    sign_in_address.agree(sign_in_address.Link(change, "new"))
    assert Login.objects.get(pk=anna.login_id).email == "anna@new.example"
    types = set(Event.objects.about(anna.id).values_list("type", flat=True))
    assert {"user.sign_in_address_asked", "user.sign_in_address_changed"} <= types


def test_login_is_locked_out_and_let_in_again(
    act, anna: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(anna)
    act("deactivate", [anna.login], reason="ASKED")
    answer = browser.get(reverse("portal:home"))
    assert answer.url.startswith(reverse("account_login"))
    act("activate", [anna.login])
    assert Login.objects.get(pk=anna.login_id).is_active
    types = list(Event.objects.about(anna.id).values_list("type", flat=True))
    assert {"user.sign_in_forbidden", "user.sign_in_allowed"} <= set(types)


def test_nobody_locks_themselves_out(act, root: User) -> None:
    assert "You can't lock yourself out." in act(
        "deactivate", [root.login], reason="ASKED"
    )
    assert Login.objects.get(pk=root.login_id).is_active


def test_failed_mail_is_sent_again(act, acme) -> None:
    message = Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=acme.id,
        recipient="emil@home.example",
        subject="Your laptop",
        body="Please send it.",
        message_id="<1@tequipy>",
        state="FAILED",
        occurred_at=acme.created_at,
    )
    assert act("retry", [message]) == ["1 done."]
    message.refresh_from_db()
    assert message.state == "PENDING"


def test_each_action_asks_first_and_names_the_rows(
    root: User, laptop: Asset, client_of
) -> None:
    before = Event.objects.count()
    _url, page = ask(client_of(root), "retire", [laptop])
    assert str(laptop) in page
    assert "leave the register at once" in page
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"
    assert Event.objects.count() == before


def test_what_changed_since_the_question_is_refused(
    root: User, laptop: Asset, shelf, client_of
) -> None:
    client = client_of(root)
    url, page = ask(client, "retire", [laptop])
    inventory.receive(laptop, shelf, actor=SYSTEM)
    answer = client.post(url, {**hidden_in(page), "reason": "SOLD"})
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("has changed meanwhile" in text for text in said)
    laptop.refresh_from_db()
    assert laptop.state == "STORAGE"


def test_archive_refuses_whoever_holds_something(act, laptop: Asset) -> None:
    said = act("archive", [laptop.user], reason="LEFT")
    assert any("still has" in text for text in said)
    laptop.refresh_from_db()
    assert laptop.user.state == "ACTIVE"


def test_takes_back_whoever_left(act, emil: User) -> None:
    act("archive", [emil], reason="LEFT")
    act("take_back", [emil])
    emil.refresh_from_db()
    assert emil.state == "ACTIVE"


def test_cancelling_a_redeployment_frees_what_it_kept(
    act, anna: User, office: Address
) -> None:
    asset = make_asset(office, "KEPT-1")
    target = {"target": Target(user=anna), "company": office.company}
    redeployment = redeployments.create([asset.id], actor=SYSTEM, **target)
    assert act("cancel", [redeployment]) == ["1 done."]
    asset.refresh_from_db()
    redeployment.refresh_from_db()
    assert (asset.state, redeployment.state) == ("STORAGE", "CANCELLED")


def test_invoices_are_sent_paid_and_taken_back(act, root: User, acme: Company) -> None:
    entity = Entity.objects.create(
        company=acme, legal_name="Acme SA", country_id="PL", currency="EUR"
    )
    fee = invoicing.Item(product_name="Fee", unit_price=Decimal(10))
    bill = invoicing.Bill(
        items=[fee], currency="EUR", tax_rate=Decimal(23), due_at=timezone.now()
    )
    period = invoicing.Subscription(entity=entity, period_on=date(2026, 1, 1))
    invoice = invoicing.create(period, bill, actor=SYSTEM)
    assert act("mark_paid", [invoice])[0] == "1 refused."
    for action in ("send", "mark_paid", "credit"):
        assert act(action, [invoice]) == ["1 done."]
    invoice.refresh_from_db()
    assert (invoice.state, invoice.credit_notes.count()) == ("PAID", 1)
    told = Event.objects.filter(type="invoice.paid")
    assert told.get().actor_id == root.id
