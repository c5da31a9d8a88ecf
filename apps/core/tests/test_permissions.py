"""The one table of rights, and how it is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from apps.core.actor import SYSTEM, Actor, ActorKind
from apps.core.errors import NotAllowed
from apps.core.ids import uuid7
from apps.core.permissions import RIGHTS, Permission, Reach
from apps.core.roles import COMPANY_ROLES, Role

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
ASKED = re.compile(r"\|may(?:_list)?:\"([^\"]*)\"")
READERS = (Role.API_CLIENT_READONLY, Role.AI_AGENT)
ACME, GLOBEX = uuid7(), uuid7()


def actor(role: Role) -> Actor:
    return Actor(ActorKind.USER, id=uuid7(), company_id=ACME, role=role)


def held(who: Role | ActorKind) -> frozenset[Permission]:
    rights = RIGHTS[who]
    return rights.everywhere | rights.company | rights.places | rights.own


def test_everybody_has_a_row_and_every_permission_an_owner() -> None:
    assert set(RIGHTS) == {*Role, ActorKind.LEAVER, ActorKind.SYSTEM}
    assert held(ActorKind.SYSTEM) == set(Permission)
    assert all(permission.description for permission in Permission)


@pytest.mark.parametrize("role", READERS)
def test_readers_change_nothing(role: Role) -> None:
    assert all(permission.is_read for permission in held(role))
    assert not RIGHTS[role].gives


def test_admins_do_everything_in_their_company_alone() -> None:
    admin = RIGHTS[Role.COMPANY_ADMIN]
    assert set(Permission) - admin.company == {
        Permission.COMPANIES_CREATE,
        Permission.LOGINS_LOCK,
        Permission.LOGINS_CHANGE_ADDRESS,
        Permission.MAILS_NOTE_AS_SENT,
        Permission.PRODUCTS_PUBLISH,
        Permission.PRICES_EDIT,
        Permission.ENTITIES_CHECK_VAT,
        Permission.WAREHOUSES_EDIT,
        Permission.ORDERS_SETTLE,
        Permission.INVOICES_CREATE,
        Permission.INVOICES_SEND,
        Permission.INVOICES_SETTLE,
        Permission.INVOICES_CANCEL,
        Permission.INVOICES_CREDIT,
    }
    assert admin.gives == COMPANY_ROLES
    assert actor(Role.COMPANY_ADMIN).may(Permission.ASSETS_ADD, ACME)
    assert not actor(Role.COMPANY_ADMIN).may(Permission.ASSETS_ADD, GLOBEX)
    assert not actor(Role.COMPANY_ADMIN).may(Permission.LOGINS_LOCK, None)


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.STORAGE])
def test_what_is_held_of_some_things_is_not_held_of_the_company(role: Role) -> None:
    some = RIGHTS[role].places | RIGHTS[role].own
    assert not any(actor(role).may(permission, ACME) for permission in some)


def test_somebody_without_a_role_holds_nothing() -> None:
    nobody = Actor(ActorKind.USER, id=uuid7(), company_id=ACME)
    assert not any(nobody.holds(permission) for permission in Permission)
    assert not nobody.may_give(Role.EMPLOYEE)
    with pytest.raises(NotAllowed):
        nobody.require(Permission.ASSETS_READ, ACME)


def test_consequences_are_granted_in_one_company_and_do_not_add_up() -> None:
    worker = actor(Role.STORAGE)
    follows = worker.for_consequences(ACME, Permission.PEOPLE_OFFBOARD)
    assert follows.may(Permission.PEOPLE_OFFBOARD, ACME)
    assert not follows.may(Permission.PEOPLE_OFFBOARD, GLOBEX)
    assert not follows.may(Permission.PEOPLE_ARCHIVE, ACME)
    assert not worker.may(Permission.PEOPLE_OFFBOARD, ACME)
    assert (follows.kind, follows.id, follows.role) == (
        worker.kind,
        worker.id,
        worker.role,
    )
    deeper = follows.for_consequences(ACME, Permission.ASSETS_CLAIM)
    assert not deeper.may(Permission.PEOPLE_OFFBOARD, ACME)
    # Pages and lists go by the role alone.
    assert not follows.holds(Permission.PEOPLE_OFFBOARD)


def test_nobody_but_the_system_takes_mails_as_sent() -> None:
    holders = {who for who in RIGHTS if Permission.MAILS_NOTE_AS_SENT in held(who)}
    assert holders == {ActorKind.SYSTEM}


def test_system_holds_everything_everywhere() -> None:
    assert all(SYSTEM.may(permission, GLOBEX) for permission in Permission)
    assert SYSTEM.reaches(Permission.ASSETS_READ) == {Reach.EVERYWHERE}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_ask_for_permissions_that_exist(path: Path) -> None:
    for code in ASKED.findall(path.read_text()):
        Permission(code)


def test_a_template_that_asks_for_an_unknown_permission_fails() -> None:
    page = Template('{% load ui %}{% if who|may:"assets.fly" %}x{% endif %}')
    with pytest.raises(ValueError, match=r"assets\.fly"):
        page.render(Context({"who": SYSTEM}))
