"""Whatever is searched is found without its accents, with either apostrophe and in any
of Unicode's forms; what is typed stands for itself."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.companies import services as companies
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.notifications.models import Message
from apps.returns import services as returns

pytestmark = pytest.mark.django_db

NUNEZ = ["Nunez", "NUÑEZ", "nun\u0303ez", "lukasz", "Łukasz-Nuñez", "oyvind LUKASZ"]
NEIL = ["O'Neil", "O’Neil", "o‘neil", "oneil", "Tom O´Neil"]
DOCK = ["uber", "ÜBER", "U\u0308ber", "ｕｂｅｒ", "ber dock", "strasse"]
NOBODY = ["%", "_", "\\", "%%", "__", "\\\\", "o_neil", "'", "’’", "\u0301\u0301"]


@pytest.fixture
def oyvind(acme):
    last = "Łukasz-Nuñez"
    return make_user(acme, "Øyvind", last_name=last, email="oln@acme.example")


@pytest.fixture
def tom(acme):
    return make_user(acme, "Tom", last_name="O'Neil", email="tom@acme.example")


@pytest.fixture
def dock(acme, office):
    product = make_product(acme, "Über dock Straße", manufacturer="Škoda")
    return make_asset(office, "DOCK1", product=product)


@pytest.fixture
def ask(anna, oyvind, tom, dock, client_of):
    client = client_of(anna)

    def answer(path, text, name="q"):
        page = client.get(path, {name: text})
        assert page.status_code == 200
        return page

    return answer


def listed(page):
    """The ids of the rows of a list, which are values."""
    return [pk for pk, *_cells in page.context["page"].rows]


@pytest.mark.parametrize("text", NUNEZ)
def test_people_are_found(ask, oyvind, text):
    assert ask("/search/", text).context["people"] == [oyvind]
    assert listed(ask("/people/", text)) == [oyvind.pk]
    assert oyvind.email in ask("/assets/people/", text, "person").text
    assert oyvind.name in ask("/returns/new/", text).text


@pytest.mark.parametrize("text", NEIL)
def test_either_apostrophe_finds_the_other(ask, tom, text):
    assert ask("/search/", text).context["people"] == [tom]
    assert listed(ask("/people/", text)) == [tom.pk]


def test_a_straight_apostrophe_finds_a_typographic_one(ask, acme):
    ann = make_user(acme, "Ann", last_name="D’Arc", email="ann@acme.example")
    assert listed(ask("/people/", "d'arc")) == [ann.pk]


@pytest.mark.parametrize("text", DOCK)
def test_devices_and_products_are_found(ask, dock, text):
    assert ask("/search/", text).context["assets"] == [dock]
    assert listed(ask("/assets/", text)) == [dock.pk]
    assert "Über dock" in ask("/assets/products/", text, "product").text
    assert "Über dock" in ask("/imports/options/product/", text, "use-1").text


@pytest.mark.parametrize("text", ["poznan", "POZNAŃ", "pozna\u0144 SHELF"])
def test_places_are_found(ask, shelf, text):
    assert shelf.name in ask("/imports/options/place/", text, "use-1").text


def test_returns_are_found_by_who_and_by_reference(ask, oyvind, shelf):
    laptop = make_asset(oyvind, "L1")
    ret = returns.start_collection(oyvind, actor=SYSTEM, asset_ids=[laptop.pk])
    typographic = ret.reference.lower().replace("-", "–")
    for text in ("nunez", ret.reference, typographic):
        assert ask("/search/", text).context["returns"] == [ret]
        assert ret.reference in ask("/returns/", text).text


def test_mails_are_found(ask, acme, anna):
    Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=anna.pk,
        recipient="oln@home.example",
        subject="Øyvind, please send it back",
        body="Hello",
        message_id="<1@tequipy>",
        occurred_at=timezone.now(),
    )
    assert "please send it back" in ask("/mails/", "oyvind BACK").text
    assert "please send it back" not in ask("/mails/", "o_vind").text


@pytest.mark.parametrize("text", NOBODY)
def test_signs_and_wildcards_stand_for_themselves(ask, text):
    found = ask("/search/", text).context
    assert not found.get("assets")
    assert not found.get("people")
    for path in ("/people/", "/assets/"):
        assert listed(ask(path, text)) == []
    assert "<option" not in ask("/assets/people/", text, "person").text
    assert "<option" not in ask("/assets/products/", text, "product").text


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_what_holds_a_wildcard_is_found_by_it(ask, acme, sign):
    found = make_user(acme, "Zed", last_name=f"a{sign}z", email="zed@acme.example")
    assert listed(ask("/people/", f"a{sign}Z")) == [found.pk]


def test_nothing_of_another_company_is_found(gina, oyvind, dock, client_of):
    client = client_of(gina)
    for text in ("nunez", "uber"):
        assert client.get("/search/", {"q": text}).context["is_empty"]
        for path in ("/assets/people/", "/assets/products/"):
            assert "<option" not in client.get(path, {"q": text}).text


def test_a_place_is_not_found_by_the_other_company(gina, shelf, client_of):
    page = client_of(gina).get("/imports/options/place/", {"use-1": "poznan"})
    assert "<option" not in page.text


def test_a_place_is_renamed_and_found_anew(ask, office, anna):
    companies.update_address(office, actor=SYSTEM, name="Kraków")
    assert "Kraków" in ask("/imports/options/place/", "krakow", "use-1").text
