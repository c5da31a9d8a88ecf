"""Two admins, the only ones of their company, go at the same moment: one stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.states import STAYS
from apps.companies import services as companies
from apps.conftest import make_company, make_user, mostly_full, together
from apps.core.actor import SYSTEM, Role
from apps.people import changing, services
from apps.returns import services as returns

pytestmark = pytest.mark.django_db(transaction=True)

Goes = Callable[[User], object]


def is_demoted(user: User) -> None:
    accounts.update(user, actor=SYSTEM, role=Role.EMPLOYEE)


def is_demoted_with_others(user: User) -> None:
    said = {0: changing.Change(user.pk, {"role": Role.EMPLOYEE})}
    outcome = changing.change_many(said, actor=SYSTEM, company=user.company)
    if outcome.refused:
        raise outcome.refused[0]


def is_archived(user: User) -> None:
    services.archive(user, actor=SYSTEM, reason="LEFT")


def is_offboarded(user: User) -> None:
    returns.start_offboarding(
        user, actor=SYSTEM, last_working_on=date(2027, 3, 31), decisions={}
    )


def leaves(user: User) -> None:
    membership.leave(user, login=user.login)


def is_locked_out(user: User) -> None:
    membership.end(user, actor=SYSTEM, reason="OTHER")


WAYS: list[Goes] = [
    is_demoted,
    is_demoted_with_others,
    is_archived,
    is_offboarded,
    leaves,
    is_locked_out,
]


@pytest.fixture
def admins(reference_data: None) -> list[User]:
    company = make_company("Umbra")
    companies.create_address(
        actor=SYSTEM, company=company, name="Office", is_default=True
    )
    names = ("Ruta", "Vilte")
    return [make_user(company, name, role=Role.COMPANY_ADMIN) for name in names]


def slowly(goes: Goes, user: User) -> Callable[[], None]:
    """The other one has decided, too, before this one commits."""

    def run() -> None:
        with transaction.atomic():
            goes(user)
            time.sleep(0.4)

    return run


def left(admins: list[User]) -> int:
    now = User.objects.filter(company=admins[0].company, role=Role.COMPANY_ADMIN)
    return now.filter(state__in=STAYS, login__isnull=False).count()


@pytest.mark.parametrize("goes", mostly_full(WAYS))
@pytest.mark.parametrize(
    "other_goes", mostly_full([is_demoted, is_archived, is_offboarded, leaves])
)
def test_of_two_who_go_at_once_one_stays(
    admins: list[User], goes: Goes, other_goes: Goes
) -> None:
    ruta, vilte = admins
    assert together(slowly(goes, ruta), slowly(other_goes, vilte)) == ["last_admin"]
    assert left(admins) == 1


@pytest.mark.parametrize("goes", mostly_full(WAYS))
def test_the_only_one_stays(admins: list[User], goes: Goes) -> None:
    ruta, vilte = admins
    is_offboarded(vilte)  # still works here, but not for long
    assert together(slowly(goes, ruta)) == ["last_admin"]
    assert left(admins) == 1


@pytest.mark.parametrize("goes", mostly_full([is_demoted, is_archived, is_offboarded]))
def test_the_only_one_who_signs_in_stays(admins: list[User], goes: Goes) -> None:
    ruta, vilte = admins
    leaves(vilte)
    assert together(slowly(goes, ruta)) == ["last_admin"]
    vilte.refresh_from_db()
    assert together(slowly(goes, vilte)) == []
    assert left(admins) == 1
