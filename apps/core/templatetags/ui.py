"""Tags of the page kit; docs/pages.md shows how each is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from django import template
from django.template.defaultfilters import date as format_date
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core import languages, times
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.money import CURRENCIES, shown
from apps.core.showing import Grouped

from .badges import BADGES

register = template.Library()

RELATIVE_FOR = timedelta(days=7)
_EXACT = "SHORT_DATETIME_FORMAT"
# Most rows of a list have these; `format_html` takes five times as long.
_SERIAL = '<button type="button" class="serial" data-copy title="%s">%s</button>'
_FACE = '<span class="face tint-%d" aria-hidden="true">%s</span>'


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    """Whether they hold it of anything: `{% if request.actor|may:"places.edit" %}`."""
    return actor is not None and actor.holds(Permission(permission))


@register.filter
def may_list(actor: Actor | None, permission: str) -> bool:
    """Whether they hold it of more than their own things, and so have a list."""
    asked = Permission(permission)
    return actor is not None and actor.holds(asked, beyond_own=True)


@register.filter
def grouped(count: Any) -> Any:
    """“200,000”, also where words are chosen by it: `count counter=rows|grouped`."""
    return Grouped(count) if isinstance(count, int) else count


@register.simple_tag
def seen(thing: Any, aspect: str = "", *, of_many: bool = False) -> SafeString:
    """What this page shows of the thing, or of one of those, that its form moves."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">',
        marks.field_of(thing) if of_many else marks.FIELD,
        marks.mark(thing, aspect),
    )


class Kept(template.Node):
    """Rendered once in each language, with nothing of the page that it stands on."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes
        self.known: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = languages.kept_for()
        if (found := self.known.get(language)) is None:
            found = self.known[language] = self.nodes.render(context.new())
        return found


@register.tag
def kept(parser: template.base.Parser, _token: object) -> Kept:
    """What is the same on every page of a language: there is no variable in it, no
    form key, and no block."""
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodes.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("a block may be another on each page")
    return Kept(nodes)


@register.simple_tag
def offered_languages() -> list[tuple[str, str]]:
    """Code and name; Django's own tag would translate the names."""
    return languages.choices()


@register.simple_tag
@lru_cache(maxsize=1_000)
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
@languages.per_language(2_000)
def state_badge(state: str, kind: str) -> SafeString:
    """Word and icon in the one colour of its meaning; the code in the title."""
    tone, symbol, label = BADGES[kind].get(state, ("grey", "dots", state))
    return format_html(
        '<span class="state {}" title="{}">{}{}</span>',
        tone,
        state or _("undecided"),
        icon(symbol),
        label,
    )


@register.simple_tag(takes_context=True)
def when(
    context: Mapping[str, Any], moment: datetime | None, zone: str = ""
) -> SafeString | str:
    """Relative within a week, absolute after; the exact time is the title."""
    if moment is None:
        return "–"
    where = ZoneInfo(zone) if zone else _zone(context)
    distance = timezone.now() - moment
    if timedelta(0) <= distance < RELATIVE_FOR:
        return _time(moment, _exact(moment, where), times.ago(distance))
    if -RELATIVE_FOR < distance < timedelta(0):
        return _time(moment, _exact(moment, where), times.ahead(-distance))
    return _on_a_day(moment, where)


def _time(moment: datetime, exact: str, text: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, text
    )


@languages.per_language(10_000)
def _on_a_day(moment: datetime, zone: ZoneInfo) -> SafeString:
    day = format_date(moment.astimezone(zone), "SHORT_DATE_FORMAT")
    return _time(moment, _exact(moment, zone), day)


@languages.per_language(10_000)
def _exact(moment: datetime, zone: ZoneInfo) -> str:
    return format_date(moment.astimezone(zone), _EXACT)


@register.simple_tag(takes_context=True)
def exact_time(context: Mapping[str, Any], moment: datetime) -> str:
    """Day and minute as plain text, for titles of pages."""
    return _exact(moment, _zone(context))


def _zone(context: Mapping[str, Any]) -> ZoneInfo:
    member = getattr(context.get("request"), "member", None)
    return ZoneInfo(member.company.time_zone if member else "UTC")


