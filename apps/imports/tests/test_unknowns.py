from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import make_product, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.imports import services
from apps.imports.models import Batch
from apps.imports.run import planning
from apps.imports.shown import plan
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import applied, apply_all, codes, counts, planned, rows, unknowns

pytestmark = pytest.mark.django_db

HEADER = "Serial;Model;Category;Assigned to;Location;Holder email\n"


def decided(batch: Batch, *choices: NameChoice) -> Batch:
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def test_a_name_is_mapped_to_what_there_is(acme, shelf, emil):
    xps = make_product(acme, "XPS 13", model_number="9310")
    text = "S1;Dell XPS;;;Poznan;e.example@acme.example\n"
    batch = planned(acme, HEADER + text)
    decided(
        batch,
        NameChoice("product", "dell xps\n", "USE", "xps 13 (9310)"),
        NameChoice("person", "e.example@acme.example", "USE", "EMIL@acme.example"),
    )
    assert counts(batch) == {"CREATE": 1}
    assert rows(batch)[0].changes["holder_name"] == ["", "Emil Example"]
    apply_all(batch)
    asset = Asset.objects.get()
    assert (asset.product, asset.user) == (xps, emil)
    assert (User.objects.count(), Address.objects.count()) == (1, 1)
    assert Product.objects.count() == 1
    assert not batch.made.exists()


def test_a_holder_known_by_name_only_is_mapped_or_refused(acme, shelf, emil):
    batch = planned(acme, HEADER + "S1;XPS;;E. Example;;\n")
    assert codes(rows(batch)[0]) == ["person_unknown"]
    assert ("holder", "E. Example", 1, "REFUSE") in unknowns(batch)
    with pytest.raises(Invalid):
        decided(batch, NameChoice("holder", "e. example", "CREATE"))
    decided(batch, NameChoice("holder", "e. example", "USE", "emil@acme.example"))
    apply_all(batch)
    assert Asset.objects.get().user == emil


def test_an_unknown_category_is_listed_and_mapped(acme, shelf):
    batch = planned(acme, HEADER + "S1;Velo;Bicycles;;;\nS2;Velo;Bicycles;;;\n")
    assert ("category", "Bicycles", 2, "USE") in unknowns(batch)
    assert batch.unknowns.get(kind="category").use_text == "BY_NAME"
    decided(batch, NameChoice("category", "bicycles", "USE", "ACCESSORY"))
    assert "Accessory" in str(batch.unknowns.get(kind="product").note)
    apply_all(batch)
    assert Product.objects.get().category == "ACCESSORY"


def test_what_an_unknown_category_means_is_said_of_each_model(acme, shelf):
    text = "S1;ThinkPad L14;Gadgets;;;\nS2;Velo;Gadgets;;;\nS3;iPhone;Gadgets;;;\n"
    batch = planned(acme, HEADER + text)
    gadgets = batch.unknowns.get(kind="category")
    assert plan.taken_for(gadgets) == "What the name of each model says, else Other"
    decided(batch, NameChoice("category", "gadgets", "USE", "BY_NAME"))
    apply_all(batch)
    assert dict(Product.objects.values_list("name", "category")) == {
        "ThinkPad L14": "LAPTOP",
        "Velo": "OTHER",
        "iPhone": "PHONE",
    }


def test_an_unknown_category_can_be_refused(acme, shelf):
    batch = planned(acme, HEADER + "S1;Velo;Bicycles;;;\n")
    decided(batch, NameChoice("category", "bicycles", "REFUSE"))
    assert counts(batch) == {"REFUSED": 1}


def test_what_is_not_there_is_not_taken(acme, shelf, globex, gina):
    batch = planned(acme, HEADER + "S1;XPS;;;;joe@acme.example\n")
    choice = NameChoice("person", "joe@acme.example", "USE", "gina@globex.example")
    with pytest.raises(Invalid, match=r"gina@globex\.example"):
        decided(batch, choice)
    batch.refresh_from_db()
    assert batch.state == "PLANNED"


def test_a_mapped_person_who_is_gone_refuses_the_row(acme, shelf, emil):
    guest = make_user(acme, "Guest")
    batch = planned(acme, HEADER + "S1;XPS;;;;joe@acme.example\n")
    decided(batch, NameChoice("person", "joe@acme.example", "USE", guest.email))
    guest.delete()
    apply_all(batch)
    assert codes(rows(batch)[0]) == ["mapped_gone"]
    assert not Asset.objects.exists()


