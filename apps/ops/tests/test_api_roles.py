"""Every operation of the API with every role, against the permission table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import get_resolver

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.conftest import Api, make_user
from apps.core.api.resources import Resource
from apps.core.roles import Role

pytestmark = pytest.mark.django_db
NO_ID = "0190a0a0-0000-7000-8000-000000000000"
WRITES = frozenset({"POST", "PATCH", "DELETE"})


def operations() -> Iterator[tuple[str, str, Any, str]]:
    """Method, address, resource and action of each."""
    found = get_resolver("tequipy.api").url_patterns
    for pattern in found:
        view: Any = pattern.callback
        if issubclass(view.cls, Resource):
            address = re.sub(r"<\w+:\w+>", NO_ID, str(pattern.pattern))
            for method, action in view.actions.items():
                if method != "head":
                    yield method.upper(), f"/api/v1/{address}", view.cls, action


OPERATIONS = list(operations())


def test_there_are_operations() -> None:
    assert len(OPERATIONS) > 80
    assert all(action in cls.permissions for _m, _a, cls, action in OPERATIONS)


def called_by(role: Role, api_as: Callable[[Any], Api], anna: User) -> Api:
    if role in {Role.API_CLIENT, Role.API_CLIENT_READONLY, Role.AI_AGENT}:
        return api_as(role)
    user = make_user(anna.company, f"The {role}".title())
    User.objects.filter(pk=user.pk).update(role=role)
    user.refresh_from_db()
    return api_as(user)


@pytest.mark.parametrize("role", list(Role))
def test_role_may_what_the_table_says(
    role: Role, api_as: Callable[[Any], Api], anna: User
) -> None:
    api = called_by(role, api_as, anna)
    actor = actor_of(api.user)
    for method, address, cls, action in OPERATIONS:
        body = {} if method in WRITES else None
        status = api.send(method, address, body).status_code
        where = f"{role}: {method} {address} ({action}) answers {status}"
        assert status < 500, where
        assert status != 401, where
        assert (status == 403) == (not actor.holds(cls.permissions[action])), where


def test_without_a_token_nothing_is_answered() -> None:
    for method, address, _cls, _action in OPERATIONS:
        nobody = Api(User(), "")
        assert nobody.send(method, address, {}).status_code == 401, address
