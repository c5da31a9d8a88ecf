"""What people may do to many things at once.

An app declares its things, and each verb in a few lines, in its `bulk_verbs.py`;
`apps.bulk` asks, works through them in the background and shows what came of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.functional import Promise

from .actor import Actor, Permission
from .showing import Grouped

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Things:
    """A kind of thing that a list shows. `visible_to(actor)` are all of them;
    `shown(query, actor)` those of the list with that query string, raising Invalid for
    one that it does not know; `url` names the list."""

    name: str
    visible_to: Callable[[Actor], models.QuerySet]
    shown: Callable[[str, Actor], models.QuerySet]
    url: str


class Parameters(forms.Form):
    """What a verb has to be told besides of what; its form takes the actor. A verb that
    needs nothing has this one."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor


@dataclass(slots=True)
class Outcomes:
    """What came of some things, by id; of all others it is done."""

    refused: dict[UUID, Exception] = field(default_factory=dict)
    unchanged: set[UUID] = field(default_factory=set)

    def __or__(self, other: Outcomes) -> Outcomes:
        refused = self.refused | other.refused
        return Outcomes(refused, self.unchanged | other.unchanged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing to do to many. Either `each(thing, actor=, **parameters)` calls the
    service verb of one, and returns False if it was so already; each is a transaction.
    Or `many(things, actor=, **parameters)` calls the set-based one and returns
    Outcomes; a transaction has up to a chunk of them, or those that share `together`
    (a column). Parameters are the cleaned values of `form`.

    `label` is the word on the button, `title` an ngettext_lazy of `%(count)s` that says
    what is done to how many, `consequences` what follows of it. `ends` marks what can't
    be taken back at once.
    """

    name: str
    things: Things
    permission: Permission
    label: Text
    title: Any
    form: Callable[..., forms.Form] = Parameters
    each: Callable[..., bool] | None = None
    many: Callable[..., Outcomes] | None = None
    together: str = ""
    consequences: Sequence[Text] = ()
    ends: bool = False
    icon: str = "list"

    @property
    def is_one_by_one(self) -> bool:
        return self.many is None

    def titled(self, count: int) -> str:
        """“Archive 3 assets”"""
        return str(self.title % {"count": Grouped(count)})

    def may_be_asked_by(self, actor: Actor, company_id: UUID | None) -> bool:
        """Of all of the company: who may do it at some places only does it there."""
        needed = (Permission.BULK_RUN, self.permission)
        return all(actor.may(permission, company_id) for permission in needed)

    def do(
        self, things: Sequence[Any], *, actor: Actor, values: dict[str, Any]
    ) -> Outcomes:
        if self.many is not None:
            return self.many(things, actor=actor, **values)
        if self.each is None:
            raise TypeError(f"{self.name} does nothing")
        (thing,) = things
        if self.each(thing, actor=actor, **values) is False:
            return Outcomes(unchanged={thing.pk})
        return Outcomes()


_verbs: dict[str, Verb] = {}


def declare(verb: Verb) -> Verb:
    if verb.name in _verbs:
        raise TypeError(f"{verb.name} is declared twice")
    _verbs[verb.name] = verb
    return verb


def find(name: str) -> Verb | None:
    return _verbs.get(name)


def declared() -> list[Verb]:
    return list(_verbs.values())


def offered(things: str, actor: Actor) -> list[Verb]:
    """Those that a list of these things offers this actor, in the order in which they
    were declared."""
    return [
        verb
        for verb in _verbs.values()
        if verb.things.name == things and verb.may_be_asked_by(actor, actor.company_id)
    ]
