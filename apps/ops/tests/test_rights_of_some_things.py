"""What is held at places or of own things; what follows from a verb."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_company, make_user
from apps.core.actor import SYSTEM, Actor, ActorKind
from apps.core.errors import Invalid, NotAllowed
from apps.core.permissions import Permission
from apps.core.roles import Role
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.services import Move
from apps.returns import services as returns
from apps.returns.models import Return

from .verbs import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def offboarding(laptop: Asset, shelf: Address) -> Return:
    """Emil leaves; his laptop is asked back to Wanda's shelf."""
    return returns.start_offboarding(
        laptop.user,
        actor=SYSTEM,
        last_working_on=DAY,
        decisions={laptop.id: "RETURN"},
        address=shelf,
    )


def leaver(user: User) -> Actor:
    return Actor(ActorKind.LEAVER, user.id, user.company_id)


# --- What follows -----------------------------------------------------------


def test_the_last_item_ends_an_offboarding_that_the_worker_may_not_end(
    wanda: User, emil: User, offboarding: Return
) -> None:
    worker = actor_of(wanda)
    for verb in (accounts.mark_offboarded, accounts.cancel_offboarding):
        with pytest.raises(NotAllowed):
            verb(emil, actor=worker)
    with pytest.raises(NotAllowed):
        inventory.release(offboarding.id, actor=worker, company_id=wanda.company_id)
    items = {line.asset: "C" for line in offboarding.lines.all()}
    returns.receive(offboarding, items, offboarding.address, actor=worker)
    emil.refresh_from_db()
    offboarding.refresh_from_db()
    assert (offboarding.state, emil.state) == ("COMPLETED", "OFFBOARDED")
    told = Event.objects.filter(
        type__in=["user.offboarded", "return.completed", "asset.stored"]
    )
    assert set(told.values_list("actor_kind", "actor_id")) == {("USER", wanda.id)}
    assert told.count() == 3
    olga = make_user(wanda.company, "Olga")
    accounts.begin_offboarding(olga, actor=SYSTEM, end_on=DAY)
    with pytest.raises(NotAllowed):
        accounts.mark_offboarded(olga, actor=worker)


# --- At places --------------------------------------------------------------


def test_worker_receives_where_they_work_and_nowhere_else(
    wanda: User, offboarding: Return, office: Address, laptop: Asset
) -> None:
    worker, items = actor_of(wanda), {laptop: None}
    with pytest.raises(NotAllowed):
        returns.receive(offboarding, items, office, actor=worker)
    other = make_asset(make_user(wanda.company, "Olga"), "SER-2")
    with pytest.raises(NotAllowed):
        inventory.receive(other, office, actor=worker)
    assert inventory.receive(other, offboarding.address, actor=worker).address_id


def test_worker_hands_over_sends_and_grades_only_what_lies_where_they_work(
    wanda: User, emil: User, shelf: Address, office: Address
) -> None:
    worker = actor_of(wanda)
    here, there = make_asset(shelf, "HERE"), make_asset(office, "THERE")
    for asset in (there, make_asset(emil, "HIS")):
        with pytest.raises(NotAllowed):
            inventory.hand_over(asset, emil, actor=worker)
        with pytest.raises(NotAllowed):
            inventory.grade(asset, "B", actor=worker)
    assert inventory.grade(here, "B", actor=worker).grade == "B"
    assert inventory.hand_over(here, emil, actor=worker).user_id == emil.id


def test_worker_without_a_place_touches_nothing(
    acme: Company, emil: User, shelf: Address
) -> None:
    nowhere = actor_of(make_user(acme, "Nora", role=Role.STORAGE))
    asset = make_asset(shelf)
    with pytest.raises(NotAllowed):
        inventory.hand_over(asset, emil, actor=nowhere)
    with pytest.raises(NotAllowed):
        inventory.receive(asset, shelf, actor=nowhere)


def test_worker_of_the_platform_works_for_each_company_of_the_warehouse(
    root: User, warehouse: Any, shelf: Address, acme: Company, globex: Company
) -> None:
    pola = make_user(root.company, "Pola", role=Role.STORAGE)
    accounts.assign_storage(pola, actor=SYSTEM, warehouse=warehouse)
    other = companies.create_address(
        actor=SYSTEM,
        company=globex,
        name="Globex shelf",
        type=Address.Type.TEQUIPY,
        warehouse=warehouse,
    )
    worker = actor_of(pola)
    held = make_asset(make_user(acme, "Olga"))
    assert inventory.receive(held, shelf, actor=worker).address_id == shelf.id
    ours = make_asset(make_user(globex, "Otto"))
    with pytest.raises(NotAllowed):
        inventory.receive(ours, shelf, actor=worker)
    assert inventory.receive(ours, other, actor=worker).address_id == other.id


