"""Where the links of mails lead: to PUBLIC_URL, whatever Host a request named."""

import re
import secrets
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import allauth.account
import pytest
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core.context import request_context
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts import invitations, membership, resets
from apps.accounts import services as accounts
from apps.core.actor import SYSTEM
from apps.core.secret_paths import is_secret
from apps.events.models import Event
from apps.notifications import kinds, services, texts
from apps.notifications.models import Message
from apps.notifications.states import MessageState
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
OURS = "https://app.example.com"
HOSTILE = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_FORWARDED": "host=evil.example",
    "HTTP_ORIGIN": "https://evil.example",
    "HTTP_REFERER": "https://evil.example/accounts/login/",
}
ALLAUTHS_MAILS = sorted(
    path.name.removesuffix("_message.txt")
    for path in (Path(allauth.account.__file__).parent.parent / "templates").glob(
        "account/email/*_message.txt"
    )
    if path.name != "base_message.txt"
)


@pytest.fixture(autouse=True)
def _any_host_gets_through(settings):
    """As where an operator allows more hosts than one."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_URL = OURS
    settings.CORS_ORIGINS = ["https://evil.example"]


def addresses(text: str) -> list[str]:
    return re.findall(r"\w+://\S+", text)


@pytest.mark.parametrize(
    "event_type", sorted({*map(str, kinds.RETURN_MAILS), "user.invited"})
)
def test_mails_carry_their_link_and_keep_none(
    event_type, emil, acme, laptop, shelf, monkeypatch
):
    """Whoever reads mails in the company must not be able to act as their reader."""
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    monkeypatch.setattr(texts, "_why_not", lambda message, ret: None)
    now = timezone.now()
    event = Event(
        id=7, type=event_type, company_id=acme.id, subject_id=ret.pk,
        occurred_at=now, recorded_at=now,
    )  # fmt: skip
    if event_type == "user.invited":
        person = accounts.create(
            actor=SYSTEM, company=acme, first_name="New", email="new@acme.example"
        )
        membership.invite(person, actor=SYSTEM)
        event = Event.objects.filter(type=event_type).latest("id")
    {str(one): told for one, told in services.HANDLERS.items()}[event_type](event)
    kept = Message.objects.get()
    assert services.send(kept.pk)
    [sent] = mail.outbox
    kept.refresh_from_db()
    assert kept.body
    assert addresses(kept.subject + kept.body) == []
    assert "evil" not in sent.subject + sent.body
    assert texts.LINK_IN_THE_MAIL not in sent.body
    assert all(is_secret(one) for one in addresses(sent.body))
    assert all(one.startswith(OURS + "/") for one in addresses(sent.body))
    assert bool(addresses(sent.body)) == (texts.LINK_IN_THE_MAIL in kept.body)


def test_no_page_shows_a_link_that_was_kept_before(client_of, anna, root, ret_mail):
    clean = import_module("apps.notifications.migrations.0003_no_links_in_kept_mails")
    key = secrets.token_urlsafe()
    body = f"Hello\n\n{OURS}/returns/leaver/{key}/\n\nThank you"
    Message.objects.update(body=body)
    pages = [
        (anna, ret_mail.get_absolute_url()),
        (root, reverse("admin:notifications_message_change", args=[ret_mail.pk])),
    ]
    for visitor, path in pages:
        page = client_of(visitor).get(path)
        assert page.status_code == 200
        assert "Thank you" in page.text
        assert key not in page.text
    with connection.schema_editor(atomic=False) as editor:
        clean.clean(None, editor)
        ret_mail.refresh_from_db()
        assert ret_mail.body == body  # it waits, and leaves with what it says
        Message.objects.update(state=MessageState.SENT)
        clean.clean(None, editor)
    ret_mail.refresh_from_db()
    assert ret_mail.body == "Hello\n\n[…]\n\nThank you"


@pytest.fixture
def ret_mail(emil, laptop, shelf):
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    now = timezone.now()
    event = Event(
        id=8, type="return.first_email_sent", company_id=ret.company_id,
        subject_id=ret.pk, occurred_at=now, recorded_at=now,
    )  # fmt: skip
    return services.note(event, ret.contact_email)


def test_the_mail_that_resets_a_password(client, anna):
    answer = client.post(
        reverse("account_reset_password"), {"email": anna.email}, **HOSTILE
    )
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert mail.outbox == []
    resets.send_due()
    [sent] = mail.outbox
    links = addresses(sent.body)
    assert any("/accounts/password/reset/key/" in link for link in links)
    assert all(link.startswith(OURS) for link in links)
    assert "evil" not in sent.subject + sent.body + str(sent.message())


@pytest.mark.parametrize("name", ALLAUTHS_MAILS)
def test_every_mail_that_allauth_knows(client, anna, name):
    """Also those that no page of ours sends today."""
    request = client.get(reverse("account_login"), **HOSTILE).wsgi_request
    address = EmailAddress(user=anna.login, email=anna.email)
    with request_context(request):
        adapter = get_adapter()
        context = {
            "user": anna.login,
            "code": "ABCD",
            "signup_url": flows.signup.get_signup_url(request),
            "password_reset_url": adapter.get_reset_password_from_key_url("1-key"),
            "activate_url": adapter.get_email_confirmation_url(
                request, EmailConfirmation(email_address=address, key="key")
            ),
            "login_url": flows.password_reset.get_reset_password_url(request),
        }
        assert "evil" not in str(context)
        adapter.send_mail(f"account/email/{name}", anna.email, context)
    [sent] = mail.outbox
    assert "evil" not in sent.subject + sent.body + str(sent.message())
    assert all(one.startswith(OURS) for one in addresses(sent.body))


def test_an_invitation(acme):
    person = accounts.create(
        actor=SYSTEM, company=acme, first_name="New", email="new@acme.example"
    )
    invitation = membership.invite(person, actor=SYSTEM)
    assert f" {OURS}/accounts/" in invitations.sentence_for(invitation)


def test_no_page_tells_the_host_it_was_asked_by(client, anna, root, laptop):
    client.force_login(root.login)
    pages = [
        reverse("admin:inventory_asset_change", args=[laptop.pk]),
        reverse("admin:index"),
    ]
    client_of_anna = type(client)()
    client_of_anna.force_login(anna.login)
    for visitor, path in [
        *((client, path) for path in pages),
        *((client_of_anna, path) for path in ("/", "/assets/", "/assets/export.csv")),
        (type(client)(), "/assets/"),
        (type(client)(), "/accounts/login/"),
        (type(client)(), "/nowhere/"),
        (type(client)(), "//evil.example/x"),
    ]:
        answer = visitor.get(path, **(HOSTILE | {"HTTP_REFERER": ""}))
        body = answer.getvalue().decode() if answer.streaming else answer.text
        assert "//evil.example" not in answer.get("Location", "")
        assert "//evil.example" not in body, path


def test_a_stranger_s_host_is_refused_as_it_stands(client, settings):
    settings.ALLOWED_HOSTS = ["app.example.com"]
    client.raise_request_exception = False
    assert client.get("/accounts/login/", **HOSTILE).status_code == 400
    assert django_settings.USE_X_FORWARDED_HOST is False
