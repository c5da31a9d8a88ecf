"""What rows name: products, people, places. Found for a chunk of rows at once, or
wanted, if the register has none of it yet.

A look-up is told what the device has already (`present`): where a name fits several
and it has one of them, it keeps that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Model
from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies.models import Address, Company
from apps.core.folding import Fold, fold, folded_key
from apps.core.keys import Index, Key, any_of, key, keys
from apps.core.showing import untranslated
from apps.core.told import Told
from apps.imports.values import guess_category

from . import row_texts

CANDIDATES_SHOWN = 5
IDENTITY = "identity"  # kind of the question whether two are the same: see identity

Values = Mapping[str, Any]
Named = TypeVar("Named", Product, User, Address)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a row names and the register lacks; made when the row is applied."""

    kind: str  # product, person, holder, place, category
    key: str
    value: str  # as people read it
    fields: dict[str, Any] = field(compare=False, hash=False)
    target: str = ""  # the field that names it
    may_create: bool = True
    # Of what is not created unless somebody says so: why its rows are refused.
    refusal: Told | None = field(default=None, compare=False, hash=False)
    # What may be meant, as it is typed a little differently; for a person to say.
    candidates: tuple[Model, ...] = field(default=(), compare=False, hash=False)

    @property
    def is_usual(self) -> bool:
        """Created without anybody saying so."""
        return self.may_create and self.refusal is None

    @property
    def name(self) -> str:
        return self.value

    def refused_as(self, is_decided: bool) -> Told:
        """Why its rows are refused, as somebody decided, or nobody has so far."""
        if self.refusal is None:
            return row_texts.NOT_CREATED(value=self.value)
        return (
            row_texts.DECIDED_AGAINST(value=self.value) if is_decided else self.refusal
        )

    @property
    def made_as(self) -> Any:
        """What is made of it is made once, and found by this."""
        if self.kind == "product":
            return catalog.key(self.fields["name"], self.fields["model_number"])
        return self.key

    @property
    def suggestions(self) -> list[str]:
        """The candidates as pickers take them."""
        return [
            one.name_and_email if isinstance(one, User) else named(one)
            for one in self.candidates
        ]

    @property
    def note(self) -> Told | None:
        """What else the file says of it."""
        if self.kind != "product":
            return None
        category, maker = self.fields["category"], self.fields["manufacturer"]
        if not maker:
            return row_texts.MODEL_IN(category=category)
        return row_texts.MODEL_OF_IN(manufacturer=maker, category=category)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name that fits several, or none that could be made; the sentence says so."""

    told: Told
    target: str
    candidates: tuple[Model, ...] = ()


_HINT = "\n"  # before the key of a model that no column of models says


def kept(present: Named | None, candidates: Iterable[Model]) -> Named | None:
    return present if present is not None and present in candidates else None


def named(thing: Model) -> str:
    return thing.label if isinstance(thing, Product) else str(thing)


def only(
    text: str,
    found: Sequence[Named],
    present: Named | None,
    target: str,
    described: Callable[[Named], str],
) -> Named | Unclear | None:
    """The one of this name that the device has, else the one that there is."""
    if same := kept(present, found):
        return same
    if len(found) > 1:
        candidates = sorted(set(map(described, found)))[:CANDIDATES_SHOWN]
        told = row_texts.SEVERAL(value=text, candidates=candidates)
        return Unclear(told, target, few(found))
    return found[0] if found else None


def few(found: Sequence[Model]) -> tuple[Model, ...]:
    return tuple(found[:CANDIDATES_SHOWN])


def _called(wanted: Iterable[Key]) -> dict[str, list[str]]:
    """For `any_of`: what has such a name, also one stored with other blanks than names
    have today. Of some, such as ’, nothing is left once folded, and letters of rare
    alphabets keep their case."""
    names = list(wanted)
    return {
        "named": list(map(fold, names)),
        "name_lower": [n for n in names if not (n.isascii() and fold(n))],
    }


# Products


class Products:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        wanted = keys(name for row in rows for name in _model_names(row))
        found = Product.objects.filter(company=company).alias(
            named=Fold("name"),
            name_lower=Lower("name"),
            number_lower=Lower("model_number"),
        )
        either = any_of({**_called(wanted), "number_lower": wanted})
        known = list(found.filter(either))
        self.by_key: Index[Product] = Index(normalise=catalog.key)
        for product in known:
            self.by_key.add(product, product.name, product.model_number)
        self.by_name = Index(known, attrgetter("name"))
        self.by_number = Index(known, attrgetter("model_number"))
        self.alike = Index(known, attrgetter("name"), normalise=folded_key)

    def find(
        self, row: Values, present: Product | None
    ) -> Product | Wanted | Unclear | None:
        """None if the row names none."""
        name, number = row.get("product_name"), row.get("model_number")
        if not name and number:
            if found := self.by_number.find(number):
                return only(number, found, present, "model_number", _described)
            return self._by_name(number, number, row, present)
        if name:
            return self._by_name(name, number, row, present)
        return self._hinted_at(row) if present is None else None

    def _hinted_at(self, row: Values) -> Product | Wanted | Unclear | None:
        """What a new device may be of which no cell says the model: a model that is
        called like the device. Another name, or a category, is asked about."""
        name, category = row.get("name"), row.get("category")
        if name:
            found = self._by_name(name, None, row, None)
            if not isinstance(found, Wanted):
                return found
            return replace(
                found,
                key=f"{_HINT}{key(name)}",
                target="name",
                refusal=row_texts.MODEL_NOT_SAID(value=name),
            )
        if not category:
            return None
        value = untranslated(Category(category).label)
        return Wanted(
            "product",
            f"{_HINT}{_HINT}{category}",
            value,
            _said_of(row, value, None),
            "category",
            may_create=False,
            refusal=row_texts.MODEL_NOT_SAID(value=value),
        )

    def _by_name(
        self, name: str, number: str | None, row: Values, present: Product | None
    ) -> Product | Wanted | Unclear | None:
        namesakes = [] if number else self.by_name.find(name)
        if found := kept(present, namesakes) or self.by_key.first(name, number):
            return found
        if namesakes:
            return only(name, namesakes, present, "product_name", _described)
        unknown = catalog.key(name, number)
        if unknown is None:
            return None
        value = f"{name} ({number})" if number and number != name else name
        return Wanted(
            "product",
            "\n".join(unknown),
            value,
            _said_of(row, name, number),
            "product_name",
            candidates=few(self.alike.find(name)),
        )


def _model_names(row: Values) -> Sequence[str | None]:
    """By which models are looked for: see `find`."""
    names = (row.get("product_name"), row.get("model_number"))
    return names if any(names) else (row.get("name"),)


def _said_of(row: Values, name: str, number: str | None) -> dict[str, Any]:
    """What a new model is made of."""
    return {
        "name": name,
        "model_number": number or "",
        "manufacturer": row.get("manufacturer") or "",
        "category": row.get("category") or guess_category(name) or Category.OTHER,
    }


def _described(product: Product) -> str:
    return f"{product.name} ({product.model_number or '—'})"


# Places


class Places:
    def __init__(
        self, company: Company, rows: list[Values], meant: Iterable[Model] = ()
    ) -> None:
        """`meant`: for what names of holders are taken."""
        names = ("location", "holder_name")  # there, too, places may stand
        wanted = keys(row.get(name) for row in rows for name in names)
        wanted |= keys(place.name for place in meant if isinstance(place, Address))
        places = Address.objects.filter(company=company).alias(
            named=Fold("name"), name_lower=Lower("name")
        )
        found = list(places.filter(any_of(_called(wanted))))
        self.by_name = Index(found, attrgetter("name"))
        self.alike = Index(found, attrgetter("name"), normalise=folded_key)

    def find(
        self, row: Values, present: Address | None
    ) -> Address | Wanted | Unclear | None:
        """A closed place is not taken, unless the device stands there already."""
        name = row.get("location")
        unknown = key(name)
        if unknown is None:
            return None
        found = self.by_name.find(name)
        if same := kept(present, found):
            return same
        if not found:
            alike = [place for place in self.alike.find(name) if place.is_active]
            return Wanted(
                "place",
                unknown,
                name,
                {"name": name},
                "location",
                candidates=few(alike),
            )
        still_open = [place for place in found if place.is_active]
        if not still_open:
            return Unclear(row_texts.PLACE_CLOSED(name=found[0]), "location")
        return only(name, still_open, None, "location", _where)


def only_open(places: Sequence[Address]) -> Address | None:
    """The place of this name that is not closed, if there is but one."""
    still_open = [place for place in places if place.is_active]
    return still_open[0] if len(still_open) == 1 else None


def _where(place: Address) -> str:
    return f"{place} ({place.one_line})"
