"""What every list has, whatever it lists."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.urls import reverse

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.lists import declared
from apps.imports.tests.factories import planned
from apps.notifications.models import Message
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
LISTS = [pytest.param(of, id=of.name) for of in declared()]


@pytest.fixture
def things(acme, anna, emil, laptop, office, shelf, settings, tmp_path):
    """A row in each list, and two in some."""
    settings.MEDIA_ROOT = str(tmp_path)
    make_asset(office, "STORED0001", asset_tag="T-1")
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=ret.pk,
        recipient="emil@home.example",
        message_id="<1@tequipy>",
        occurred_at=ret.created_at,
    )
    planned(acme, "Serial number,Product\nNEW1,Pad\n", kind="ASSETS")


@pytest.mark.parametrize("of", LISTS)
def test_each_column_can_be_shown(of, anna, things, client_of):
    client, url = client_of(anna), reverse(of.url)
    page = client.get(url, {"columns": "all"}).context["page"]
    assert [one.label for one in page.headings] == [str(c.label) for c in of.columns]
    assert page.rows
    for column in of.columns[1:]:
        query = {"columns": f"{of.main.name},{column.name}"}
        page = client.get(url, query).context["page"]
        assert [one.name for one in page.columns] == [of.main.name, column.name]


@pytest.mark.parametrize("of", LISTS)
def test_headers_say_how_it_is_sorted(of, anna, things, client_of):
    client, url = client_of(anna), reverse(of.url)
    for name in (one.name for one in of.columns if one.sorts):
        shown = {"columns": ",".join(dict.fromkeys((of.main.name, name)))}
        answer = client.get(url, {**shown, "sort": name})
        assert answer.text.count("aria-sort") == 1
        page = answer.context["page"]
        (heading,) = [one for one in page.headings if one.order]
        assert heading.order == "ascending"
        assert parse_qs(heading.url[1:])["sort"] == [f"-{name}"]
        turned = client.get(url, {**shown, "sort": f"-{name}"}).context["page"]
        assert [row[0] for row in turned.rows] == [row[0] for row in page.rows][::-1]


@pytest.mark.parametrize("of", LISTS)
def test_a_filter_has_a_chip_that_takes_it_away(of, anna, things, client_of):
    client, url = client_of(anna), reverse(of.url)
    for one in of.filters:
        form = client.get(url).context["form"]
        field = form.fields[one.name]
        values = [key for key, _label in getattr(field, "choices", []) if key]
        if not values:
            continue
        page = client.get(url, {one.name: values[-1]}).context["page"]
        (chip,) = page.chips
        assert (chip.label, chip.url) == (str(one.label), "?")
        assert page.total == len(page.rows)


@pytest.mark.parametrize("of", LISTS)
def test_an_unknown_column_is_named(of, anna, client_of):
    answer = client_of(anna).get(reverse(of.url), {"columns": "nonsense"})
    assert answer.status_code == 400
    assert "There is no column nonsense" in answer.text
    twice = f"{of.columns[-1].name},{of.columns[-1].name}"
    assert client_of(anna).get(reverse(of.url), {"columns": twice}).status_code == 400


def test_who_may_not_see_prices_has_no_column_of_them(wanda, shelf, client_of):
    make_asset(shelf, "S1")
    client = client_of(wanda)
    assert "purchase_price" not in client.get("/assets/").text
    asked = client.get("/assets/", {"columns": "purchase_price"})
    assert asked.status_code == 400


def test_what_is_found_nowhere_offers_the_whole_list(anna, laptop, client_of):
    page = client_of(anna).get("/assets/", {"q": "zzz"})
    assert "No asset fits these filters" in page.text
    assert page.context["page"].count == "0 assets"


def test_texts_of_rows_are_escaped(anna, office, client_of):
    make_asset(office, "S1", name='<b>"Zoë"</b>', notes="<script>")
    page = client_of(anna).get("/assets/", {"columns": "all"}).text
    assert "<b>" not in page.partition('id="rows"')[2].partition("</tbody>")[0]
    assert "&lt;b&gt;&quot;Zoë&quot;&lt;/b&gt;" in page
    assert "<script>" not in page.partition('id="rows"')[2].partition("</tbody>")[0]
