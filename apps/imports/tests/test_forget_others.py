"""What imports kept of others stays when somebody is erased."""

from __future__ import annotations

import pytest

from apps.accounts import erasing
from apps.accounts import services as accounts
from apps.accounts.models import Erasure, User
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.imports.erasure.traces import Traces
from apps.imports.models import Batch

from .factories import applied, counts, planned, rows
from .test_forget import erase

pytestmark = [pytest.mark.full, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def person(acme, first="Sub", last="Marin", email="sub@s.example", **more) -> User:
    names = {"first_name": first, "last_name": last, "email": email}
    return accounts.create(actor=SYSTEM, company=acme, **names, **more)


def emptied(batch: Batch) -> list[bool]:
    return [row.cells == [] for row in rows(batch)]


def has_file(batch: Batch) -> bool:
    return not Batch.objects.get(pk=batch.pk).file.erased_at


# --- Addresses ----------------------------------------------------------------


def test_an_address_that_holds_theirs_is_another(acme):
    user = person(acme)
    batch = planned(
        acme,
        "First name,Last name,Email\n"
        "My,Other,mysub@s.example\n"
        "Their,Other,sub@s.example.org\n"
        "Dot,Other,x.sub@s.example\n",
    )
    erase(user)
    assert emptied(batch) == [False, False, False]
    assert has_file(batch)


def test_theirs_counts_inside_of_a_longer_text(acme):
    user = person(acme)
    batch = planned(
        acme,
        "Serial;Model;Notes\n"
        "S1;XPS;Ask Sub <SUB@s.example>, twice\n"
        "S2;XPS;Came from sub@s.example.\n"
        "S3;XPS;mailto:sub@s.example?subject=x\n"
        "S4;XPS;Ask mysub@s.example or sub@s.example.org.\n",
    )
    erase(user)
    assert emptied(batch) == [True, True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "a_sub@s.example",
        "a+sub@s.example",
        "a-sub@s.example",
        "a%sub@s.example",
        "o'sub@s.example",
        "sub@s.example-b.org",
        "sub@s.examples",
        "s\u00fcb@s.example",
        "x@sub@s.example",
    ],
)
def test_other_addresses_are_told_apart(acme, text):
    user = person(acme)
    traces = Traces(
        Erasure(company=acme, user=user, traces=erasing.traces_of(user)),
    )
    assert not traces.are_in(f"to {text} now")
    assert traces.are_in(f"to {text} or (Sub@S.example) now")


# --- Numbers, user names, phones ------------------------------------------------


def test_a_number_counts_in_columns_of_such_numbers_alone(acme, office):
    user = person(acme, employee_number="2024", phone="3000", username="asus")
    people = planned(
        acme,
        "First name,Last name,Email,Employee number,Postal code,Phone\n"
        "Olga,Other,olga@acme.example,7001,2024,1\n"
        "Old,Row,old@acme.example,2024,1,1\n"
        "Piet,Other,piet@acme.example,7002,1,3000\n",
    )
    devices = planned(
        acme,
        "Serial;Model;Location;Price;Currency;Manufacturer;Username\n"
        "S1;XPS;Warsaw office;2024;EUR;Dell;\n"
        "S2;ZEN;Warsaw office;1;EUR;Asus;\n"
        "S3;XPS;;1;EUR;Dell;ASUS\n",
    )
    erase(user)
    assert emptied(people) == [False, True, True]
    assert emptied(devices) == [False, False, True]


def test_a_column_that_is_left_out_counts_by_its_header(acme, office):
    user = person(acme, employee_number="2024")
    batch = planned(
        acme,
        "Serial;Model;Location;Personalnummer;Floor\n"
        "S1;XPS;Warsaw office;2024;1\n"
        "S2;XPS;Warsaw office;1;2024\n",
    )
    erase(user)
    assert emptied(batch) == [True, False]


def test_without_a_mapping_two_traces_are_needed(acme):
    user = person(acme, employee_number="2024", phone="+48 600")
    batch = planned(
        acme,
        "Serial;Model;Notes;Assigned to\n"
        "S1;2024;x;\n"
        "S2;2024;+48 600;\n"
        "S3;2024;Sub Marin;other@acme.example\n"
        "S4;XPS;x;sub@s.example\n"
        "S5;XPS;+48 600;\n",
    )
    for row in rows(batch):
        row.values = {}
        row.save()
    Batch.objects.filter(pk=batch.pk).update(mapping={})
    erase(user)
    assert emptied(batch) == [False, True, True, True, False]


