from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.companies.models import Company
from apps.core.keys import Index, any_of, code, codes, has_code, has_key, key, keys

BLANKS = [
    None,
    "",
    " ",
    "\t \r\n",
    "\u00a0",  # no-break space
    "\u2003\u3000",  # em space, ideographic space
    "\u200b\u200c\u200d\u2060\ufeff",  # zero width
    "\u00ad",  # soft hyphen
    "\u202a\u202c\u2066\u2069",  # directions
    "\x00\x1f",
    "\u3164",  # Hangul filler, a letter
    "\u2800",  # Braille blank, a symbol
    "\ufe0f \u034f",  # a variant and a joiner, of nothing
]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_what_shows_as_nothing_is_no_key(blank):
    assert key(blank) is code(blank) is None
    assert keys([blank]) == codes([blank]) == set()


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_thing_without_key_is_not_in_the_index(blank):
    index = Index([blank, "x"], lambda text: text)
    assert list(index) == ["x"]
    assert not index.find(blank)
    assert index.first(blank) is None
    with pytest.raises(KeyError):
        index[blank]


@pytest.mark.parametrize("text", ["()", "-", "?", "0", "’", "\u0301a", "🙂"])
def test_what_shows_as_something_is_a_key(text):
    assert Index([text], lambda text: text).find(text) == [text]


def test_case_and_blanks_make_no_difference_to_a_key():
    assert key("  Anna\u00a0 NOWAK\u200b ") == key("anna nowak") == "anna nowak"
    assert code(" AB  1\u200b2 ") == "AB 12"
    assert code("ab1") != code("AB1")


def test_how_an_accent_is_encoded_makes_no_difference_to_a_key():
    assert key("Mun\u0303oz") == key("Muñoz") == "muñoz"


def test_a_key_keeps_accents_and_letters():
    assert key("Straße") != key("Strasse")
    assert key("Muñoz") != key("Munoz")


def test_several_may_have_one_key_in_the_order_they_came():
    index = Index(["a", "B", "A"], lambda text: text)
    assert index.find("A") == ["a", "A"]
    assert (index.first("b"), index["B"]) == ("B", "B")


@pytest.mark.django_db
class TestInTheDatabase:
    @pytest.fixture(autouse=True)
    def nameless(self, acme):
        Company.objects.filter(pk=acme.pk).update(name="", slug="")

    @pytest.mark.parametrize("blank", BLANKS, ids=ascii)
    def test_an_absent_key_finds_no_row_without_one(self, blank):
        for condition in (
            has_key("name", blank),
            has_code("slug", blank),
            any_of({"name": {blank or ""}, "slug": set()}),
        ):
            assert not Company.objects.filter(condition).exists()

    def test_a_key_finds_what_has_it(self, globex):
        found = Company.objects.filter(has_key("name", " gloBEX\u200b"))
        assert found.get() == globex
        assert Company.objects.filter(any_of({"slug": {"globex"}})).get() == globex
        assert not Company.objects.filter(has_code("name", "GLOBEX")).exists()


def test_nobody_compares_keys_in_a_way_of_their_own(settings):
    own = re.compile(r"__iexact|__in=_?texts|\[\w+(\.\w+)*\.lower\(\)\]")
    modules = Path(settings.BASE_DIR, "apps").rglob("*.py")
    found = [
        f"{module}: {line}"
        for module in modules
        if not {"tests", "migrations"} & set(module.parts)
        for line in module.read_text().splitlines()
        if own.search(line)
    ]
    assert not found
