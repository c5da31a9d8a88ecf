"""Who reads which language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts import languages, resets, services, sign_in_address
from apps.accounts.models import ResetRequest
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid, NotAllowed
from apps.events.models import Event
from apps.returns import links
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def spoken(page) -> str:
    """What page and header say, which must be one language."""
    [lang] = re.findall(r'<html lang="([^"]+)"', page.text)
    assert page["Content-Language"] == lang
    assert {"Accept-Language", "Cookie"} <= set(page["Vary"].split(", "))
    return lang


def german(company) -> None:
    company.language = "de"
    company.save(update_fields=["language"])


@pytest.fixture
def link(emil, laptop, shelf) -> str:
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    return re.sub(r"^https?://[^/]+", "", links.url(ret))


def test_a_visitor_reads_what_the_browser_asks_for(client, db):
    assert spoken(client.get("/accounts/login/", **GERMAN)) == "de"
    assert spoken(client.get("/accounts/login/", **ENGLISH)) == "en"
    assert spoken(client.get("/nowhere/", HTTP_ACCEPT_LANGUAGE="xx, ;;")) == "en"
    assert spoken(client.get("/nowhere/", **GERMAN)) == "de"


def test_a_member_reads_their_own_else_the_company_s(acme, emil, client_of):
    client = client_of(emil)
    assert spoken(client.get("/", **GERMAN)) == "en"
    german(acme)
    assert spoken(client.get("/", **ENGLISH)) == "de"
    services.set_language(emil, actor=SYSTEM, language="en")
    assert spoken(client.get("/", **GERMAN)) == "en"
    assert spoken(client.get("/nowhere/", **GERMAN)) == "en"
    assert spoken(client.get("/accounts/password/change/", **GERMAN)) == "en"


def test_a_member_s_language_is_not_left_to_the_next_visitor(
    acme, emil, client, client_of
):
    german(acme)
    client_of(emil).get("/")
    assert spoken(client.get("/accounts/login/", **ENGLISH)) == "en"


def test_a_leaver_reads_their_own_and_may_switch(acme, emil, link, client):
    german(acme)
    page = client.get(link, **ENGLISH)
    assert spoken(page) == "de"
    assert 'class="language-switch"' in page.text
    answer = client.post(
        reverse("accounts:language_switch"), {"language": "en", "next": link}
    )
    assert answer["Location"] == link
    assert spoken(client.get(link, **GERMAN)) == "en"
    emil.refresh_from_db()
    assert emil.language == ""


def test_a_leaver_s_page_speaks_the_leaver_s_language_to_an_admin(
    anna, emil, link, client_of
):
    services.set_language(emil, actor=SYSTEM, language="de")
    client = client_of(anna)
    assert spoken(client.get(link)) == "de"
    page = client.get("/")
    assert spoken(page) == "en"
    assert "language-switch" not in page.text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"language": "xx", "next": "/"}, "bad_language"),
        ({"language": "", "next": "/"}, "no_language"),
        ({"language": "de", "next": "//evil.example/"}, "bad_path"),
        ({"language": "de", "next": "https://testserver/"}, "bad_path"),
        ({"language": "de", "next": "javascript:alert(1)"}, "bad_path"),
        ({"language": "de", "next": "/\\evil.example"}, "bad_path"),
    ],
)
def test_switch_refuses_what_it_has_not(client, db, sent, field, caplog):
    caplog.set_level("INFO", "apps.core.middleware")
    answer = client.post(reverse("accounts:language_switch"), sent)
    assert answer.status_code == 422
    assert f"refused: {field}" in caplog.text
    assert "language" not in answer.cookies


def test_switch_answers_to_post_only(client, db):
    assert client.get(reverse("accounts:language_switch")).status_code == 405


def test_people_choose_their_own(emil, client_of):
    client, path = client_of(emil), reverse("accounts:language")
    assert spoken(client.get(path)) == "en"
    page = client.post(path, {"language": "de"}, follow=True)
    assert spoken(page) == "de"
    emil.refresh_from_db()
    assert emil.language == "de"
    event = Event.objects.get(type="user.updated")
    assert event.payload["changes"] == {"language": {}}
    client.post(path, {"language": "de"})
    assert Event.objects.filter(type="user.updated").count() == 1
    client.post(path, {"language": ""})
    emil.refresh_from_db()
    assert emil.language == ""


def test_an_unknown_language_is_refused_by_name(emil, client_of):
    page = client_of(emil).post(reverse("accounts:language"), {"language": "xx"})
    assert "xx" in page.text
    with pytest.raises(Invalid) as refusal:
        services.set_language(emil, actor=SYSTEM, language="xx")
    assert (refusal.value.code, refusal.value.field) == ("bad_language", "language")
    emil.refresh_from_db()
    assert emil.language == ""
    assert not Event.objects.filter(type="user.updated").exists()


def test_nobody_chooses_for_others(emil, wanda, gina, as_actor):
    for other in (wanda, gina):
        with pytest.raises(NotAllowed):
            services.set_language(emil, actor=as_actor(other), language="de")


def test_admins_choose_for_a_person(anna, emil, client_of):
    path = reverse("people:edit", args=[emil.pk])
    client = client_of(anna)
    form = client.get(path).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent["seen"] = ""
    client.post(path, {**sent, **client.shown_by(path), "language": "de"})
    emil.refresh_from_db()
    assert emil.language == "de"


def test_a_language_that_was_taken_out_is_none(emil, settings):
    emil.language = "de"
    settings.LANGUAGES = [("en", "English")]
    assert languages.of(emil) == "en"


def test_resets_speak_the_person_s_language(acme, emil, client):
    services.set_language(emil, actor=SYSTEM, language="de")
    client.post(reverse("account_reset_password"), {"email": emil.email}, **ENGLISH)
    resets.send_due()
    with translation.override("de"):
        told = translation.gettext("Set a new password for Tequipy")
    assert mail.outbox[0].subject == told
    assert translation.get_language() == "en"


def test_a_login_that_is_nobody_gets_the_language_of_the_page(emil, client):
    login = emil.login
    emil.login = None
    emil.save(update_fields=["login"])
    client.post(reverse("account_reset_password"), {"email": login.email}, **GERMAN)
    assert ResetRequest.objects.get().language == "de"
    assert languages.of_login(login, else_="de") == "de"


def test_both_mailboxes_are_asked_in_the_person_s_language(emil, monkeypatch):
    services.set_language(emil, actor=SYSTEM, language="de")
    told = []
    monkeypatch.setattr(
        sign_in_address,
        "subject_and_body",
        lambda template, context, language: (told.append(language), ("s", "b"))[1],
    )
    sign_in_address.ask(emil.login, "emil@new.example")
    sign_in_address.send_due()
    assert told == ["de", "de"]


def test_a_change_that_was_stopped_asks_nobody(emil):
    change = sign_in_address.ask(emil.login, "emil@new.example")
    sign_in_address.stop(change)
    type(change).objects.update(next_try_at=timezone.now())
    sign_in_address.send_due()
    assert mail.outbox == []


def test_countries_have_names_in_each_language(anna, emil, client_of):
    client, path = client_of(anna), emil.get_absolute_url()
    assert "Poland" in client.get(path).text
    services.set_language(anna, actor=SYSTEM, language="de")
    page = client.get(path).text
    assert "Polen" in page
    assert "Poland" not in page
    assert "Polen" in client.get(reverse("people:list")).text
