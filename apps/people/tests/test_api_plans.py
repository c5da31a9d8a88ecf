"""Somebody is found by an index, however many people there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from apps.accounts import services
from apps.accounts.models import User, UserExternalId
from apps.companies.models import Company
from apps.core.ids import uuid7

pytestmark = pytest.mark.django_db
MANY = 20_000


@pytest.fixture
def many(acme: Company, globex: Company) -> None:
    """Of two companies, each person with an id of an HRIS."""
    people = [
        services.build(
            globex if number % 5 == 0 else acme,
            {
                "id": uuid7(),
                "first_name": f"Person {number}",
                "email": f"p{number:05d}@many.example",
                "employee_number": f"E{number:05d}",
            },
            today=acme.today(),
        )
        for number in range(MANY)
    ]
    User.objects.bulk_create(people, batch_size=5_000)
    UserExternalId.objects.bulk_create(
        [
            UserExternalId(
                company_id=user.company_id,
                user=user,
                system="hris",
                external_id=f"H-{user.employee_number}",
            )
            for user in people
        ],
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user, accounts_userexternalid")


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("email=p04711@many.example", "lower((email)::text) = "),
        ("email=P04711@MANY.EXAMPLE", "lower((email)::text) = "),
        ("employeeNumber=E04711", "(employee_number)::text = "),
        ("externalId=hris:H-E04711", "(external_id)::text = "),
        ("email=p04711@many.example&externalId=hris:H-E04711", "= "),
    ],
)
@pytest.mark.full
def test_somebody_is_found_by_an_index(
    many: None, plan_of: Callable[[str], str], query: str, condition: str
) -> None:
    plan = plan_of(f"users?{query}")
    assert "Seq Scan on accounts_user " not in plan, plan
    found_by = [line for line in plan.splitlines() if "Index Cond" in line]
    assert any(condition in line for line in found_by), plan
