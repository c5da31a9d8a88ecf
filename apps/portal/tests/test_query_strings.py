"""Every page of ours is asked for what it has not: by the names it knows and by one it
does not. It says which, and shows no list."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django import forms
from django.conf import settings
from django.http import QueryDict

from apps.conftest import make_asset, make_user, text_of
from apps.core import query
from apps.core.pagination import keyset_page
from apps.core.query import Query
from apps.imports.tests.factories import planned
from apps.inventory.models import Asset
from apps.returns.models import Return

from .test_other_company import PAGES, _fill, acme_things  # noqa: F401

pytestmark = pytest.mark.django_db
# They show no list, and read nothing of the query string.
NO_QUERY = {
    "",
    "addresses/add/",
    "people/add/",
    "imports/new/",
    "addresses/<uuid:pk>/",
    "history/about/<uuid:subject_id>/",
    "mails/<uuid:pk>/",
    "mails/about/<uuid:subject_id>/",
    "returns/<uuid:pk>/",
    "imports/<uuid:pk>/progress/",
    "imports/<uuid:pk>/stale/",
    "imports/<uuid:pk>/columns/",
    "imports/<uuid:pk>/discard/",
    "imports/<uuid:pk>/refused.csv",
    "imports/<uuid:pk>/kept.csv",
    "imports/<uuid:pk>/undo/",
    "bulk/<uuid:pk>/progress/",
    "bulk/<uuid:pk>/results.csv",
}
FORMS = re.compile(
    r"(edit|archive|cancel|delete|answer|reschedule|receive|book"
    r"|retire|rehire|end-sign-in|erase|personal-data)/$"
)
ANYTHING = ["a\0b", b"\xed\xa0\x80", "x" * 10_000]
WRONG = {
    forms.ChoiceField: ["nonsense"],
    forms.UUIDField: ["abc"],
    forms.ModelChoiceField: ["abc", "01a21381-ceab-71dc-987d-80d5d66602c9"],
    forms.DateField: ["2026-02-31", "0001-01-01", "yesterday"],
}


@pytest.fixture
def things(acme_things, acme, anna, settings, tmp_path):  # noqa: F811
    """One of everything, and enough assets for two pages."""
    settings.MEDIA_ROOT = str(tmp_path)
    for number in range(51):
        make_asset(anna, f"PAGE{number}")
    text = "Serial number,Product,Category,Location\nNEW1,Pad,Tablet,Attic\n"
    return [*acme_things, planned(acme, text, kind="ASSETS").pk]


@pytest.fixture
def asked(things, anna, client_of, monkeypatch) -> dict[str, Query]:
    """What each page that can be opened reads of its query string: {url: its form}."""
    read, seen = Query.read.__func__, {}

    def spy(cls, request, **kwargs):
        form = read(cls, request, **kwargs)
        seen[request.path] = form
        return form

    monkeypatch.setattr(query.Query, "read", classmethod(spy))
    client, silent = client_of(anna), []
    for path, names in PAGES:
        for thing in things if names else [things[0]]:
            url = "/" + _fill(path, thing)
            answer = client.get(url)
            if answer.status_code != 200:
                seen.pop(url, None)
            is_shown = answer.status_code == 200 and not FORMS.search(path)
            if is_shown and path not in NO_QUERY and url not in seen:
                silent.append(path)
    for kind in ("product", "person", "holder", "place"):
        client.get(f"/imports/options/{kind}/")
    monkeypatch.undo()
    assert silent == []
    return seen


def test_bad_values_are_named_on_every_page(asked, anna, client_of):
    client, found = client_of(anna), []
    for url, form in asked.items():
        names = [*form.fields, *(["after"] if form.is_paged else [])]
        for name, value in _bad(form, names):
            answer = client.get(f"{url}?{urlencode({name: value})}")
            if not _refuses(answer, name):
                found.append((url, name, value[:20], answer.status_code))
        for name in names:
            answer = client.get(f"{url}?{name}=&{name}=")
            if not _refuses(answer, name):
                found.append((url, name, "twice", answer.status_code))
    assert found == []
    lists = ("/assets/", "/people/", "/returns/", "/history/", "/mails/", "/imports/")
    exports = ("/assets/export.csv", "/people/export.csv")
    others = ("/search/", "/receive/", "/assets/products/", "/assets/people/")
    assert {*lists, *exports, *others} <= set(asked)


def _bad(form, names):
    for name in names:
        values = list(ANYTHING)
        for kind, wrong in WRONG.items():
            if isinstance(form.fields.get(name), kind):
                values += wrong
        yield from ((name, value) for value in values)
        if name == "after":
            yield from ((name, value) for value in ("x", "bnVsbA", "W251bGxd.abc"))


def _refuses(answer, name: str) -> bool:
    text = text_of(answer)
    is_named = f"<code>{name}" in text
    return answer.status_code == 400 and is_named and "C02XL0AAA" not in text


@pytest.mark.full
def test_names_that_a_page_does_not_know_are_named(asked, anna, client_of):
    client, found = client_of(anna), []
    names = ("page", "staet", "offset", "id__exact", "é", "a\0")
    for url, name in itertools.product(asked, names):
        answer = client.get(f"{url}?{urlencode({name: '-1'})}")
        if not _refuses(answer, name.replace("\0", "\ufffd")):
            found.append((url, name, answer.status_code))
    assert found == []


@pytest.mark.full
def test_what_mail_programs_hang_on_is_no_filter(asked, anna, client_of):
    client = client_of(anna)
    for url in asked:
        answer = client.get(f"{url}?utm_source=mail&gclid=1")
        assert answer.status_code == 200, url


def test_the_page_goes_on_with_what_is_right(anna, laptop, client_of):
    client = client_of(anna)
    for page in ("/assets/", "/assets/export.csv"):
        answer = client.get(f"{page}?state=NONSENSE&q=mac&category=LAPTOP")
        assert answer.status_code == 400
        assert f'href="{page}?q=mac&amp;category=LAPTOP"' in answer.text
        assert "state=NONSENSE" in answer.text
        assert '<input type="hidden" name="q" value="mac">' in answer.text
        assert "STORAGE" in answer.text  # what may stand there
        rest = answer.context["refusal"].url
        assert client.get(rest).status_code == 200


@pytest.mark.full
def test_a_cursor_of_another_list_order_or_company_is_none(
    things, asked, anna, globex, client_of
):
    client = client_of(anna)
    cursor = QueryDict(
        re.search(r'href="\?(after=[^"]+)"', client.get("/assets/").text)[1]
    )["after"]
    assert client.get("/assets/", {"after": cursor}).status_code == 200
    others = [url for url, form in asked.items() if form.is_paged and url != "/assets/"]
    for url in others:
        assert client.get(url, {"after": cursor}).status_code == 400, url
    sorted_otherwise = {"after": cursor, "sort": "name"}
    assert client.get("/assets/", sorted_otherwise).status_code == 400
    for cut in (1, 20, len(cursor) - 1):
        assert client.get("/assets/", {"after": cursor[:-cut]}).status_code == 400
    theirs = [make_user(globex, "Gwen", role="COMPANY_ADMIN")]
    answers = [
        client_of(user).get("/assets/", {"after": text})
        for user, text in itertools.product(theirs, (cursor, "made.up"))
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    said = [answer.context["refusal"].problems[0].sentence for answer in answers]
    assert said[0] == said[1]


def test_a_cursor_is_bound_to_its_scope(things, acme):
    found = Asset.objects.filter(company=acme)
    page = keyset_page(found, sort="-id", scope="here", size=1)
    again = keyset_page(found, sort="-id", scope="here", size=1, after=page.after)
    assert again.rows != page.rows
    with pytest.raises(Exception, match="no such page"):
        keyset_page(found, sort="-id", scope="there", size=1, after=page.after)


def test_what_is_not_yours_is_no_choice(anna, gina, client_of, globex, shelf):
    answer = client_of(gina).get("/assets/", {"address": str(shelf.pk)})
    nobody = client_of(gina).get("/assets/", {"address": str(anna.pk)})
    assert (answer.status_code, nobody.status_code) == (400, 400)
    said = [a.context["refusal"].problems[0].sentence for a in (answer, nobody)]
    assert said[0] == said[1]
    assert shelf.name not in answer.text


def test_a_draft_that_nobody_can_mean_is_named(anna, emil, laptop, shelf, client_of):
    url = f"/returns/new/?kind=OFFBOARDING&user={emil.pk}&address={shelf.pk}"
    client = client_of(anna)
    for bad in ("day=2026-02-31", f"decision_{laptop.pk}=BURN", "contact_email=x"):
        answer = client.get(f"{url}&{bad}")
        assert answer.status_code == 400
        assert f"<code>{bad}</code>" in answer.text
    # While somebody still types, the summary is simply not there.
    typed = client.get(f"{url}&day=0002-01-01", headers={"HX-Request": "true"})
    assert typed.status_code == 200
    assert not Return.objects.exists()


def test_the_desk_is_asked_for_one_thing(anna, laptop, client_of):
    client = client_of(anna)
    answer = client.get("/receive/", {"code": "C02XL0AAA", "asset": str(laptop.pk)})
    assert answer.status_code == 400
    assert f"asset={laptop.pk}" in answer.text


def test_a_scan_that_found_nothing_fills_in_the_new_asset(anna, client_of):
    answer = client_of(anna).get("/assets/add/?serial_number=NEW-1")
    assert 'value="NEW-1"' in answer.text


def test_an_export_takes_the_filters_and_not_the_page(things, anna, client_of):
    text = client_of(anna).get("/assets/?state=ACTIVE&q=mac").text
    assert 'href="export.csv?state=ACTIVE&amp;q=mac&amp;columns=asset,' in text
    after = re.search(r'href="\?([^"]*after=[^"]+)"', text)[1].replace("&amp;", "&")
    text = client_of(anna).get(f"/assets/?{after}").text
    assert 'href="export.csv?state=ACTIVE&amp;q=mac&amp;columns=asset,' in text


def test_nothing_else_reads_a_query_string():
    """A flag without a value, the address to go on to, and tags that pass it on."""
    others = {
        "core/query.py",
        "core/admin.py",
        "core/templatetags/ui.py",
        "accounts/admin.py",
        "ops/health.py",
        "returns/leaver_views.py",
        "imports/pages/columns.py",
        "returns/views.py",
    }
    apps = Path(settings.BASE_DIR) / "apps"
    found = {
        str(file.relative_to(apps))
        for file in apps.rglob("*.py")
        if "tests" not in file.parts and ".GET" in file.read_text()
    }
    assert found <= others
