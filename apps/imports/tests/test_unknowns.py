from __future__ import annotations

import pytest

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
    assert batch.unknowns.get(kind="category").use_text == "OTHER"
    decided(batch, NameChoice("category", "bicycles", "USE", "ACCESSORY"))
    assert "Accessory" in str(batch.unknowns.get(kind="product").note)
    apply_all(batch)
    assert Product.objects.get().category == "ACCESSORY"


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
