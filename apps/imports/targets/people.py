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
from apps.core.told import Told
from apps.imports.columns.fields import KEYS as ALL_KEYS
from apps.imports.columns.fields import TARGETS, USER_STATE, plain_facts
from apps.imports.states import Kind
from apps.imports.values import split_name

from . import texts
from .changed import write_changes
from .outcome import Decision, Rules
from .references import Values, name_in
from .snapshot import facts_of

# A user name is no key of ours: it counts where nothing better does, so last.
_WEAK = "username"
KEYS = (*(name for name in ALL_KEYS[Kind.PEOPLE] if name != _WEAK), _WEAK)


class PersonDecision(Decision):
    target: User | None


class PeopleRules(Rules):
    keys = KEYS[:-1]

    def load(self, rows: Sequence[Values], *, lock: bool) -> None:
        self.today = self.company.today()
        self.countries = set(Country.objects.values_list("code", flat=True))
        people = self._people(rows, lock=lock)
        self.left_on = rehiring.leaving_days(people, self.company)
        self.by_key = {name: Index(people, attrgetter(name)) for name in KEYS}

    def _people(self, rows: Sequence[Values], *, lock: bool) -> list[User]:
        wanted = {f"{name}_lower": keys(row.get(name) for row in rows) for name in KEYS}
        found = User.objects.filter(~Q(state=UserState.DELETED), company=self.company)
        found = found.alias(**{f"{name}_lower": Lower(name) for name in KEYS})
        found = found.filter(any_of(wanted)).select_related("company").order_by("pk")
        return list(found.select_for_update(of=("self",)) if lock else found)

    def decide(self, row: Values) -> PersonDecision:
        decision = PersonDecision(row)
        self._match(decision)
        if not decision.problems:
            self.note_facts(decision, self._facts(decision), TARGETS[Kind.PEOPLE])
            if decision.target and decision.target.state in LEFT:
                self._check_returning(decision, decision.target)
            else:
                self._check_leaving(decision)
        return decision

    def _match(self, decision: PersonDecision) -> None:
        found: dict[UUID, User] = {}
        for name in KEYS:
            if name == _WEAK and found:
                break
            known = self.by_key[name].find(decision.row.get(name))
            found |= {user.id: user for user in known}
        self.take_only(
            decision,
            found.values(),
            texts.SEVERAL_PEOPLE,
            attrgetter("name_and_email"),
        )

    def _facts(self, decision: PersonDecision) -> dict[str, Any]:
        row = decision.row
        facts = plain_facts(Kind.PEOPLE, row)
        if row.get("full_name"):
            first, last = split_name(row["full_name"])
            facts = {"first_name": first, "last_name": last} | facts
        if "country" in row:
            facts["country_id"] = row["country"]
            self._check_country(decision, row["country"])
        self._complete(decision, facts)
        return facts

    def _check_country(self, decision: PersonDecision, code: str | None) -> None:
        if code and code not in self.countries:
            told = texts.COUNTRY_NOT_SERVED(country=code)
            self.refuse(decision, told, "country")

    def _complete(self, decision: PersonDecision, facts: dict[str, Any]) -> None:
        if decision.target is not None:
            return
        if not facts.get("email"):
            self.refuse(decision, texts.NO_EMAIL(), *KEYS)
        elif not facts.get("first_name"):
            # Some tools export no names; the plan shows this one.
            first, last = name_in(facts["email"])
            facts["first_name"] = first
            facts["last_name"] = facts.get("last_name") or last

    def _check_leaving(self, decision: PersonDecision) -> None:
        user, leaves_on = decision.target, decision.writes.get("end_on")
        is_inactive = decision.row.get("active") is False
        is_over = leaves_on is not None and leaves_on < self.today
        if is_inactive or is_over:
            told = texts.IS_LEAVING() if user else texts.HAS_LEFT_ALREADY()
            self.refuse(decision, told, "active" if is_inactive else "end_on")
        elif user and user.state == UserState.OFFBOARDING_IN_PROGRESS:
            self._check_offboarding(decision)

    def _says_has_left(self, row: Values) -> bool:
        end = row.get("end_on")
        is_over = bool(end) and date.fromisoformat(end) < self.today
        return is_over or row.get("active") is False

    def _check_returning(self, decision: PersonDecision, user: User) -> None:
        """Somebody of whom it is known here that they have left: the file agrees, says
        that they work here again, or doesn't say."""
        if self._says_has_left(decision.row):
            return
        if not self._says_is_back(decision.row, user):
            told = texts.IS_NOT_BACK(name=user.name, state=user.state)
            self._refuse_return(decision, told, user)
        elif user.role != Role.EMPLOYEE:
            self._refuse_return(decision, texts.HAD_RIGHTS(name=user.name), user)
        else:
            self._note_return(decision, user)

    def _says_is_back(self, row: Values, user: User) -> bool:
        if row.get("active") is True or row.get("end_on"):
            return True
        start = date.fromisoformat(row["start_on"]) if row.get("start_on") else None
        if start is None or start == user.start_on:
            return False
        left_on = self.left_on.get(user.id)
        return left_on is None or start > left_on

    def _refuse_return(self, decision: PersonDecision, told: Told, user: User) -> None:
        fields = ("start_on", "active", *KEYS)
        self.refuse(decision, told, *fields, candidates=[user])

    def _note_return(self, decision: PersonDecision, user: User) -> None:
        try:
            rehiring.require_may_return(user)
            start_on = decision.writes.get("start_on")
            rehiring.require_starts_after_end(user, start_on, today=self.today)
        except DomainError as error:
            target = error.field or "start_on"
            self.refuse(decision, error.told, target, code=error.code)
            return
        decision.rehires = True
        decision.changes[USER_STATE] = [user.state, str(UserState.ACTIVE)]
        if user.end_on is not None and "end_on" not in decision.writes:
            decision.changes["end_on"] = [str(user.end_on), ""]

    def _check_offboarding(self, decision: PersonDecision) -> None:
        if "end_on" in decision.writes:
            self.refuse(decision, texts.LAST_DAY_ELSEWHERE(), "end_on")

    # Writing

    def write(self, decisions: Sequence[PersonDecision], *, actor: Actor) -> None:
        self._create([d for d in decisions if d.target is None], actor)
        self._change([d for d in decisions if d.target and not d.rehires], actor)
        self._rehire([d for d in decisions if d.rehires], actor)

    def _create(self, decisions: Sequence[PersonDecision], actor: Actor) -> None:
        people = [
            accounts.build(
                self.company,
                {**decision.writes, "id": decision.result_id},
                today=self.today,
            )
            for decision in decisions
        ]
        accounts.create_many(
            people, actor=actor, company=self.company, batch_id=self.batch.id
        )
        for decision, person in zip(decisions, people, strict=True):
            decision.version = person.updated_at

    def _change(self, decisions: Sequence[PersonDecision], actor: Actor) -> None:
        ours = {"actor": actor, "batch_id": self.batch.id}
        write_changes(
            decisions,
            partial(accounts.apply_changes, **ours),
            partial(accounts.update_many, actor=actor, company=self.company),
        )

    def _rehire(self, decisions: Sequence[PersonDecision], actor: Actor) -> None:
        """The set-based twin of `people.services.rehire`, with the facts of the row."""
        drafts, fields = [], {*rehiring.WRITTEN_BY_REHIRE}
        people = [decision.target for decision in decisions if decision.target]
        for decision, user in zip(decisions, people, strict=True):
            names = {*decision.writes, "end_on"}
            fields |= names
            old, came_from = facts_of(user, names), user.state
            draft = rehiring.apply_rehire(
                user, decision.writes, today=self.today, batch_id=self.batch.id
            )
            drafts.append(draft)
            new = facts_of(user, names)
            decision.before = {
                "facts": {name: [old[name], new[name]] for name in old},
                USER_STATE: [came_from, user.state],
            }
        if not people:
            return
        accounts.update_many(
            people, sorted(fields), drafts, actor=actor, company=self.company
        )
        for decision, user in zip(decisions, people, strict=True):
            decision.version = user.updated_at
