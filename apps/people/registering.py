"""People whom the API adds: from what bodies say to the verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.accounts import texts
from apps.accounts.bodies import NAMES, CreateEmployeeRequest
from apps.accounts.external_ids import set_external_ids
from apps.accounts.models import User, UserQuerySet
from apps.accounts.states import UserState
from apps.accounts.tags import set_tags
from apps.catalog.models import Product
from apps.companies.models import Company, Country
from apps.core.actor import Actor, Permission
from apps.core.api.bulk import Outcome
from apps.core.errors import Conflict, DomainError, Invalid, NotAllowed
from apps.core.keys import Key, any_of, keys
from apps.orders import services as orders

Said = Mapping[str, Any]


def register_many(
    items: Mapping[int, Said], *, actor: Actor, company: Company
) -> Outcome:
    """One attempt to add each of them with their tags and ids of other systems; what
    they are to get of the catalogue waits as an order for approval. Nothing grows with
    the number of those who have none of these."""
    actor.require(Permission.PEOPLE_ADD, company.id)
    outcome = Outcome(names=NAMES)
    made = _built(items, outcome, actor=actor, company=company)
    _refuse_unknown_products(items, outcome, actor=actor)
    refuse_taken(made, outcome, company_id=company.id)
    if outcome.refused:
        return outcome
    # In one order, so that two requests about the same people meet in no deadlock.
    people = sorted(made.values(), key=lambda user: (user.email, user.employee_number))
    accounts.create_many(people, actor=actor, company=company, batch_id=None)
    for at, user in made.items():
        outcome.of(at, partial(_complete, actor=actor), user, items[at])
    outcome.done |= {at: user.id for at, user in made.items()}
    return outcome


def countries_for(items: Iterable[Said]) -> list[Country]:
    return list(Country.objects.all()) if any(i.get("address") for i in items) else []


def _built(
    items: Mapping[int, Said], outcome: Outcome, *, actor: Actor, company: Company
) -> dict[int, User]:
    today, countries = company.today(), countries_for(items.values())

    def build(said: Said) -> User:
        columns = CreateEmployeeRequest.columns(said, countries)
        user = accounts.build(company, columns, today=today)
        if not actor.may_give(user.role):
            raise NotAllowed(texts.ROLE_NOT_ALLOWED(), field="role")
        return user

    made = {at: outcome.of(at, build, said) for at, said in items.items()}
    return {at: user for at, user in made.items() if user is not None}


def _complete(user: User, said: Said, *, actor: Actor) -> None:
    follows = actor.for_consequences(user.company_id, Permission.PEOPLE_EDIT)
    if tags := said.get("tags"):
        set_tags(user, tags, actor=follows)
    if ids := said.get("external_ids"):
        set_external_ids(user, ids, actor=follows)
    if products := said.get("equipment_ids"):
        _draft_order(user, products, actor=actor)


def _draft_order(user: User, products: Sequence[UUID], *, actor: Actor) -> None:
    places = {
        f"equipment/{at}/id": f"equipment_ids/{products.index(product)}"
        for at, product in enumerate(dict.fromkeys(products))
    }
    try:
        orders.draft_onboarding(user, products, actor=actor)
    except DomainError as error:
        error.field = places.get(error.field or "", "equipment_ids")
        raise


def _refuse_unknown_products(
    items: Mapping[int, Said], outcome: Outcome, *, actor: Actor
) -> None:
    wanted = {at: set(said.get("equipment_ids", [])) for at, said in items.items()}
    ids = set().union(*wanted.values())
    if not ids:
        return
    seen = Product.objects.visible_to(actor).filter(pk__in=ids)
    known = set(seen.values_list("pk", flat=True))
    for at, products in wanted.items():
        if unknown := sorted(products - known):
            sentence = _("There is no equipment %(id)s.") % {"id": unknown[0]}
            error = Invalid("unknown_equipment", sentence, field="equipment_ids")
            outcome.refuse(at, error)


# --- What is there already --------------------------------------------------


def refuse_taken(
    people: Mapping[int, User], outcome: Outcome, *, company_id: UUID
) -> None:
    """E-mails and employee numbers of these are of nobody else in the company, nor of
    one before them in the request."""
    emails = {user.email: user.id for user in reversed(people.values()) if user.email}
    taken_emails = emails | by_email(_of_company(company_id), keys(emails))
    numbers = {
        user.employee_number: user.id
        for user in reversed(people.values())
        if user.employee_number
    }
    taken_numbers = numbers | _numbers(company_id, numbers)
    for at, user in people.items():
        if taken_emails.get(user.email, user.id) != user.id:
            outcome.refuse(at, Conflict(texts.EMAIL_TAKEN(), field="email"))
        elif taken_numbers.get(user.employee_number, user.id) != user.id:
            told = texts.EMPLOYEE_NUMBER_TAKEN()
            outcome.refuse(at, Conflict(told, field="employee_number"))


def by_email(people: UserQuerySet, emails: Collection[Key]) -> dict[str, UUID]:
    """Whose work e-mails they are, by the e-mails in lower case."""
    if not emails:
        return {}
    rows = people.alias(address=Lower("email"))
    found = rows.filter(any_of({"address": emails}) & ~Q(email=""))
    return {email.lower(): pk for email, pk in found.values_list("email", "pk")}


def _numbers(company_id: UUID, numbers: Collection[str]) -> dict[str, UUID]:
    if not numbers:
        return {}
    rows = _of_company(company_id)
    wanted = any_of({"employee_number": numbers}, are_partial=True)
    return dict(rows.filter(wanted).values_list("employee_number", "pk"))


def _of_company(company_id: UUID) -> UserQuerySet:
    return User.objects.filter(~Q(state=UserState.DELETED), company_id=company_id)
