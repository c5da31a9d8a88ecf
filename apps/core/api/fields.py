"""Fields of bodies. What has another type than the schema says is refused, never made
to fit; what the schema doesn't know is refused by its name, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from .problems import camel

_NOT_TEXT = _("It must be text.")


class Text(serializers.CharField):
    default_error_messages = {"invalid": _NOT_TEXT}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Secret(Text):
    """A password: every character counts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=4096, **kwargs)


class Id(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) != 36:
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


class Body(serializers.Serializer):
    """What a request or an answer holds; snake_case here, camelCase there."""

    def get_fields(self) -> dict[str, serializers.Field]:
        shown = {}
        for name, field in super().get_fields().items():
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