def test_nothing_goes_to_a_holder_of_another_company(
    anna: User, root: User, gina: User, office: Address
) -> None:
    asset = make_asset(office)
    for actor in (actor_of(anna), actor_of(root)):
        with pytest.raises(Invalid, match="another company"):
            inventory.hand_over(asset, gina, actor=actor)
    theirs = companies.create_address(actor=SYSTEM, company=gina.company, name="Hall")
    with pytest.raises(NotAllowed):
        inventory.receive(asset, theirs, actor=actor_of(gina))
    asset.refresh_from_db()
    assert asset.address_id == office.id


# --- Own things -------------------------------------------------------------


@pytest.mark.parametrize("who", [actor_of, leaver])
def test_who_gives_back_answers_their_own_return_alone(
    who: Any, emil: User, offboarding: Return
) -> None:
    stranger = who(make_user(emil.company, "Olga"))
    with pytest.raises(NotAllowed):
        returns.answer(offboarding, actor=stranger, method="DROPOFF")
    assert returns.answer(offboarding, actor=who(emil), method="DROPOFF").answered_at


def test_worker_answers_their_own_return(wanda: User, office: Address) -> None:
    asset = make_asset(wanda)
    ret = returns.start_collection(
        wanda, actor=SYSTEM, asset_ids=[asset.id], address=office
    )
    assert returns.answer(ret, actor=actor_of(wanda), method="DROPOFF").answered_at
    assert ret in Return.objects.visible_to(actor_of(wanda))


def test_same_person_in_another_company_owns_nothing_here(
    emil: User, offboarding: Return
) -> None:
    other = make_company("Initech")
    stranger = Actor(ActorKind.USER, emil.id, other.id, Role.EMPLOYEE)
    with pytest.raises(NotAllowed):
        returns.answer(offboarding, actor=stranger, method="DROPOFF")
    assert not Return.objects.visible_to(stranger).exists()


# --- Roles one may give -----------------------------------------------------


def test_only_internal_admins_make_and_unmake_platform_staff(
    root: User, emil: User
) -> None:
    staff = actor_of(root)
    with pytest.raises(NotAllowed):
        accounts.update(emil, actor=staff, role=Role.INTERNAL_ADMIN)
    boss = make_user(root.company, "Boss", role=Role.INTERNAL_ADMIN)
    for verb, thing, reason in (
        (accounts.archive, boss, "LEFT"),
        (membership.end, boss, "ASKED"),
        (accounts.forbid_sign_in, boss.login, "ABUSE"),
    ):
        with pytest.raises(NotAllowed):
            verb(thing, actor=staff, reason=reason)
    with pytest.raises(NotAllowed):
        accounts.update(boss, actor=staff, role=Role.EMPLOYEE)
    boss.refresh_from_db()
    assert (boss.role, boss.state, boss.login.is_active) == (
        Role.INTERNAL_ADMIN,
        "ACTIVE",
        True,
    )
    assert (
        accounts.archive(root, reason="LEFT", actor=actor_of(boss)).state == "ARCHIVED"
    )


def test_admin_can_not_take_the_role_of_a_client(anna: User) -> None:
    client = make_user(anna.company, "Client", role=Role.API_CLIENT)
    with pytest.raises(NotAllowed):
        accounts.update(client, actor=actor_of(anna), role=Role.COMPANY_ADMIN)


# --- Cost -------------------------------------------------------------------


def test_rights_are_asked_once_whatever_the_number_of_assets(
    anna: User, monkeypatch: pytest.MonkeyPatch, office: Address, shelf: Address
) -> None:
    assets = [make_asset(office, f"SER-{n}") for n in range(20)]
    asked: list[Permission] = []
    may = Actor.may

    def counted(self: Actor, permission: Permission, thing: Any) -> bool:
        asked.append(permission)
        return may(self, permission, thing)

    monkeypatch.setattr(Actor, "may", counted)
    moves = [Move(asset.id, "STORAGE", shelf) for asset in assets]
    inventory.move_many(moves, actor=actor_of(anna))
    assert asked == [Permission.ASSETS_RECEIVE]


def test_who_works_at_places_costs_one_query_a_place(
    wanda: User, office: Address, shelf: Address
) -> None:
    def queries(count: int) -> int:
        moves = [
            Move(make_asset(office, f"SER-{count}-{n}").id, "STORAGE", shelf)
            for n in range(count)
        ]
        actor = actor_of(wanda)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            inventory.move_many(moves, actor=actor)
        return len(seen)

    assert queries(20) == queries(2)
