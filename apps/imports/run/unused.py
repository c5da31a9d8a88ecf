"""What a plan leaves out: columns that mean nothing here, and hold something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from django.db.models import Value
from django.db.models.functions import Concat

from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.core.clean import stripped
from apps.core.folding import Fold, fold
from apps.core.keys import any_of
from apps.imports.columns.headers import aliases
from apps.imports.columns.headers import normalise_header as normalised
from apps.imports.models import Batch
from apps.imports.reading import Row
from apps.imports.states import Kind
from apps.imports.targets.asset_location import HOLDER_FIELDS
from apps.imports.targets.kinds import TARGETS
from apps.imports.targets.references import EMAIL_INSIDE
from apps.imports.values import Status, folded, split_name, to_status
from apps.imports.values.vocabulary import HEADER_WORDS

TEXTS = 50  # different ones of a column that are looked at

HOLDER, PLACE, STATE = "holder", "place", "state"
_BY_TARGET = {**dict.fromkeys(HOLDER_FIELDS, HOLDER), "location": PLACE, "state": STATE}


class Unused(TypedDict):
    """`Batch.unused`: a column that is left out, with how many rows fill it, and what
    it seems to hold that a device could have: "holder", "place", "state" or ""."""

    column: int
    rows: int
    holds: str


class UnusedColumns:
    """Watches the rows of one plan."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.texts: dict[int, dict[str, None]] = {
            at: {} for at in range(len(batch.headers)) if str(at) not in batch.mapping
        }
        self.rows = dict.fromkeys(self.texts, 0)

    def see(self, row: Row) -> None:
        if row.problem:
            return
        for at, seen in self.texts.items():
            if text := stripped(row.cells[at]):
                self.rows[at] += 1
                if len(seen) < TEXTS:
                    seen[text] = None

    def found(self) -> list[Unused]:
        has_places = TARGETS[self.batch.kind].has_places
        return [
            Unused(
                column=at,
                rows=self.rows[at],
                holds=self._holds(at) if has_places else "",
            )
            for at in self.texts
            if self.rows[at]
        ]

    def _holds(self, at: int) -> str:
        by_header = _by_header(self.batch.headers[at])
        return by_header or _by_texts(self.batch.company, list(self.texts[at]))


def _by_header(header: str) -> str:
    target, _confidence = aliases(Kind.ASSETS).get(normalised(header) or "", ("", None))
    if target in _BY_TARGET:
        return _BY_TARGET[target]
    words = set(folded(header).split())
    return next((what for what, said in HEADER_WORDS.items() if words & said), "")


def _by_texts(company: Company, seen: Sequence[str]) -> str:
    """What at least half of the texts are."""

    def most(count: int) -> bool:
        return count * 2 >= len(seen)

    if most(sum(isinstance(to_status(text), Status) for text in seen)):
        return STATE
    if most(sum(bool(EMAIL_INSIDE.search(text)) for text in seen)) or most(
        _people(company, seen)
    ):
        return HOLDER
    return PLACE if most(_places(company, seen)) else ""


def _people(company: Company, seen: Iterable[str]) -> int:
    people = User.objects.present().filter(company=company)
    names = {fold(" ".join(filter(None, split_name(text)))) for text in seen}
    whole = Fold(Concat("first_name", Value(" "), "last_name"))
    return people.alias(named=whole).filter(any_of({"named": names})).count()


def _places(company: Company, seen: Iterable[str]) -> int:
    found = Address.objects.filter(company=company).alias(named=Fold("name"))
    return found.filter(any_of({"named": {fold(text) for text in seen}})).count()