def test_a_decision_stays_when_the_plan_is_made_again(acme, shelf):
    batch = planned(acme, HEADER + "S1;XPS;;;Berlin;\n")
    decided(batch, NameChoice("place", "berlin", "REFUSE"))
    services.request_plan(batch, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    assert unknowns(batch) == {
        ("place", "Berlin", 1, "REFUSE"),
        ("product", "XPS", 1, "CREATE"),
    }


def test_only_an_admin_decides_and_only_before_it_is_written(acme, shelf, emil):
    batch = planned(acme, HEADER + "S1;XPS;;;;\n")
    choice = NameChoice("product", "xps\n", "REFUSE")
    with pytest.raises(NotAllowed):
        services.decide_unknowns(batch, [choice], actor=actor_of(emil))
    apply_all(batch)
    with pytest.raises(Conflict):
        services.decide_unknowns(batch, [choice], actor=SYSTEM)


def test_what_applying_made_is_noted(acme, shelf):
    text = "S1;XPS;;;Berlin;\nS2;XPS;;;;jo@acme.example\n"
    batch = applied(acme, HEADER + text, creates_people=True)
    assert set(batch.made.values_list("kind", "value")) == {
        ("product", "XPS"),
        ("place", "Berlin"),
        ("person", "Jo"),
    }


# --- Several plans at a time ---------------------------------------------------


def test_a_newer_plan_that_nobody_answered_hides_no_answer(acme, shelf, emil):
    text = HEADER + "S1;XPS;;E. Example;;\n"
    answer = NameChoice("holder", "e. example", "USE", "emil@acme.example")
    older = planned(acme, text)
    newer = planned(acme, text)
    decided(older, answer)
    assert ("holder", "E. Example", 1, "USE") in unknowns(planned(acme, text))
    # The newer plan itself takes it over once it is made again.
    services.request_plan(newer, actor=SYSTEM, in_background=False)
    planning.make_plan(newer.pk)
    assert counts(Batch.objects.get(pk=newer.pk)) == {"CREATE": 1}


def test_the_last_decision_counts_whichever_plan_is_newer(acme, shelf, emil, anna):
    text = HEADER + "S1;XPS;;E. Example;;\n"
    older, newer = planned(acme, text), planned(acme, text)
    decided(newer, NameChoice("holder", "e. example", "USE", anna.email))
    decided(older, NameChoice("holder", "e. example", "USE", emil.email))
    latest = planned(acme, text).unknowns.get(kind="holder")
    assert (latest.use_id, latest.decided_at is None) == (emil.pk, False)


def test_an_answer_of_its_own_file_is_overruled_by_no_other(acme, shelf, emil, anna):
    text = HEADER + "S1;XPS;;E. Example;;\n"
    older, newer = planned(acme, text), planned(acme, text)
    decided(newer, NameChoice("holder", "e. example", "USE", anna.email))
    decided(older, NameChoice("holder", "e. example", "USE", emil.email))
    services.request_plan(newer, actor=SYSTEM, in_background=False)
    planning.make_plan(newer.pk)
    assert newer.unknowns.get(kind="holder").use_id == anna.pk


# --- Decided and undecided -----------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "kind", "code"),
    [
        ("Serial;Model;Assigned to", "S1;XPS;E. Example", "holder", "person_unknown"),
        ("Serial;Model;Holder email", "S1;XPS;x@y.example", "person", "person_unknown"),
        ("Serial;Model;Status", "S1;XPS;Bereit", "status", "unknown_status"),
        ("Serial;Model;Status", "S1;XPS;In use", "in_use", "in_use_without_holder"),
        ("Serial;Category", "S1;Laptop", "product", "no_product"),
    ],
)
def test_who_decided_against_a_name_is_not_asked_again(
    acme, shelf, header, cells, kind, code
):
    batch = planned(acme, f"{header}\n{cells}\n")
    asked = batch.unknowns.get(kind=kind)
    assert (codes(rows(batch)[0]), asked.decided_at) == ([code], None)
    decided(batch, NameChoice(kind, asked.key, "REFUSE"))
    assert codes(rows(batch)[0]) == ["decided_against"]
    assert batch.unknowns.get(kind=kind).decided_at is not None


def test_a_page_of_many_names_decides_those_that_were_changed(
    acme, shelf, anna, client_of
):
    batch = planned(acme, HEADER + "S1;XPS;;A. B.;;\nS2;XPS;;;Attic;\n")
    ours = {one.kind: one for one in batch.unknowns.all()}
    address = reverse("imports:unknowns", args=[batch.pk])
    client = client_of(anna)
    shown = client.get(address).context["page"].rows
    form = {f"action-{one.pk}": one.chosen for one in shown}
    assert form[f"action-{ours['holder'].pk}"] == ""  # nobody has said anything
    form[f"action-{ours['place'].pk}"] = "REFUSE"
    client.post(address, form)
    decided_now = batch.unknowns.filter(decided_at__isnull=False)
    assert [one.kind for one in decided_now] == ["place"]
    # What is refused unasked is a decision once somebody says so.
    planning.make_plan(batch.pk)
    client.post(address, {f"action-{ours['holder'].pk}": "REFUSE"})
    assert {one.kind for one in decided_now.all()} == {"place", "holder"}
    planning.make_plan(batch.pk)
    page = client.get(address).text
    assert "Decided <time" in page
    assert "Not decided yet" not in page