@register.simple_tag(takes_context=True)
def day(context: Mapping[str, Any], value: date | None) -> SafeString | str:
    """Of a moment, the day that it is on where the company is."""
    if value is None:
        return "–"
    zone = _zone(context)
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return _day(value, (value - timezone.localdate(timezone=zone)).days)


@languages.per_language(10_000)
def _day(value: date, days_ahead: int) -> SafeString:
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{format_date(value, 'l')}, {format_date(value)}",
        near.get(days_ahead) or format_date(value, "SHORT_DATE_FORMAT"),
    )


@register.simple_tag
@languages.per_language(10_000)
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """As the language writes it, with the currency's own digits; its name is the
    title."""
    if amount is None:
        return "–"
    known = CURRENCIES.get(currency)
    return format_html(
        '<span class="money" title="{}" translate="no">{}</span>',
        known.name if known else currency,
        shown(amount, currency),
    )


@register.simple_tag
def serial(text: str) -> SafeString | str:
    """Monospaced; a click copies it."""
    if not text:
        return "–"
    return SafeString(_SERIAL % (escape(_("Copy")), escape(text)))


@register.simple_tag
def avatar(name: str) -> SafeString:
    words = name.split() or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return SafeString(_FACE % (crc32(name.encode()) % 8, escape(letters.upper())))


@register.inclusion_tag("components/person.html")
def person_card(user: Any, line: str = "", link: bool = True) -> dict[str, Any]:
    return {"user": user, "line": line or user.email, "link": link}


CATEGORY_ICONS = {
    "LAPTOP": "laptop",
    "DESKTOP": "desktop",
    "MONITOR": "monitor",
    "PHONE": "phone",
    "TABLET": "phone",
    "KEYBOARD": "keyboard",
    "MOUSE": "mouse",
    "HEADSET": "headset",
    "PRINTER": "printer",
}


@register.inclusion_tag("components/asset.html")
def asset_row(asset: Any, line: str = "", link: bool = True) -> dict[str, Any]:
    symbol = CATEGORY_ICONS.get(asset.product.category, "box")
    return {"asset": asset, "line": line, "link": link, "symbol": symbol}


@register.inclusion_tag("components/parcel.html")
def parcel_card(shipment: Any) -> dict[str, Any]:
    return {"shipment": shipment}


@register.inclusion_tag("components/holder.html")
def holder(asset: Any) -> dict[str, Any]:
    return {"asset": asset}


@register.inclusion_tag("components/chips.html", takes_context=True)
def filter_chips(context: template.Context, form: Any) -> dict[str, Any]:
    """One removable chip per filter in use, of a bound GET form."""
    chips = []
    if form.is_bound and form.is_valid():
        for name, value in form.cleaned_data.items():
            if value in (None, "", [], False) or name in {"sort", "order"}:
                continue
            bound = form[name]
            if bound.is_hidden:
                continue
            query = context["request"].GET.copy()
            query.pop(name, None)
            query.pop("after", None)
            chips.append(
                {
                    "label": bound.label,
                    "value": _chosen(bound, value),
                    "url": "?" + query.urlencode(),
                }
            )
    return {"chips": chips}


def _chosen(bound: Any, value: Any) -> str:
    choices = getattr(bound.field, "choices", None)
    for key, label in choices or []:
        if str(key) == str(value):
            return str(label)
    return _("yes") if value is True else str(value)


@register.inclusion_tag("components/load_more.html", takes_context=True)
def load_more(context: template.Context, page: Any, cols: int = 0) -> dict[str, Any]:
    query = context["request"].GET.copy()
    query["after"] = page.after
    return {"page": page, "cols": cols, "url": "?" + query.urlencode()}


@register.inclusion_tag("components/stacked_bar.html")
def stacked_bar(parts: list[dict[str, Any]]) -> dict[str, Any]:
    total = sum(part["value"] for part in parts)
    shares = [{**part, "share": 100 * part["value"] / total} for part in parts if total]
    return {"parts": shares}
