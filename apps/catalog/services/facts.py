"""What a product says of itself, and how it is made clean."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.catalog import texts
from apps.catalog.models import Category, Product
from apps.core import keys
from apps.core.clean import one_line
from apps.core.errors import Invalid

# What the verbs of products change; prices and whether it is sold are others' to say.
FACTS = (
    "name",
    "category",
    "manufacturer",
    "model_number",
    "specification",
    "subtype",
    "sku",
    "ean",
    "image_url",
)
_LINES = ("name", "manufacturer", "model_number", "subtype", "sku", "ean", "image_url")
_LONGEST = {name: Product._meta.get_field(name).max_length for name in _LINES}
_EAN = re.compile(r"\d{8}|\d{12,14}")
MOST_LINES = 200  # of a specification
LONGEST_VALUE = 1000


def key(name: str | None, model_number: str | None = None) -> tuple[str, str] | None:
    """What makes a product one and the same inside a company; None without a name."""
    named = keys.key(name)
    return (named, keys.key(model_number) or "") if named else None


def tidy(product: Product) -> None:
    """Names as they are compared, but for their case.

    Raises Invalid with the field: `no_name`, `too_long`, `bad_category`, `bad_ean`,
    `bad_url`, `bad_specification`.
    """
    for name in _LINES:
        text = one_line(getattr(product, name))
        setattr(product, name, text)
        if len(text) > (_LONGEST[name] or len(text)):
            raise Invalid(texts.TOO_LONG(), field=name)
    if key(product.name) is None:
        raise Invalid(texts.NO_NAME(), field="name")
    if product.category not in Category.values:
        told = _("There is no such category: %(choices)s.")
        choices = ", ".join(Category.values)
        raise Invalid("bad_category", told % {"choices": choices}, field="category")
    _require_ean(product.ean)
    _require_url(product.image_url)
    _require_specification(product.specification)


def _require_ean(ean: str) -> None:
    if not ean:
        return
    digits = [int(digit) for digit in ean] if _EAN.fullmatch(ean) else [1]
    weighted = (
        digit * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))
    )
    if sum(weighted) % 10:
        told = _("An EAN has 8, 12, 13 or 14 digits, the last of which checks them.")
        raise Invalid("bad_ean", told, field="ean")


def _require_url(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or " " in url:
        told = _("Enter a whole web address: https://…")
        raise Invalid("bad_url", told, field="image_url")


def _require_specification(lines: object) -> None:
    is_list = isinstance(lines, list) and len(lines) <= MOST_LINES
    if not is_list or not all(map(_is_line, lines)):  # type: ignore[arg-type]
        told = _('A specification is a list of one-key objects: [{"RAM": "16 GB"}].')
        raise Invalid("bad_specification", told, field="specification")


def _is_line(line: object) -> bool:
    if not isinstance(line, dict) or len(line) != 1:
        return False
    return all(
        isinstance(text, str) and len(text) <= LONGEST_VALUE and "\0" not in text
        for pair in line.items()
        for text in pair
    )
