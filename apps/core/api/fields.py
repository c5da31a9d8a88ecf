"""Fields of bodies. What has another type than the schema says is refused, never made
to fit; what the schema doesn't know is refused by its name, never dropped."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.core import money
from apps.core.errors import renamed

from .problems import BadParameter, camel

_NOT_TEXT = _("It must be text.")
# Something beside what Python strips: the \S of JSON Schema is not quite the same.
NOT_BLANK = (
    r"[^\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680"
    r"\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)


class Text(serializers.CharField):
    """A text; `pattern` is all that it may be, for those who read the schema."""

    pattern: ClassVar[str] = ""
    default_error_messages = {"invalid": _NOT_TEXT}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def limits(self) -> dict[str, Any]:
        """What the schema of a request says beside the lengths."""
        if self.pattern:
            mark = "?" if self.allow_blank else ""
            return {"pattern": f"^({self.pattern}){mark}$"}
        if self.allow_blank:
            return {}
        return {"pattern": NOT_BLANK} if self.trim_whitespace else {"minLength": 1}


class Secret(Text):
    """A password: every character counts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=4096, **kwargs)


_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Id(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not _ID.fullmatch(data):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class OneOf(serializers.ChoiceField):
    """One of an enumeration, as it is written there."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not data:
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


class Day(serializers.DateField):
    """A calendar day, as 2026-01-31."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, data: Any) -> date:
        # strptime takes 2026-1-3, too, and digits of all scripts.
        if not isinstance(data, str) or len(data) != 10 or not data.isascii():
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(data)


class AskedDay(Day):
    """A day that something may have happened on, in each time zone: so not the first
    and the last one of the calendar, which begin or end outside it."""

    default_error_messages = {"bad_date": _("No calendar has such a day.")}

    def to_internal_value(self, data: Any) -> date:
        found = super().to_internal_value(data)
        if found in {date.min, date.max}:
            self.fail("bad_date")
        return found


_HAS_OFFSET = re.compile(r"T.*(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


class Moment(serializers.DateTimeField):
    """An instant by RFC 3339: without an offset none is meant."""

    default_error_messages = {
        "no_offset": _("Say which instant, with Z or an offset: 2026-01-31T09:00:00Z.")
    }

    def to_internal_value(self, value: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        if not _HAS_OFFSET.search(value):
            self.fail("no_offset")
        return found


class Amount(Text):
    """A decimal amount, as "1299.50"; what the currency's digits are, the verb says."""

    pattern = r"[0-9]{1,12}(\.[0-9]{1,4})?"
    default_error_messages = {
        "bad_amount": _('Write an amount as text, with a point: "1299.50".')
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(self.pattern, data):
            self.fail("bad_amount")
        return Decimal(data)


class ExternalId(Text):
    """An id of another system, as `jamf:4711`: the system, and its id."""

    pattern = r"[^:]+:[\s\S]+"
    default_error_messages = {
        "no_system": _("Write the system and its id, as jamf:4711.")
    }

    def to_internal_value(self, data: Any) -> Any:
        system, colon, text = super().to_internal_value(data).partition(":")
        if not (system and colon and text):
            self.fail("no_system")
        return system, text


class ExternalIds(serializers.DictField):
    """Ids of other systems, by system; null takes one away."""

    def __init__(self, **kwargs: Any) -> None:
        child = Text(allow_null=True, allow_blank=True)
        super().__init__(child=child, **kwargs)


class CurrencyCode(Text):
    """An ISO 4217 code."""

    pattern = "[A-Z]{3}"
    default_error_messages = {
        "bad_currency": _("No currency has this code: write it as EUR.")
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or money.why_not(data):
            self.fail("bad_currency")
        return data


class CountryCode(Text):
    """An ISO 3166-1 code of two letters."""

    pattern = "[A-Z]{2}"
    default_error_messages = {
        "bad_country": _("Write a country as two letters, as DE.")
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not re.fullmatch(self.pattern, data):
            self.fail("bad_country")
        return data


class Pairs(serializers.ListField):
    """Names with texts, each in an object of its own; their order is kept."""

    default_error_messages = {
        "bad_pair": _("Each item is an object with one name and its text.")
    }

    def __init__(self, **kwargs: Any) -> None:
        pair = serializers.DictField(child=Text(max_length=1_000))
        super().__init__(child=pair, max_length=100, **kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, str]]:
        found = super().to_internal_value(data)
        if any(len(pair) != 1 or not next(iter(pair)).strip() for pair in found):
            self.fail("bad_pair")
        return found


class Several(serializers.ListField):
    """A list, of at most `MOST` things."""

    MOST = 1_000

    def __init__(self, child: serializers.Field, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", self.MOST)
        super().__init__(child=child, **kwargs)


class Body(serializers.Serializer):
    """What a request or an answer holds; snake_case here, camelCase there."""

    def declared(self) -> dict[str, serializers.Field]:
        """By the names of Python."""
        return super().get_fields()

    def get_fields(self) -> dict[str, serializers.Field]:
        shown = {}
        for name, field in self.declared().items():
            if camel(name) != name and field.source is None:
                field.source = name
            shown[camel(name)] = field
        return shown

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            sentence = _("There is no such field.")
            raise serializers.ValidationError(
                {name: ErrorDetail(sentence, "unknown") for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


def named(kind: type[Body], under: str = "") -> AbstractContextManager[None]:
    """What a verb refuses inside names the field of this body, which may stand `under`
    another one: the verb knows columns, the client `streetLine1`."""
    known = {field.source: name for name, field in _kept(kind).fields.items()}
    return renamed(known, under=under)


_local = threading.local()


def checked(kind: type[Body], said: Any) -> dict[str, Any]:
    """What was said, in the shape of `kind`, with its defaults. Raises
    ValidationError."""
    try:
        return _kept(kind).run_validation(said)
    except serializers.ValidationError:
        # Once more by one of its own, which says what is wrong as DRF does.
        found = kind(data=said)
        found.is_valid(raise_exception=True)
        return found.validated_data


def _kept(kind: type[Body]) -> Body:
    """One for each thread: to copy its fields takes longer than what they are for."""
    kept = _local.__dict__.setdefault("kept", {})
    if kind not in kept:
        kept[kind] = kind()
    return kept[kind]


# Three lists of so many ids fit into the longest request line (tequipy/gunicorn.py).
MOST_IN_QUERY_STRING = 50
_WHOLE = re.compile("-?[0-9]{1,19}")
_FLAGS = {"true": True, "false": False}


def of_query_string(kind: type[Body], query: QueryDict) -> dict[str, Any]:
    """What the query string says, in the shape of `kind`: a list is repeated, or has
    commas. Raises BadParameter for what nobody can mean."""
    body = _kept(kind)
    found: dict[str, Any] = {}
    for name, values in query.lists():
        field = body.fields.get(name)
        if field is None:
            known = ", ".join(body.fields)
            sentence = gettext("There is no such parameter. There are: %(names)s.")
            raise BadParameter(name, "unknown", sentence % {"names": known})
        if isinstance(field, serializers.ListField):
            found[name] = _parts(name, values)
        elif len(values) > 1:
            raise BadParameter(name, "repeated", gettext("Give it once."))
        else:
            found[name] = _of_text(field, values[0])
    try:
        return checked(kind, found)
    except serializers.ValidationError as error:
        name, details = next(iter(error.detail.items()))
        raise BadParameter(name, *_first(details)) from None


def _parts(name: str, values: list[str]) -> list[str]:
    """Raises BadParameter `too_many_values`."""
    parts = [part for value in values for part in value.split(",")]
    if len(parts) > MOST_IN_QUERY_STRING:
        sentence = gettext(
            "At most %(count)s values fit here: ask several times, or where there is "
            "one, by POST …/query, whose body takes 1,000."
        )
        told = sentence % {"count": MOST_IN_QUERY_STRING}
        raise BadParameter(name, "too_many_values", told)
    return parts


def _of_text(field: serializers.Field, value: str) -> Any:
    if isinstance(field, Flag):
        return _FLAGS.get(value, value)
    if isinstance(field, Whole) and _WHOLE.fullmatch(value):
        return int(value)
    return value


def _first(details: Any) -> tuple[str, str]:
    """Code and sentence of what a field says first."""
    while isinstance(details, Mapping | list):
        values = details.values() if isinstance(details, Mapping) else details
        details = next(iter(values))
    return details.code, str(details)
