"""Whatever pages call a field or a value, in whatever language: a file that says so is
understood."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.states import PRESENT, UserState
from apps.catalog.models import Category
from apps.companies.countries import rows as country_rows
from apps.conftest import mostly_full
from apps.core.languages import country_name
from apps.imports.columns.detection import detect_kind
from apps.imports.columns.fields import FIELDS
from apps.imports.columns.headers import Confidence, guess_mapping, normalise_header
from apps.imports.states import Kind
from apps.imports.values import (
    BooleanEvidence,
    CellProblem,
    Status,
    guess_category,
    to_boolean,
    to_condition,
    to_country,
    to_status,
)
from apps.imports.values.vocabulary import in_each_language
from apps.inventory.models import GRADES, Asset
from apps.inventory.states import ArchiveReason, AssetState, Grade

NAMES = {code: name for code, name, *_rest in country_rows()}
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture(params=LANGUAGES)
def shown(request):
    """A text as pages in one of the languages show it; the file is read in English."""

    def shown(text) -> str:
        with translation.override(request.param):
            return str(text() if callable(text) else text)

    return shown


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        pytest.param(kind, field, id=f"{kind}-{field.target}")
        for kind in Kind
        for field in FIELDS[kind]
    ],
)
def test_the_label_of_a_field_is_a_header_of_it(kind, field, shown):
    (column,) = guess_mapping([shown(field.label)], kind).columns
    assert (column.target, column.confidence) == (field.target, Confidence.KNOWN)


def test_a_list_of_people_under_labels_is_one_of_people(shown):
    labels = [shown(field.label) for field in FIELDS[Kind.PEOPLE]]
    assert detect_kind(labels).kind is Kind.PEOPLE


def test_a_listed_header_of_another_field_comes_before_a_label():
    assert normalise_header("Zustand") == "zustand"
    (column,) = guess_mapping(["Zustand"], Kind.ASSETS).columns
    assert column.target == "condition"


def test_a_label_of_two_things_means_neither():
    labels = [("Spare", 1), ("spare!", 2), ("Used", 1), ("", 3)]
    assert in_each_language(lambda: labels, normalise_header) == {"used": 1}


@pytest.mark.parametrize("state", AssetState)
def test_states_of_devices(state, shown):
    found = to_status(shown(state.label))
    assert isinstance(found, Status)
    assert found.state == state


@pytest.mark.parametrize("reason", ArchiveReason)
def test_reasons_of_archiving_and_states_with_them(reason, shown):
    status = Status(AssetState.ARCHIVED, reason)
    assert to_status(shown(reason.label)) == status
    assert to_status(shown(lambda: status.label)) == status


@pytest.mark.parametrize("grade", Grade)
def test_conditions(grade, shown):
    label = shown(grade.label)
    assert to_condition(label) == GRADES[grade]
    behind_the_letter = to_condition(label.partition(": ")[2])
    assert isinstance(behind_the_letter, Decimal)
    assert Asset(condition=behind_the_letter).grade == grade


@pytest.mark.parametrize("category", Category)
def test_categories(category, shown):
    assert guess_category(shown(category.label)) == category


@pytest.mark.parametrize("code", mostly_full(NAMES, every=20))
def test_countries(code, shown):
    """Companies add names of their own; here there are none."""
    assert to_country(shown(lambda: country_name(code, NAMES[code])), {}) == code


@pytest.mark.parametrize("word", ["yes", "no"])
def test_yes_and_no(word, shown):
    assert to_boolean(shown(lambda: gettext(word))) is (word == "yes")


@pytest.mark.parametrize("state", UserState)
def test_states_of_people_say_whether_they_work_here(state, shown):
    label = shown(state.label)
    evidence = BooleanEvidence()
    evidence.see(label)
    assert to_boolean(label) is (state in PRESENT)
    assert not evidence.unclear


@pytest.mark.parametrize(
    ("read", "labels"),
    [
        (to_status, [AssetState.STORAGE.label, *ArchiveReason.labels]),
        (to_condition, Grade.labels),
    ],
)
def test_a_refusal_names_words_of_the_reader_s_language(read, labels, shown):
    refused = read("100 % sure")
    assert isinstance(refused, CellProblem)
    assert "100 % sure" in shown(lambda: refused.message)
    for label in labels:
        assert shown(label) in shown(lambda: refused.message)
