"""Several choose the default, or delete a tag, at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.accounts.models import User, UserTag
from apps.accounts.tags import set_tags
from apps.companies import entities, services
from apps.companies.models import Address, Company, Entity, Tag
from apps.companies.tags import create_tag, delete_tag
from apps.conftest import ensure_reference_data, make_company, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    ensure_reference_data()
    return make_company("Norte")


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each answered, or the refusal it met; anything else is raised."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(run, call) for call in calls]]


def test_of_many_first_entities_one_is_the_default(company: Company) -> None:
    told = {"country_id": "PT", "currency": "EUR"}
    made = at_once(
        [
            lambda name=name: entities.create_entity(
                actor=SYSTEM, company=company, legal_name=name, **told
            )
            for name in ("Alfa", "Beta", "Gama", "Delta")
        ]
    )
    assert [type(one) for one in made] == [Entity] * 4
    assert Entity.objects.filter(company=company, is_default=True).count() == 1


def test_of_many_chosen_as_default_one_is(company: Company) -> None:
    places = [
        services.create_address(actor=SYSTEM, company=company, name=name)
        for name in ("Faro", "Beja", "Braga", "Tomar")
    ]
    at_once(
        [
            lambda place=place: services.update_address(
                place, actor=SYSTEM, is_default=True
            )
            for place in places * 2
        ]
    )
    assert Address.objects.filter(company=company, is_default=True).count() == 1


def test_a_tag_is_not_given_while_it_is_deleted(company: Company) -> None:
    people: list[User] = [make_user(company, f"P{place}") for place in range(3)]
    tag: Tag = create_tag(actor=SYSTEM, company=company, name="Short-lived")
    wanted: list[UUID] = [tag.id]
    at_once(
        [
            *[lambda who=who: set_tags(who, wanted, actor=SYSTEM) for who in people],
            lambda: delete_tag(tag, actor=SYSTEM),
        ]
    )
    assert not Tag.objects.filter(pk=wanted[0]).exists()
    assert UserTag.objects.filter(company=company).count() == 0
