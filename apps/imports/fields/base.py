"""What a field is that a column can fill."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise


class Kind(enum.StrEnum):
    ASSETS = "ASSETS"
    PEOPLE = "PEOPLE"


class Value(enum.StrEnum):
    """What the cells of a field are; each has its converter in `values`."""

    TEXT = "TEXT"
    CODE = "CODE"
    SERIAL = "SERIAL"
    EMAIL = "EMAIL"
    DATE = "DATE"
    MONEY = "MONEY"
    CURRENCY = "CURRENCY"
    MONTHS = "MONTHS"
    BOOLEAN = "BOOLEAN"
    COUNTRY = "COUNTRY"
    CATEGORY = "CATEGORY"
    STATUS = "STATUS"
    CONDITION = "CONDITION"


@dataclass(frozen=True, slots=True)
class Field:
    """A place in our records that a column can fill.

    `aliases`, separated by semicolons, mean this field and nothing else; `likely`
    ones give way to them.
    """

    name: str
    label: str | Promise
    value: Value
    aliases: str
    likely: str = ""
