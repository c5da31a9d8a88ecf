"""Which thing a row is about: its keys are not equally strong.

A thing is found by any of its keys. Where the row states a stronger key than the one
that found it, and the thing has another, a weaker key never wins: a person decides
whether it is the same thing, with another key now, or another thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from apps.core.keys import Key, code, key
from apps.core.told import Sentence
from apps.imports.columns.fields import TAKEN_FROM
from apps.imports.states import Choice, Kind

from . import row_texts
from .outcome import Outcome
from .references import IDENTITY, Wanted


class Another(Enum):
    """What another thing does that comes under a key which one has here."""

    TAKES_IT = "takes it"  # from the one that has it
    SHARES_IT = "shares it"
    CANNOT_BE = "can't be"  # no two have it


@dataclass(frozen=True, slots=True)
class KeyStrength:
    name: str
    another: Another


# The strongest first.
STRENGTHS: Mapping[Kind, tuple[KeyStrength, ...]] = {
    Kind.ASSETS: (
        KeyStrength("serial_number", Another.CANNOT_BE),  # the maker's, on the board
        KeyStrength("asset_tag", Another.TAKES_IT),  # a label that can be stuck anew
        KeyStrength("external_id", Another.TAKES_IT),  # a record of another tool
    ),
    Kind.PEOPLE: (
        KeyStrength("employee_number", Another.CANNOT_BE),
        KeyStrength("email", Another.CANNOT_BE),  # given anew, or changed by a marriage
        KeyStrength("username", Another.SHARES_IT),
    ),
}
_AS_COMPARED: Mapping[Kind, Callable[[str | None], Key | None]] = {
    Kind.ASSETS: code,
    Kind.PEOPLE: key,
}
_SAID: Mapping[Kind, Sentence] = {
    Kind.ASSETS: row_texts.OTHER_DEVICE,
    Kind.PEOPLE: row_texts.OTHER_PERSON,
}


@dataclass(frozen=True, slots=True)
class _Keys:
    """How the keys of a row and of the thing they found compare."""

    agreeing: tuple[KeyStrength, ...]
    differing: tuple[str, ...]  # stronger than all of those


def _compared(kind: Kind, outcome: Outcome, thing: Any) -> _Keys:
    agreeing, differing = [], []
    for strength in STRENGTHS[kind]:
        stated = _AS_COMPARED[kind](outcome.row.get(strength.name))
        present = _AS_COMPARED[kind](getattr(thing, strength.name))
        if stated and stated == present:
            agreeing.append(strength)
        elif stated and present and not agreeing:
            differing.append(strength.name)
    return _Keys(tuple(agreeing), tuple(differing))


def match(
    outcome: Outcome,
    kind: Kind,
    found: Collection[Any],
    several: Sentence,
    described: Callable[[Any], str],
) -> None:
    """The row is about the one that was found, if no stronger key speaks against it;
    `several` refuses it where more than one was found."""
    if len(found) > 1:
        told = several(candidates=sorted(map(described, found)))
        outcome.refuse(told, candidates=list(found))
    if len(found) != 1:
        return
    (thing,) = found
    keys = _compared(kind, outcome, thing)
    if keys.differing:
        _decide(outcome, kind, thing, keys)
    else:
        outcome.target = thing


def _decide(outcome: Outcome, kind: Kind, thing: Any, keys: _Keys) -> None:
    asked = _question(outcome, kind, thing, keys)
    outcome.unknowns.append(asked)
    choice = outcome.context.choices.get((asked.kind, asked.key))
    action = choice.action if choice else None
    if action == Choice.USE:
        outcome.target = thing
    elif action == Choice.CREATE and asked.may_create:
        takes = [one.name for one in keys.agreeing if one.another is Another.TAKES_IT]
        if takes:
            outcome.taken_from, outcome.taken = thing, tuple(takes)
            outcome.changes[TAKEN_FROM] = ["", str(thing)]
    else:
        told = asked.refused_as(action == Choice.REFUSE)
        outcome.refuse(told, *keys.differing, candidates=[thing])
        outcome.problems[-1]["asks"] = asked.key


def _question(outcome: Outcome, kind: Kind, thing: Any, keys: _Keys) -> Wanted:
    by, other = keys.agreeing[0].name, keys.differing[0]
    known, stated = getattr(thing, other), outcome.row[other]
    values = [
        v for name in keys.differing for v in (getattr(thing, name), outcome.row[name])
    ]
    return Wanted(
        IDENTITY,
        "\n".join([str(thing.pk), by, *values]),
        f"{outcome.row[by]}: {known} → {stated}",
        {},
        other,
        may_create=all(k.another is not Another.CANNOT_BE for k in keys.agreeing),
        refusal=_SAID[kind](
            key=by, value=outcome.row[by], other=other, known=known, stated=stated
        ),
    )
