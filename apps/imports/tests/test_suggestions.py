"""Names in a file that are known but for accents: shown, never taken."""

from __future__ import annotations

import unicodedata

import pytest
from django.urls import reverse

from apps.conftest import make_product, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.imports import services
from apps.imports.run import planning
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import apply_all, codes, counts, planned, rows

pytestmark = pytest.mark.django_db

HEADER = "Serial;Model;Assigned to;Location\n"


@pytest.fixture
def oyvind(acme, shelf):
    last = "Łukasz-Nuñez"
    return make_user(acme, "Øyvind", last_name=last, email="oln@acme.example")


def candidates(batch, kind):
    return batch.unknowns.get(kind=kind).candidates


@pytest.mark.parametrize("name", ["Oyvind Lukasz-Nunez", "LUKASZ–NUNEZ, Oyvind"])
def test_a_holder_known_but_for_accents_is_asked(acme, oyvind, name):
    batch = planned(acme, HEADER + f"S1;Any;{name};\n")
    (row,) = rows(batch)
    assert codes(row) == ["person_unknown"]
    (candidate,) = row.problems[0]["candidates"]
    assert candidate["id"] == str(oyvind.pk)
    assert candidates(batch, "holder") == ["Øyvind Łukasz-Nuñez (oln@acme.example)"]
    assert batch.unknowns.get(kind="holder").action == "REFUSE"
    apply_all(batch)
    assert not Asset.objects.exists()


def test_the_exact_name_wins_over_those_that_read_alike(acme, oyvind):
    plain = make_user(acme, "Oyvind", last_name="Lukasz-Nunez", email="p@acme.example")
    text = "S1;Any;oyvind  lukasz-nunez;\nS2;Any;ØYVIND Łukasz-Nuñez;\n"
    batch = planned(acme, HEADER + text)
    assert counts(batch) == {"CREATE": 2}
    apply_all(batch)
    held = dict(Asset.objects.values_list("serial_number", "user"))
    assert held == {"S1": plain.pk, "S2": oyvind.pk}


def test_how_an_accent_is_encoded_makes_no_difference(acme, oyvind):
    text = unicodedata.normalize("NFD", "S1;Größe;Øyvind Łukasz-Nuñez;Poznań shelf\n")
    batch = planned(acme, HEADER + text)
    assert counts(batch) == {"CREATE": 1}
    assert set(batch.unknowns.values_list("kind", flat=True)) == {"product"}
    apply_all(batch)
    assert Asset.objects.get().user == oyvind
    for form in ("NFC", "NFD"):
        again = unicodedata.normalize(form, HEADER + text)
        assert counts(planned(acme, again)) == {"SAME": 1}


def test_the_other_person_of_a_name_is_suggested(acme, shelf):
    make_user(acme, "Ann", last_name="Lee", username="ann.lee")
    batch = planned(acme, HEADER + "S1;Any;Ann Lee (ann.lee2);\n")
    assert candidates(batch, "holder") == ["Ann Lee (ann@acme.example)"]


def test_keys_are_not_folded(acme, oyvind, shelf):
    make_user(acme, "Zoë", email="zoe@acme.example", employee_number="É1")
    text = "First name;Email;Employee number\nZoe;;E1\n"
    (row,) = rows(planned(acme, text))
    assert codes(row) == ["no_email"]


def test_places_and_models_known_but_for_accents_are_shown(acme, shelf):
    make_product(acme, "Über dock", model_number="Ü1")
    batch = planned(acme, HEADER + "S1;Uber dock;;Poznan shelf\n")
    assert candidates(batch, "product") == ["Über dock (Ü1)"]
    assert candidates(batch, "place") == ["Poznań shelf"]
    actions = set(batch.unknowns.values_list("action", flat=True))
    assert actions == {"CREATE"}


@pytest.mark.parametrize(
    "use",
    [
        "Øyvind Łukasz-Nuñez",
        "oln@acme.example",
        "Øyvind Łukasz-Nuñez (oln@acme.example)",
    ],
)
def test_a_suggestion_is_taken_by_name_or_e_mail(acme, oyvind, use):
    batch = planned(acme, HEADER + "S1;Any;Oyvind Lukasz-Nunez;\n")
    choice = NameChoice("holder", "oyvind lukasz-nunez", "USE", use)
    services.decide_unknowns(batch, [choice], actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    apply_all(batch)
    assert Asset.objects.get().user == oyvind


def test_nearly_the_name_is_not_taken(acme, oyvind):
    batch = planned(acme, HEADER + "S1;Any;Somebody;\n")
    choice = NameChoice("holder", "somebody", "USE", "Oyvind Lukasz-Nunez")
    with pytest.raises(Invalid):
        services.decide_unknowns(batch, [choice], actor=SYSTEM)


def test_the_page_asks(acme, oyvind, anna, gina, client_of):
    batch = planned(acme, HEADER + "S1;Any;Oyvind Lukasz-Nunez;\n")
    url = reverse("imports:detail", args=[batch.pk])
    page = client_of(anna).get(url).text
    assert "Do you mean Øyvind Łukasz-Nuñez (oln@acme.example)?" in page
    assert client_of(gina).get(url).status_code == 404


def test_nobody_of_another_company_is_suggested(acme, shelf, globex):
    make_user(globex, "Øyvind", email="o@globex.example")
    batch = planned(acme, HEADER + "S1;Any;Oyvind Example;\n")
    assert candidates(batch, "holder") == []
