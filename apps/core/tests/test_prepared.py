"""Queries of the ORM that are put into words once."""

from uuid import UUID, uuid4

import pytest

from apps.accounts.models import User
from apps.core.prepared import ById

pytestmark = pytest.mark.django_db
USERS = ById(lambda pk: User.objects.select_related("company", "country").filter(pk=pk))


def test_finds_the_row_with_what_it_refers_to(
    emil: User, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        found = USERS.first(emil.pk).row
        assert found == emil
        shown = (found.company, found.country)
    assert shown == (emil.company, emil.country)
    assert emil.country is not None


def test_finds_each_as_it_is_now(emil: User, gina: User) -> None:
    assert USERS.first(emil.pk).row.first_name == emil.first_name
    User.objects.filter(pk=emil.pk).update(first_name="Emilian")
    assert USERS.first(emil.pk).row.first_name == "Emilian"
    User.objects.filter(pk=emil.pk).update(country=None)
    assert USERS.first(emil.pk).row.country is None
    assert USERS.first(gina.pk).row.company_id == gina.company_id != emil.company_id


@pytest.mark.parametrize("pk", [uuid4(), UUID(int=0x1D)])
def test_finds_nothing_that_is_not_there(pk: UUID, emil: User) -> None:
    assert USERS.first(pk) is None
