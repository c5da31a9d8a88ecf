from __future__ import annotations

import pytest

from apps.accounts.models import User

from .factories import applied, codes, counts, planned, rows, sentence_of

pytestmark = pytest.mark.django_db

HEADER = "First name,Last name,Email,Employee number,Country,Start date,Active\n"


def test_creates_people_once(acme):
    text = HEADER + "Ewa,Nowak,Ewa.Nowak@acme.example,E1,Poland,2024-05-01,yes\n"
    batch = applied(acme, text)
    assert counts(batch) == {"CREATE": 1}
    ewa = User.objects.get(email="ewa.nowak@acme.example")
    assert (ewa.name, ewa.country_id, ewa.state) == ("Ewa Nowak", "PL", "ACTIVE")
    assert counts(planned(acme, text)) == {"SAME": 1}


def test_changes_by_employee_number(acme, emil):
    emil.employee_number = "E7"
    emil.save()
    batch = applied(acme, HEADER + "Emil,Nowy,emil.nowy@acme.example,E7,,,\n")
    assert rows(batch)[0].changes == {
        "last_name": ["Example", "Nowy"],
        "email": ["emil@acme.example", "emil.nowy@acme.example"],
    }
    emil.refresh_from_db()
    assert (emil.last_name, emil.email) == ("Nowy", "emil.nowy@acme.example")


def test_refuses_a_row_that_fits_two_people(acme, emil, anna):
    emil.employee_number = "E7"
    emil.save()
    batch = planned(acme, HEADER + "Anna,Example,anna@acme.example,E7,,,\n")
    assert codes(rows(batch)[0]) == ["ambiguous"]


def test_refuses_the_second_row_of_one_e_mail(acme):
    text = "Ewa,A,ewa@acme.example,,,,\nEwa,B,EWA@acme.example,,,,\n"
    batch = planned(acme, HEADER + text)
    assert counts(batch) == {"CREATE": 1, "REFUSED": 1}
    assert "Line 2" in sentence_of(rows(batch)[1])


def test_somebody_inactive_is_an_offboarding(acme, emil):
    batch = planned(acme, HEADER + "Emil,Example,emil@acme.example,,,,no\n")
    (row,) = rows(batch)
    assert codes(row) == ["is_offboarding"]
    assert row.problems[0]["column"] == 6


def test_a_new_person_needs_an_e_mail(acme):
    batch = planned(acme, HEADER + "Ewa,Nowak,,E1,,,\n")
    assert codes(rows(batch)[0]) == ["no_email"]


def test_names_people_by_their_e_mail_where_the_file_does_not(acme):
    text = "role,email,teamMemberId\nBASE,ewa.nowak@acme.example,t-1\n"
    assert rows(applied(acme, text))[0].changes == {
        "email": ["", "ewa.nowak@acme.example"],
        "first_name": ["", "Ewa"],
        "last_name": ["", "Nowak"],
    }
    assert counts(planned(acme, text)) == {"SAME": 1}
