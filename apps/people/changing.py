"""People whom the API changes: their facts, tags and ids of other systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.accounts.admins import require_other_admin
from apps.accounts.bodies import NAMES, UpdateUserRequest
from apps.accounts.external_ids import set_external_ids
from apps.accounts.models import User
from apps.accounts.tags import set_tags
from apps.companies.models import Company, Country
from apps.core import external_ids
from apps.core.actor import Actor, Permission, Role
from apps.core.api.bulk import Outcome
from apps.core.errors import Invalid
from apps.core.keys import Key, key, keys
from apps.events.services import Draft

from .registering import Said, by_email, countries_for, refuse_taken


@dataclass(frozen=True, slots=True)
class Change:
    """What a body says of somebody. `email` is what it names them by, if not by
    their id."""

    user_id: UUID
    said: Said
    email: Key | None = None


@dataclass(slots=True)
class _Changed:
    user: User
    before: dict[str, Any]
    draft: Draft | None

    def has_other(self, name: str) -> bool:
        return name in self.before and getattr(self.user, name) != self.before[name]


def change_many(
    items: Mapping[int, Change], *, actor: Actor, company: Company
) -> Outcome:
    """One attempt to change people of the company: what is absent stays, null
    clears. Nothing grows with the number of those whose facts alone change."""
    actor.require(Permission.PEOPLE_EDIT, company.id)
    outcome = Outcome(names=NAMES)
    outcome.refuse_repeated({at: one.user_id for at, one in items.items()})
    changed = _changes(items, outcome, actor=actor, company=company)
    moved = {
        at: one.user
        for at, one in changed.items()
        if one.has_other("email") or one.has_other("employee_number")
    }
    refuse_taken(moved, outcome, company_id=company.id)
    if outcome.refused:
        return outcome
    _write(changed, actor=actor, company=company)
    _require_admin(changed, outcome)
    for at, one in changed.items():
        outcome.of(at, partial(_complete, actor=actor), one.user, items[at].said)
    outcome.done |= {at: one.user.id for at, one in changed.items()}
    return outcome


def change_named_many(
    items: Mapping[int, Said], *, actor: Actor, company: Company
) -> Outcome:
    """The same of what bodies name, each by its `id`, else by its e-mail."""
    actor.require(Permission.PEOPLE_EDIT, company.id)
    emails = {at: key(one.get("email")) for at, one in items.items() if "id" not in one}
    ids = [one["id"] for one in items.values() if "id" in one]
    seen = User.objects.people().visible_to(actor).filter(company_id=company.id)
    known = set(seen.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    found = by_email(seen, keys(emails.values()))
    outcome, changes = Outcome(names=NAMES), {}
    for at, said in items.items():
        pk = outcome.of(at, _named, said, emails.get(at), known, found)
        if pk is not None:
            named_by = "id" if "id" in said else "email"
            facts = {name: said[name] for name in said.keys() - {named_by}}
            changes[at] = Change(pk, facts, emails.get(at))
    if outcome.refused:
        return outcome
    return change_many(changes, actor=actor, company=company)


def _named(
    said: Said,
    email: Key | None,
    known: Collection[UUID],
    found: Mapping[str, UUID],
) -> UUID:
    if "id" in said:
        if said["id"] in known:
            return said["id"]
        sentence = _("There is no user %(id)s.") % {"id": said["id"]}
        raise Invalid("unknown_user", sentence, field="id")
    if email is None:
        raise Invalid("no_key", _("Say whom: id or email."), field="id")
    if email in found:
        return found[email]
    raise _unknown(email)


def _unknown(email: str) -> Invalid:
    sentence = _("Nobody has the work e-mail %(email)s.") % {"email": email}
    return Invalid("unknown_user", sentence, field="email")


def _changes(
    items: Mapping[int, Change], outcome: Outcome, *, actor: Actor, company: Company
) -> dict[int, _Changed]:
    ids = [one.user_id for one in items.values()]
    locked = User.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    people = {user.id: user for user in locked.order_by("pk")}
    countries = countries_for(one.said for one in items.values())
    change = partial(_change, actor=actor, countries=countries)
    found = {
        at: outcome.of(at, change, people.get(one.user_id), one)
        for at, one in items.items()
    }
    return {at: one for at, one in found.items() if one is not None}


def _change(
    user: User | None, one: Change, *, actor: Actor, countries: Collection[Country]
) -> _Changed:
    if user is None or (one.email is not None and key(user.email) != one.email):
        # Renamed, or gone, since it was looked up.
        raise _unknown(one.email or str(one.user_id))
    values = UpdateUserRequest.columns(one.said, countries)
    before = {name: getattr(user, name) for name in values}
    return _Changed(user, before, accounts.apply_changes(user, values, actor=actor))


def _write(changed: Mapping[int, _Changed], *, actor: Actor, company: Company) -> None:
    told = [(one, one.draft) for one in changed.values() if one.draft is not None]
    if told:
        names = sorted({name for one, _draft in told for name in one.before})
        accounts.update_many(
            [one.user for one, _draft in told],
            names,
            [draft for _one, draft in told],
            actor=actor,
            company=company,
        )


def _require_admin(changed: Mapping[int, _Changed], outcome: Outcome) -> None:
    """Each of them alone left another one; together they may leave none."""
    were = [
        at
        for at, one in changed.items()
        if one.before.get("role") == Role.COMPANY_ADMIN and one.has_other("role")
    ]
    if len(were) > 1:
        outcome.of(were[-1], require_other_admin, changed[were[-1]].user)


def _complete(user: User, said: Said, *, actor: Actor) -> None:
    if "tags" in said:
        set_tags(user, said["tags"], actor=actor)
    ids = said.get("external_ids", {})
    if ids is None:
        ids = dict.fromkeys(external_ids.of(user))
    if ids:
        set_external_ids(user, ids, actor=actor)
