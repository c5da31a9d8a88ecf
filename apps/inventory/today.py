"""What the facts of a device mean today, as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.core import times
from apps.core.actor import Actor
from apps.core.money import shown

from .fields import FIELDS
from .models import Asset
from .states import AssetState

SOON = 60  # days in which a warranty that ends wants somebody's decision


@dataclass(frozen=True)
class Notice:
    """`tone` and `icon` as state badges have them."""

    tone: str
    icon: str
    text: str


def notices(asset: Asset, actor: Actor, today: date) -> list[Notice]:
    """On warranty and money, as far as the actor may see them; none of what has left
    the register."""
    if asset.state == AssetState.ARCHIVED:
        return []
    return [*_warranty(asset, today), *_purchase(asset, actor, today)]


def _warranty(asset: Asset, today: date) -> Iterator[Notice]:
    if (end := asset.warranty_ends_on) is None:
        return
    days = (end - today).days
    if days < 0:
        text = _("Warranty ended %(when)s") % {"when": times.days_ago(-days)}
        yield Notice("grey", "clock", text)
    elif days <= SOON:
        text = _("Warranty ends %(when)s") % {"when": times.days_ahead(days)}
        yield Notice("amber", "alert", text)
    else:
        text = _("Under warranty, which ends %(when)s")
        yield Notice("green", "check", text % {"when": times.days_ahead(days)})


def _purchase(asset: Asset, actor: Actor, today: date) -> Iterator[Notice]:
    day, amount = asset.purchased_on, asset.purchase_price
    right = FIELDS["purchase_price"].seen_with
    if amount is not None and (right is None or actor.holds(right)):
        price = shown(amount, asset.currency)
    else:
        price = ""
    if day is None or day > today:
        return
    when = times.days_ago((today - day).days)
    if price:
        text = _("Bought %(when)s for %(price)s") % {"when": when, "price": price}
    else:
        text = _("Bought %(when)s") % {"when": when}
    yield Notice("grey", "coin", text)
