"""Who somebody is, and how they sign in."""

from __future__ import annotations

from apps.companies.models import Address
from apps.core.personal import Rows, facts, part

from .kept_answers import IdempotencyKey
from .models import Invitation, User


@part("person")
def person(user: User, thorough: bool) -> Rows:
    yield facts(user, "sort_key")


@part("sign_in")
def sign_in(user: User, thorough: bool) -> Rows:
    """The Login is its owner's: what they do with it elsewhere is not told here."""
    if user.login:
        told = ("email", "is_active", "date_joined", "last_login")
        yield {name: getattr(user.login, name) for name in told}


@part("invitations")
def invitations(user: User, thorough: bool) -> Rows:
    found = Invitation.objects.filter(company_id=user.company_id, user=user)
    for one in found.order_by("id"):
        yield facts(one, "link_version", "invited_by")


@part("idempotency_keys")
def idempotency_keys(user: User, thorough: bool) -> Rows:
    """Of requests of the last day; what was answered is of whatever they asked for."""
    found = IdempotencyKey.objects.filter(user=user)
    for one in found.only("key", "created_at").order_by("id").iterator():
        yield {"key": one.key, "created_at": one.created_at}


@part("workplaces")
def workplaces(user: User, thorough: bool) -> Rows:
    places = user.storage_assignments.select_related("address", "warehouse")
    for one in places.order_by("id"):
        yield {"place": str(one)}


@part("external_ids")
def external_ids(user: User, thorough: bool) -> Rows:
    for one in user.external_ids.order_by("system"):
        yield facts(one)


@part("tags")
def tags(user: User, thorough: bool) -> Rows:
    for one in user.user_tags.select_related("tag").order_by("tag__name"):
        yield {"tag": one.tag.name}


@part("contact_of")
def contact_of(user: User, thorough: bool) -> Rows:
    """Places of the company whose contact person they are."""
    places = Address.objects.filter(company_id=user.company_id)
    for place in places.with_contact(user.email, user.private_email).order_by("id"):
        names = ("name", "contact_name", "contact_phone", "contact_email")
        yield {name: getattr(place, name) for name in names if getattr(place, name)}
