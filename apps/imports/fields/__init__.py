"""The fields a column can fill, and the headers by which files name them.

The aliases follow the exports of Snipe-IT, Shelf, Jamf, Intune and BambooHR, and
home-made sheets in English, German, Polish and French.
"""

from .assets import ASSET_FIELDS
from .base import Field, Kind, Value
from .people import PEOPLE_FIELDS

__all__ = [
    "ASSET_FIELDS",
    "FIELDS",
    "PEOPLE_FIELDS",
    "Field",
    "Kind",
    "Value",
    "field_named",
]

FIELDS = {Kind.ASSETS: ASSET_FIELDS, Kind.PEOPLE: PEOPLE_FIELDS}


def field_named(kind: Kind, name: str) -> Field:
    return next(field for field in FIELDS[kind] if field.name == name)
