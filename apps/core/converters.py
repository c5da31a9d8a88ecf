"""Parts of addresses."""

from uuid import UUID

from django.urls.converters import StringConverter

from .short_ids import LENGTH, lengthen, shorten


class Anything(StringConverter):
    """Also nothing, slashes and line breaks."""

    regex = r"[\s\S]*"


class ShortId:
    """The id of a row in fewer characters."""

    regex = f"[0-9A-Za-z]{{{LENGTH}}}"

    def to_python(self, value: str) -> UUID:
        pk = lengthen(value)
        if pk is None:
            raise ValueError(value)  # no such address
        return pk

    def to_url(self, value: UUID) -> str:
        return shorten(value)
