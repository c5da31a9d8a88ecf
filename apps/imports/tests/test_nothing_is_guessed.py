"""Nobody and no model is created because a file hints at one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.conftest import make_product
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.imports import services
from apps.imports.run import planning
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import (
    apply_all,
    codes,
    counts,
    create_people,
    planned,
    rows,
    sentence_of,
    unknowns,
)

pytestmark = pytest.mark.django_db

HELD = "Serial;Model;Holder email\n"


def decide(batch, *choices):
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def test_an_unknown_person_is_not_created_unasked(acme, shelf):
    batch = planned(acme, HELD + "K1;Vostro;kim.oduya@acme.example\n")
    assert ("person", "kim.oduya@acme.example", 1, "REFUSE") in unknowns(batch)
    (row,) = rows(batch)
    assert codes(row) == ["person_unknown"]
    assert "kim.oduya@acme.example" in sentence_of(row)
    apply_all(batch)
    assert not User.objects.filter(email="kim.oduya@acme.example").exists()
    assert not Asset.objects.exists()


def test_whoever_imports_may_create_a_person(acme, shelf):
    batch = planned(acme, HELD + "K1;Vostro;kim.oduya@acme.example\n")
    choice = NameChoice("person", "kim.oduya@acme.example", "CREATE")
    apply_all(decide(batch, choice))
    assert Asset.objects.get().user.name == "Kim Oduya"


def test_all_unknown_people_are_created_by_one_word(acme, shelf):
    text = "K1;Vostro;kim@acme.example\nK2;Vostro;lea@acme.example\nK3;Vostro;Ivo\n"
    batch = planned(acme, "Serial;Model;Assigned to\n" + text)
    assert counts(batch) == {"REFUSED": 3}
    create_people(batch)
    # Nobody is made of a name alone.
    assert counts(batch) == {"CREATE": 2, "REFUSED": 1}
    apply_all(batch)
    assert Asset.objects.filter(user__email__startswith="kim").exists()


def test_all_of_a_kind_are_created_or_refused_and_nothing_else(acme, shelf):
    batch = planned(acme, HELD + "K1;Vostro;kim@acme.example\n")
    with pytest.raises(Invalid):
        decide(batch, NameChoice("person", None, "USE", "x@acme.example"))


def test_a_choice_to_create_people_is_not_remembered(acme, shelf):
    text = HELD + "K1;Vostro;kim@acme.example\n"
    create_people(planned(acme, text))
    again = planned(acme, text)
    assert ("person", "kim@acme.example", 1, "REFUSE") in unknowns(again)


def test_the_page_creates_all_people_only_when_told(acme, shelf, anna, client_of):
    text = "K1;Vostro;kim@acme.example\nK2;Vostro;lea@acme.example\n"
    batch = planned(acme, HELD + text)
    client = client_of(anna)
    url = reverse("imports:detail", args=[batch.pk])
    page = client.get(url).text
    assert 'name="create_all" value="person"' in page
    assert "Create all 2 people" in page
    shown = {
        f"action-{one.pk}": one.action for one in batch.unknowns.all()
    }  # as the form has them
    client.post(
        reverse("imports:unknowns", args=[batch.pk]), {**shown, "create_all": "person"}
    )
    actions = batch.unknowns.filter(kind="person").values_list("action", flat=True)
    assert set(actions) == {"CREATE"}


# --- Models ------------------------------------------------------------------


def test_a_category_never_becomes_a_model(acme, shelf):
    make_product(acme, "Laptop")
    batch = planned(acme, "Serial;Category\nK1;Laptop\nK2;Notebook\nK3;Laptop\n")
    assert counts(batch) == {"REFUSED": 3}
    (asked,) = batch.unknowns.all()
    assert (asked.kind, asked.rows, asked.action) == ("product", 3, "REFUSE")
    assert not asked.may_create
    assert codes(rows(batch)[0]) == ["no_product"]
    with pytest.raises(Invalid):
        decide(batch, NameChoice("product", asked.key, "CREATE"))


def test_the_category_is_asked_about_once(acme, shelf):
    vostro = make_product(acme, "Vostro")
    batch = planned(acme, "Serial;Category\nK1;Laptop\nK2;Laptop\n")
    (asked,) = batch.unknowns.all()
    apply_all(decide(batch, NameChoice("product", asked.key, "USE", "Vostro")))
    assert set(Asset.objects.values_list("product", flat=True)) == {vostro.pk}


def test_the_name_of_a_device_is_no_model_unless_somebody_says_so(acme, shelf):
    batch = planned(acme, "Serial;Device name\nK1;NB-0042\nK2;NB-0042\n")
    assert counts(batch) == {"REFUSED": 2}
    (asked,) = batch.unknowns.all()
    assert (asked.value, asked.action, asked.may_create) == ("NB-0042", "REFUSE", True)
    apply_all(decide(batch, NameChoice("product", asked.key, "CREATE")))
    assert Product.objects.get().name == "NB-0042"
    assert Asset.objects.count() == 2


def test_a_device_that_is_called_like_a_model_is_one(acme, shelf):
    vostro = make_product(acme, "Vostro")
    batch = planned(acme, "Serial;Device name\nK1;vostro\n")
    assert counts(batch) == {"CREATE": 1}
    apply_all(batch)
    assert Asset.objects.get().product == vostro


def test_a_model_that_is_stated_and_one_that_is_hinted_at_are_made_once(acme, shelf):
    text = "Serial;Model;Device name\nK1;Vostro;\nK2;;Vostro\n"
    batch = planned(acme, text)
    (asked,) = batch.unknowns.filter(action="REFUSE")
    apply_all(decide(batch, NameChoice("product", asked.key, "CREATE")))
    assert Product.objects.count() == 1
    assert Asset.objects.count() == 2


def test_a_device_that_is_known_needs_no_model(acme, emil, shelf):
    batch = planned(acme, "Serial;Model\nK1;Vostro\n")
    apply_all(batch)
    assert counts(planned(acme, "Serial;Category;Notes\nK1;Laptop;hi\n")) == {
        "CHANGE": 1
    }
