"""How long ago, and how long until, as whole sentences of a language."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(distance: timedelta) -> str:
    """In whole days, hours or minutes, rounded down."""
    if distance < _MINUTE:
        return _("just now")
    if distance < _HOUR:
        count = distance // _MINUTE
        text = ngettext("%(count)d minute ago", "%(count)d minutes ago", count)
    elif distance < _DAY:
        count = distance // _HOUR
        text = ngettext("%(count)d hour ago", "%(count)d hours ago", count)
    else:
        count = distance // _DAY
        text = ngettext("%(count)d day ago", "%(count)d days ago", count)
    return text % {"count": count}


def ahead(distance: timedelta) -> str:
    """As `ago`; at least a minute."""
    if distance < _HOUR:
        count = max(1, distance // _MINUTE)
        text = ngettext("in %(count)d minute", "in %(count)d minutes", count)
    elif distance < _DAY:
        count = distance // _HOUR
        text = ngettext("in %(count)d hour", "in %(count)d hours", count)
    else:
        count = distance // _DAY
        text = ngettext("in %(count)d day", "in %(count)d days", count)
    return text % {"count": count}


_MONTHLY, _YEARLY = 61, 731  # from so many days on they are told in months, in years


def days_ago(days: int) -> str:
    """Of a day: in days, months or years, rounded down."""
    unit, count = _in_units(days)
    if unit == "today":
        return _("today")
    if unit == "days":
        text = ngettext("%(count)d day ago", "%(count)d days ago", count)
    elif unit == "months":
        text = ngettext("%(count)d month ago", "%(count)d months ago", count)
    else:
        text = ngettext("%(count)d year ago", "%(count)d years ago", count)
    return text % {"count": count}


def days_ahead(days: int) -> str:
    """As `days_ago`."""
    unit, count = _in_units(days)
    if unit == "today":
        return _("today")
    if unit == "days":
        text = ngettext("in %(count)d day", "in %(count)d days", count)
    elif unit == "months":
        text = ngettext("in %(count)d month", "in %(count)d months", count)
    else:
        text = ngettext("in %(count)d year", "in %(count)d years", count)
    return text % {"count": count}


def _in_units(days: int) -> tuple[str, int]:
    if days == 0:
        return "today", 0
    if days < _MONTHLY:
        return "days", days
    if days < _YEARLY:
        return "months", days * 12 // 365
    return "years", days * 100 // 36525
