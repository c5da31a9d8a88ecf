"""One normaliser for the texts of forms, files and bodies."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import services as accounts
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.clean import capitals, lines, one_line, small_letters, stripped
from apps.core.folding import fold
from apps.core.keys import code, key
from apps.inventory import services as inventory

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u2069\ufe0f\u034f\u180b"
BLANK = "\u00a0\t\r\n\u2003\u202f\u3000\u2028\u2029\x0b\x1f\x85\u2800\u3164\uffa0"
NASTY = st.text(
    st.one_of(
        st.sampled_from(INVISIBLE + BLANK + " aZéÄßİıΣςǰΐŉﬁÅK\u0301\u0307\u0323\u0345"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("  My   device ", "My device"),
        ("a\tb\r\nc", "a b c"),
        ("a\u00a0\u2003b\u3000c", "a b c"),
        ("a\u200bb\ufeff\u00adc", "abc"),
        ("Mun\u0303oz", "Muñoz"),
        ("Mun\u200d\u0303oz", "Muñoz"),  # what was between them is gone first
        ("A\u3164B \u2800C", "A B C"),
        ("two\ufe0f", "two"),
        ("\u200b\u00a0\u3164", ""),
        ("’", "’"),
    ],
    ids=ascii,
)
def test_a_line_is_written_as_it_is_seen(text, as_written):
    assert one_line(text) == as_written


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("a\r\n\r\nb\rc", "a\n\nb\nc"),
        ("one  \n  two\tand\u00a0 three\u200b", "one\n  two\tand  three"),
        ("\n \u00a0\nMun\u0303oz\n", "Muñoz"),
        ("a\x00b\u2028c", "a b\nc"),
    ],
    ids=ascii,
)
def test_lines_keep_their_ends_tabs_and_runs_of_blanks(text, as_written):
    assert lines(text) == as_written


@pytest.mark.parametrize("clean", [one_line, lines, capitals, small_letters, stripped])
@given(text=NASTY)
def test_what_is_clean_stays_so(clean, text):
    assert clean(clean(text)) == clean(text)


@given(text=NASTY)
def test_nothing_unseen_is_left(text):
    line = one_line(text)
    assert unicodedata.is_normalized("NFC", line)
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Zl", "Zp"}
    assert "  " not in line
    assert line == line.strip()
    assert bool(line) == bool(stripped(text))


@given(text=NASTY, inside=st.sampled_from(INVISIBLE), around=st.sampled_from(BLANK))
def test_what_is_added_unseen_makes_no_other_key(text, inside, around):
    added = around + text.replace(" ", f" {around} ") + inside + around
    assert key(added) == key(text)
    assert code(added) == code(text)


@given(text=st.text(st.characters(max_codepoint=0x17F), max_size=12))
def test_keys_that_are_one_fold_alike(text):
    """Look-ups narrow by the folded text before they compare keys."""
    assert fold(one_line(text)) == fold(key(text) or "")


def test_the_database_knows_the_same_keys(db):
    """Uniqueness is by its lower case; what look-ups don't find would be taken."""
    there = [
        one_line(f"A{chr(point)}")
        for point in range(1, sys.maxunicode + 1)
        if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text, lower(text) FROM unnest(%s::text[]) AS t(text)", [there]
        )
        differing = [
            (ascii(text), ascii(found), ascii(key(text)))
            for text, found in cursor.fetchall()
            if found != key(text)
        ]
    assert not differing


def test_verbs_write_the_same(acme, emil):
    asset = make_asset(emil, "ǰ\u00a01", asset_tag="A\u200b  1", notes="a\r\n\r\nb  c ")
    asset.refresh_from_db()
    assert (asset.serial_number, asset.asset_tag) == ("J\u030c 1", "A 1")
    assert asset.notes == "a\n\nb  c"
    seen = asset.updated_at
    same = {"asset_tag": " A\t1", "notes": "a\r\n\r\nb  c", "serial_number": "ǰ 1"}
    assert inventory.update(asset, actor=SYSTEM, **same).updated_at == seen
    user = accounts.update(
        emil, actor=SYSTEM, private_email=" EMIL@Home.example\u200b", notes="x\r\ny"
    )
    assert (user.private_email, user.notes) == ("emil@home.example", "x\ny")
