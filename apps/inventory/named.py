"""What bodies refer to: people, places and products, looked up for all items at once.
What is of another company or not there is refused in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.tenancy import TenantQuerySet

Thing = TypeVar("Thing", bound=Model)


class Named:
    """Of one company, by their ids."""

    def __init__(
        self,
        actor: Actor,
        company_id: UUID,
        *,
        people: Iterable[UUID | None] = (),
        places: Iterable[UUID | None] = (),
        products: Iterable[UUID | None] = (),
    ) -> None:
        self.actor, self.company_id = actor, company_id
        self._people = self._found(User.objects.people(), people)
        self._places = self._found(Address.objects.all(), places)
        self._products = self._found(Product.objects.all(), products)

    def _found(
        self, rows: TenantQuerySet[Thing], ids: Iterable[UUID | None]
    ) -> dict[UUID, Thing]:
        wanted = {pk for pk in ids if pk is not None}
        if not wanted:
            return {}
        seen = rows.visible_to(self.actor).filter(company_id=self.company_id)
        return seen.in_bulk(wanted)

    def person(self, pk: UUID, *, field: str) -> User:
        """Raises Invalid `unknown_user`."""
        sentence = _("There is no user %(id)s.")
        return _one(self._people, pk, "unknown_user", sentence, field)

    def place(self, pk: UUID, *, field: str) -> Address:
        """Raises Invalid `unknown_address`, `place_closed`."""
        sentence = _("There is no company address %(id)s.")
        found = _one(self._places, pk, "unknown_address", sentence, field)
        if not found.is_active:
            closed = _("%(place)s is no longer used: choose another place.")
            raise Invalid("place_closed", closed % {"place": found}, field=field)
        return found

    def product(self, pk: UUID, *, field: str) -> Product:
        """Raises Invalid `unknown_equipment`."""
        sentence = _("There is no equipment %(id)s.")
        return _one(self._products, pk, "unknown_equipment", sentence, field)


def _one(
    found: dict[UUID, Any], pk: UUID, code: str, sentence: str | Promise, field: str
) -> Any:
    if pk not in found:
        raise Invalid(code, str(sentence) % {"id": pk}, field=field)
    return found[pk]
