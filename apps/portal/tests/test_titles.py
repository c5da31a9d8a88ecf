"""Every page says in its title what it is, and of which thing."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.imports.tests.factories import upload
from apps.notifications.models import Message
from apps.returns import links
from apps.returns import services as returns
from apps.returns.models import Return

from .test_other_company import PAGES

pytestmark = pytest.mark.django_db
_TITLE = re.compile(r"<title>(.*?) · Tequipy</title>", re.S)


def title_of(page) -> str:
    """ "" for fragments, downloads and what only takes a POST."""
    if page.status_code != 200 or "html" not in page["Content-Type"]:
        return ""
    text = b"".join(page.streaming_content).decode() if page.streaming else page.text
    if "<html" not in text:
        return ""
    found = _TITLE.search(text)
    assert found, text[:400]
    return " ".join(found[1].split())


def leave(user, asset) -> Return:
    ret = returns.start_offboarding(
        user,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={asset.id: "RETURN"},
    )
    returns.contact_due(ret.id, actor=SYSTEM)
    return ret


@pytest.fixture
def twins(acme, anna, shelf, office) -> list[list]:
    """Two of everything that has a page, as alike as they may be."""
    people = [make_user(acme, "Jan", email=f"jan{n}@acme.example") for n in (1, 2)]
    assets = [make_asset(user, f"TWIN{n}") for n, user in enumerate(people)]
    now = timezone.now()
    mails = [
        Message.objects.create(
            company=acme,
            event_id=n,
            event_type="return.first_email_sent",
            subject_id=anna.pk,
            recipient=f"jan{n}@home.example",
            subject="Hello",
            body="Hello",
            message_id=f"<{n}@tequipy>",
            occurred_at=now,
        )
        for n in (1, 2)
    ]
    batches = [
        upload(acme, f"Serial number,Model\nS{n},M\n", name=f"f{n}.csv") for n in (1, 2)
    ]
    rets = [leave(user, asset) for user, asset in zip(people, assets, strict=True)]
    return [people, assets, mails, batches, rets, [office, shelf]]


def test_every_page_has_a_title_that_is_its_own(anna, twins, client_of):
    client, seen = client_of(anna), {}
    for path, names in PAGES:
        if len(names) > 1:
            continue
        spread = [one.pk for pair in twins for one in pair] if names else [None]
        for pk in spread:
            url = "/" + re.sub(r"<[^>]+>", str(pk), path)
            if title := title_of(client.get(url)):
                seen[url] = title
    assert len(seen) > 40
    doubles = [
        (one, other)
        for (one, title), (other, its) in combinations(seen.items(), 2)
        if title == its
    ]
    assert doubles == []


def test_pages_of_warehouse_employee_and_leaver_have_titles(
    acme, anna, shelf, wanda, emil, laptop, client_of
):
    ret = leave(emil, laptop)
    for user, paths in {
        wanda: ["/", "/receive/", "/receive/?code=C02XL0AAA", "/returns/"],
        emil: ["/", "/returns/", ret.get_absolute_url()],
    }.items():
        titles = [title_of(client_of(user).get(path)) for path in paths]
        assert all(titles), (user.role, titles)
        assert len(set(titles)) == len(titles), (user.role, titles)
    link = links.url(ret).partition("testserver")[2] or links.url(ret)
    assert ret.reference in title_of(client_of(anna).get(link))


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_pages_before_sign_in_have_titles(client, path):
    assert title_of(client.get(path))


def test_unknown_page_has_a_title(client):
    page = client.get("/no-such-page/")
    assert _TITLE.search(page.text)
    assert page.status_code == 404
