"""Rows of people: what each becomes, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from apps.accounts import rehiring
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.states import LEFT, UserState
from apps.companies.models import Country
from apps.core.actor import Actor, Role
from apps.core.errors import DomainError
from apps.core.keys import Index, any_of, keys
from apps.core.showing import label_of
from apps.core.told import Told
from apps.events.services import Draft
from apps.imports.columns.fields import KEYS as ALL_KEYS
from apps.imports.columns.fields import USER_STATE, plain_facts
from apps.imports.states import Kind
from apps.imports.values import folded, split_name

from . import identity, row_texts
from .before import note_found, write_changes
from .holders import name_in, name_too_long
from .outcome import Outcome
from .references import Values
from .target import Target
from .undo_rules import PersonRestore

# A user name is no key of ours: it counts where nothing better does, so last.
_WEAK = "username"
KEYS = (*(name for name in ALL_KEYS[Kind.PEOPLE] if name != _WEAK), _WEAK)


class PersonTarget(Target):
    kind = Kind.PEOPLE
    model = User
    keys = KEYS[:-1]
    restore = PersonRestore
    page = "people:detail"
    shown_as = {USER_STATE: label_of(UserState)}

    def load(self, rows: Sequence[Values], *, lock: bool) -> None:
        context = self.context
        context.countries = set(Country.objects.values_list("code", flat=True))
        people = self._people(rows, lock=lock)
        context.left_on = rehiring.leaving_days(people, context.company)
        context.by_key = {name: Index(people, attrgetter(name)) for name in KEYS}

    def _people(self, rows: Sequence[Values], *, lock: bool) -> list[User]:
        wanted = {f"{name}_lower": keys(row.get(name) for row in rows) for name in KEYS}
        found = User.objects.filter(
            ~Q(state=UserState.DELETED), company=self.context.company
        )
        found = found.alias(**{f"{name}_lower": Lower(name) for name in KEYS})
        found = found.filter(any_of(wanted)).select_related("company").order_by("pk")
        return list(found.select_for_update(of=("self",)) if lock else found)

    def judge(self, row: Values) -> Outcome:
        outcome = Outcome(self.context, row)
        self._match(outcome)
        if not outcome.problems:
            outcome.note_differing(self._stated(outcome))
            if outcome.target and outcome.target.state in LEFT:
                self._check_returning(outcome, outcome.target)
            else:
                self._check_leaving(outcome)
        return outcome

    def _match(self, outcome: Outcome) -> None:
        found: dict[UUID, User] = {}
        for name in KEYS:
            if name == _WEAK and found:
                break
            known = self.context.by_key[name].find(outcome.row.get(name))
            found |= {user.id: user for user in known}
        described = attrgetter("name_and_email")
        people = found.values()
        identity.match(outcome, self.kind, people, row_texts.SEVERAL_PEOPLE, described)

    def _stated(self, outcome: Outcome) -> dict[str, Any]:
        row = outcome.row
        facts = plain_facts(self.kind, row)
        if row.get("full_name"):
            first, last = split_name(row["full_name"])
            if first:  # a comma alone is nobody's name
                facts = {"first_name": first, "last_name": last} | facts
                self._tell_of_name(outcome, facts)
        if "country" in row:
            facts["country_id"] = row["country"]
            self._check_country(outcome, row["country"])
        self._complete(outcome, facts)
        self._check_lengths(outcome, facts)
        return facts

    def _tell_of_name(self, outcome: Outcome, facts: dict[str, Any]) -> None:
        """The columns of its parts come first, and may say another name."""
        whole, name = outcome.row["full_name"], _whole(facts)
        if not set(folded(name).split()) <= set(folded(whole).split()):
            told = row_texts.NAME_DIFFERS(value=whole, name=name)
            outcome.warn(told, "full_name")

    def _check_country(self, outcome: Outcome, code: str | None) -> None:
        if code and code not in self.context.countries:
            told = row_texts.COUNTRY_NOT_SERVED(country=code)
            outcome.refuse(told, "country")

    def _complete(self, outcome: Outcome, facts: dict[str, Any]) -> None:
        if outcome.target is not None:
            return
        if not facts.get("email"):
            outcome.refuse(row_texts.NO_EMAIL(), *KEYS)
        elif not facts.get("first_name"):
            # Some tools export no names; the plan shows this one.
            first, last = name_in(facts["email"])
            facts["first_name"] = first
            facts["last_name"] = facts.get("last_name") or last

    def _check_lengths(self, outcome: Outcome, facts: dict[str, Any]) -> None:
        names = (facts.get("first_name") or "", facts.get("last_name") or "")
        if too_long := name_too_long(*names):
            outcome.refuse(too_long, "full_name", "first_name", "email")

    def _check_leaving(self, outcome: Outcome) -> None:
        user, leaves_on = outcome.target, outcome.writes.get("end_on")
        is_inactive = outcome.row.get("active") is False
        is_over = leaves_on is not None and leaves_on < self.context.today
        if is_inactive or is_over:
            told = row_texts.IS_LEAVING() if user else row_texts.HAS_LEFT_ALREADY()
            outcome.refuse(told, "active" if is_inactive else "end_on")
        elif user and user.state == UserState.OFFBOARDING_IN_PROGRESS:
            self._check_offboarding(outcome)

    def _says_has_left(self, row: Values) -> bool:
        end = row.get("end_on")
        is_over = bool(end) and date.fromisoformat(end) < self.context.today
        return is_over or row.get("active") is False

    def _check_returning(self, outcome: Outcome, user: User) -> None:
        """Somebody of whom it is known here that they have left: the file agrees, says
        that they work here again, or doesn't say."""
        if self._says_has_left(outcome.row):
            return
        if not self._says_is_back(outcome.row, user):
            told = row_texts.IS_NOT_BACK(name=user.name, state=user.state)
            self._refuse_return(outcome, told, user)
        elif user.role != Role.EMPLOYEE:
            self._refuse_return(outcome, row_texts.HAD_RIGHTS(name=user.name), user)
        else:
            self._note_return(outcome, user)

    def _says_is_back(self, row: Values, user: User) -> bool:
        if row.get("active") is True or row.get("end_on"):
            return True
        start = date.fromisoformat(row["start_on"]) if row.get("start_on") else None
        if start is None or start == user.start_on:
            return False
        left_on = self.context.left_on.get(user.id)
        return left_on is None or start > left_on

    def _refuse_return(self, outcome: Outcome, told: Told, user: User) -> None:
        fields = ("start_on", "active", *KEYS)
        outcome.refuse(told, *fields, candidates=[user])

    def _note_return(self, outcome: Outcome, user: User) -> None:
        try:
            rehiring.require_may_return(user)
            start_on = outcome.writes.get("start_on")
            rehiring.require_starts_after_end(user, start_on, today=self.context.today)
        except DomainError as error:
            target = error.field or "start_on"
            outcome.refuse(error.told, target, code=error.code)
            return
        outcome.rehires = True
        outcome.changes[USER_STATE] = [user.state, str(UserState.ACTIVE)]
        if user.end_on is not None and "end_on" not in outcome.writes:
            outcome.changes["end_on"] = [str(user.end_on), ""]

    def _check_offboarding(self, outcome: Outcome) -> None:
        if "end_on" in outcome.writes:
            outcome.refuse(row_texts.LAST_DAY_ELSEWHERE(), "end_on")

    # Writing

    def write(self, outcomes: Sequence[Outcome], *, actor: Actor) -> None:
        note_found(outcomes)
        self._create([o for o in outcomes if o.target is None], actor)
        self._change([o for o in outcomes if o.target and not o.rehires], actor)
        self._rehire([o for o in outcomes if o.rehires], actor)

    def _create(self, outcomes: Sequence[Outcome], actor: Actor) -> None:
        company, batch_id = self.context.company, self.context.batch.id
        people = [
            accounts.build(
                company,
                {**outcome.writes, "id": outcome.result_id},
                today=self.context.today,
            )
            for outcome in outcomes
        ]
        accounts.create_many(people, actor=actor, company=company, batch_id=batch_id)
        for outcome, person in zip(outcomes, people, strict=True):
            outcome.version = person.updated_at

    def _change(self, outcomes: Sequence[Outcome], actor: Actor) -> None:
        ours = {"actor": actor, "batch_id": self.context.batch.id}
        write_changes(
            outcomes,
            partial(accounts.apply_changes, **ours),
            partial(accounts.update_many, actor=actor, company=self.context.company),
        )

    def _rehire(self, outcomes: Sequence[Outcome], actor: Actor) -> None:
        """The set-based twin of `people.services.rehire`, with the facts of the row."""
        context = self.context
        came_from = [outcome.target.state for outcome in outcomes]

        def update(people: list[User], fields: list[str], drafts: list[Draft]) -> None:
            names = sorted({*fields, *rehiring.WRITTEN_BY_REHIRE})
            company = context.company
            accounts.update_many(people, names, drafts, actor=actor, company=company)

        ours = {"today": context.today, "batch_id": context.batch.id}
        apply = partial(rehiring.apply_rehire, **ours)
        write_changes(outcomes, apply, update, also=["end_on"])
        for outcome, state in zip(outcomes, came_from, strict=True):
            states = {USER_STATE: [state, outcome.target.state]}
            outcome.before = {**(outcome.before or {}), **states}


def _whole(facts: dict[str, Any]) -> str:
    return f"{facts['first_name']} {facts['last_name']}".strip()
