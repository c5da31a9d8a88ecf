"""What bodies and answers hold of things that have a field table: a new row of the
table is a field of the API at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from apps.core.fields import TEXTS, Field, Table, Value

from . import fields, shapes
from .problems import camel


class Price(fields.Body):
    """An amount with its currency."""

    amount = fields.Amount()
    currency = fields.CurrencyCode()


def _kind(table: Table, field: Field) -> Callable[..., serializers.Field]:
    if field.value in TEXTS:
        longest = table.max_length(field)

        def text(**told: Any) -> serializers.Field:
            return fields.Text(
                max_length=longest, allow_blank=field.is_clearable, **told
            )

        return text
    return _KINDS[field.value]


_KINDS: Mapping[Value, Callable[..., serializers.Field]] = {
    Value.DATE: fields.Day,
    Value.BOOLEAN: fields.Flag,
    Value.MONEY: Price,
    Value.PAIRS: fields.Pairs,
}


class Facts(fields.Body):
    """The fields that one may edit. What is absent stays as it is, null clears.

    `apart` are those that the subclass declares itself, or that it does not take;
    `called` is the name in the API of what is not called as its column.
    """

    table: ClassVar[Table]
    apart: ClassVar[frozenset[str]] = frozenset()
    called: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def taken(cls) -> Iterator[Field]:
        for field in cls.table.edited:
            if field.name not in cls.apart and field.value is not Value.CURRENCY:
                yield field

    def declared(self) -> dict[str, serializers.Field]:
        made = {
            self.called.get(field.name, field.name): _kind(self.table, field)(
                required=False,
                allow_null=field.is_clearable,
                help_text=str(field.help_text),
            )
            for field in self.taken()
        }
        return {**made, **super().declared()}

    @classmethod
    def values(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        """What was said of them, as verbs take it."""
        found: dict[str, Any] = {}
        for field in cls.taken():
            name = cls.called.get(field.name, field.name)
            if name not in said:
                continue
            value = said[name]
            if field.value is Value.MONEY:
                found[field.name] = value["amount"] if value else None
                found[field.currency] = value["currency"] if value else ""
            elif value is None:
                found[field.name] = _EMPTY.get(field.value)
            else:
                found[field.name] = value
        return found


_EMPTY: Mapping[Value, Any] = {**dict.fromkeys(TEXTS, ""), Value.PAIRS: []}


def members(
    table: Table, *, apart: frozenset[str], called: Mapping[str, str]
) -> dict[str, shapes.Member]:
    """The same fields in an answer."""
    found: dict[str, shapes.Member] = {}
    for field in table.edited:
        if field.name in apart or field.value is Value.CURRENCY:
            continue
        member = _member(field)
        if field.seen_with:
            member = member.needs(field.seen_with)
        found[camel(called.get(field.name, field.name))] = member
    return found


def _member(field: Field) -> shapes.Member:
    if field.value is Value.MONEY:
        return shapes.money(field.name, field.currency)
    if field.value in TEXTS:
        return shapes.text(field.name)
    return _MEMBERS[field.value](field.name)


_MEMBERS: Mapping[Value, Callable[[str], shapes.Member]] = {
    Value.DATE: shapes.day,
    Value.BOOLEAN: shapes.flag,
    Value.PAIRS: lambda name: shapes.json(name, fields.Pairs),
}
