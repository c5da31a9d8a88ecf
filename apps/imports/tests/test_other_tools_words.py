"""A word of another tool means what that tool means by it."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.imports.columns.headers import guess_mapping
from apps.imports.columns.tools import MAY_SIGN_IN
from apps.imports.states import Kind

from .factories import applied, counts, planned

pytestmark = pytest.mark.django_db


def why(header, *others):
    columns = guess_mapping([header, *others], Kind.PEOPLE).columns
    return columns[0].target, columns[0].why


def test_whoever_may_not_sign_in_to_snipe_it_works_here(acme):
    text = (
        "First Name,Last Name,Email,Username,Activated,Employee Number,Gravatar,VIP\n"
        "Ida,Quist,ida.quist@acme.example,ida.q,0,0101,,\n"
        "Tom,Ferro,tom.ferro@acme.example,tom.f,1,0102,,\n"
    )
    assert counts(planned(acme, text)) == {"CREATE": 2}
    applied(acme, text)
    people = User.objects.filter(company=acme, first_name__in=["Ida", "Tom"])
    assert set(people.values_list("state", flat=True)) == {"ACTIVE"}


@pytest.mark.parametrize(
    "header", ["Activated", "Enabled", "accountEnabled", "Account activated"]
)
def test_who_may_sign_in_is_no_employment_in_any_file(header):
    assert why(header, "E-mail") == (None, str(MAY_SIGN_IN))


@pytest.mark.parametrize("header", ["Active", "Is active", "Aktiv", "Aktywny"])
def test_who_works_here_is_still_read(header):
    assert why(header, "E-mail")[0] == "active"