def test_parts_of_a_name_count_in_columns_of_names(acme, office):
    user = person(acme, "Mark", "Dell")
    batch = planned(
        acme,
        "Serial;Model;Manufacturer;Holder first name;Holder last name\n"
        "S1;XPS;Dell;Mark;Nowak\n"
        "S2;XPS;HP;Mark;Dell\n",
    )
    erase(user)
    assert emptied(batch) == [False, True]


def test_names_of_several_rows_are_not_one(acme, office):
    user = person(acme, "Mark", "Dell")
    batch = planned(
        acme,
        "Serial;Model;Holder first name;Holder last name\n"
        "S1;XPS;Mark;Nowak\n"
        "S2;XPS;Olga;Dell\n",
    )
    erase(user)
    assert emptied(batch) == [False, False]
    assert has_file(batch)


def test_a_file_whose_plan_broke_off_is_deleted(acme, office):
    user = person(acme)
    batch = planned(acme, "Serial;Model;Location\nS1;XPS;Warsaw office\n")
    Batch.objects.filter(pk=batch.pk).update(planned_at=None, state="FAILED")
    erase(user)
    assert not has_file(batch)


# --- What is shared -------------------------------------------------------------


def test_the_rows_of_a_couple_are_told_apart(acme):
    home = {"private_email": "home@couple.example", "phone": "+48 555"}
    user = person(acme, username="smarin", **home)
    spouse = make_user(acme, "Ewa", **home)
    batch = planned(
        acme,
        "First name,Last name,Email,Private email,Phone\n"
        "Sub,Marin,sub@s.example,home@couple.example,+48 555\n"
        "Ewa,Marin,ewa.old@acme.example,home@couple.example,+48 555\n"
        "Sub,Marin,sub.old@acme.example,home@couple.example,\n"
        "Sub,Marin,namesake@acme.example,,\n",
    )
    erase(user)
    assert emptied(batch) == [True, False, True, False]
    erase(spouse)
    assert emptied(batch)[1]


# --- Namesakes --------------------------------------------------------------------


def test_only_an_address_that_says_who_makes_it_somebody_else(acme):
    user = person(acme)
    batch = planned(
        acme,
        "Serial;Model;Supplier;Notes;Assigned to;Holder email;Username\n"
        "S1;XPS;sales@shop.example;;Sub Marin;;\n"
        "S2;XPS;;see help@acme.example;Marin, Sub;;\n"
        "S3;XPS;;;Sub Marin;sub2@acme.example;\n"
        "S4;XPS;;;Sub Marin;;sub3@acme.example\n"
        "S5;XPS;;;Sub Marin <sub4@acme.example>;;\n",
    )
    erase(user)
    assert emptied(batch) == [True, True, False, False, False]


# --- Counts -----------------------------------------------------------------------


def test_the_lists_of_a_plan_count_what_is_left(acme):
    user, olga = person(acme), make_user(acme, "Olga")
    batch = planned(
        acme,
        f"Email,Job title,Department\nsub@s.example,Cook,Kitchen\n{olga.email},Cook,\n",
    )
    assert batch.facets["CHANGE"] == {"job_title": 2, "department": 1}
    erase(user)
    batch = Batch.objects.get(pk=batch.pk)
    assert batch.facets == {"CHANGE": {"job_title": 1}, "REFUSED": {"erased": 1}}
    assert counts(batch) == {"CHANGE": 1, "REFUSED": 1}


def test_so_do_those_of_what_is_applied(acme):
    user, olga = person(acme), make_user(acme, "Olga")
    batch = applied(
        acme,
        f"Email,Job title\nsub@s.example,Cook\n{olga.email},Cook\n",
    )
    erase(user)
    batch = Batch.objects.get(pk=batch.pk)
    assert batch.facets["CHANGE"] == {"job_title": 1}
    assert counts(batch) == {"CHANGE": 2}
