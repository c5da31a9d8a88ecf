"""Sentences that are kept have a code and parameters, and words when they are shown."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.core import texts
from apps.core.errors import Conflict
from apps.core.showing import day, grouped, listed
from apps.core.told import (
    Told,
    ToldField,
    as_written,
    declared,
    dumps,
    in_this_language,
    loads,
    sentence,
)

from .pseudo import pseudo_locale

SENTENCES = sorted(declared())


@pytest.mark.parametrize("code", SENTENCES)
def test_each_sentence_is_said_from_its_code_and_parameters(code):
    """Whatever the parameters are: a code of another version, too."""
    one = declared()[code]
    values = dict.fromkeys(one.names, 7)
    for name, shower in one.shown.items():
        if shower is day:
            values[name] = date(2026, 3, 1)
        elif getattr(shower, "__name__", "").endswith("_label"):
            values[name] = "OF_A_CODE"
    if "thing" in one.names:
        values["thing"] = "inventory.asset"
    for name in {"candidates", "columns", "fields", "names"} & one.names:
        values[name] = ["A", "B"]
    kept = one(**values)
    back = loads(dumps(kept))
    assert back == Told(code, orjson.loads(orjson.dumps(kept.params)))
    assert str(back) == one.words(kept.params)
    assert "can't be shown" not in str(back)
    assert "%(" not in str(back)
    with pseudo_locale():
        assert str(back).startswith("⟦")


@pytest.mark.parametrize("code", SENTENCES)
def test_each_sentence_refuses_other_parameters(code):
    one = declared()[code]
    with pytest.raises(TypeError):
        one(**dict.fromkeys(one.names, "x"), more="x")
    if one.names:
        with pytest.raises(TypeError):
            one()


def test_there_are_sentences_of_all_apps_that_keep_any():
    assert {"not_allowed", "claimed", "email_taken", "no_key", "bad_date"} <= set(
        SENTENCES
    )


def test_a_code_is_one_sentence():
    with pytest.raises(TypeError, match="not_allowed already"):
        sentence("not_allowed", _("Something else."))


def test_a_translated_text_is_no_parameter():
    with pytest.raises(TypeError, match="give its code"):
        texts.IN_USE(name="X1", thing=_("asset"))


def test_an_error_has_words_in_the_language_of_whoever_reads_it():
    error = Conflict(texts.IN_USE(name="X1", thing="inventory.asset"))
    assert error.code == "in_use"
    assert error.message == str(error) == "X1 is in use: asset."
    with pseudo_locale():
        assert error.message == "⟦X1 is in use: asset.⟧"


def test_an_error_in_words_keeps_its_words():
    error = Conflict("odd", "It is odd.")
    assert (error.code, error.message, error.told) == (
        "odd",
        "It is odd.",
        as_written("It is odd."),
    )


@pytest.mark.parametrize(
    "told",
    [Told("gone"), Told("bad_day", {"day": "soon"}), Told("in_use", {"name": "X1"})],
)
def test_what_another_version_kept_is_named_by_its_code(told):
    assert str(told) == f"The reason can't be shown any more: {told.code}."


@pytest.mark.parametrize(
    "text",
    ["It was odd.", '{"code": an old sentence', '{"name": "x"}', "[1]"],
)
def test_a_sentence_that_was_kept_in_words_is_read_as_it_stands(text):
    assert str(loads(text)) == text


def test_nothing_stays_nothing():
    assert (loads(""), dumps("")) == ("", "")


def test_a_column_refuses_words():
    with pytest.raises(TypeError, match="not words"):
        ToldField().get_prep_value("It is odd.")


def test_lists_numbers_and_days_go_by_the_language():
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert listed(["A", "B", "C", "{0}"]) == "A, B, C, {0}"
            assert (listed(["A"]), listed([])) == ("A", "")
    assert grouped(200_000) == "200,000"
    told = texts.BAD_DAY(day=date(2026, 3, 1))
    with translation.override("de"):
        assert grouped(200_000) == "200.000"
        assert "01.03.2026" in str(told)


def test_what_is_streamed_keeps_the_language_of_the_request():
    with translation.override("de"):
        items = in_this_language(translation.get_language() for _time in range(2))
    with translation.override("en"):
        assert list(items) == ["de", "de"]
        assert translation.get_language() == "en"
