"""What is asked before something of a return ends, and what is told afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import User
from apps.core.confirm import ask
from apps.inventory.models import Asset
from apps.inventory.receiving import ReceivingForm
from apps.shipping.models import Shipment
from apps.shipping.states import ShipmentState

from . import schedule
from .forms import StartForm
from .models import Return, ReturnLine
from .states import ENDS, Decision


def of_decision(
    request: HttpRequest, line: ReturnLine, decision: str
) -> HttpResponse | None:
    if decision not in ENDS:
        return None
    ret, asset = line.ret, str(line.asset)
    words = {"asset": asset, "name": ret.user.name}
    if ret.closes_at <= timezone.now():
        when = _("1 device, %(asset)s, leaves the register at once.") % words
    else:
        day = timezone.localtime(ret.closes_at, ret.user.zone(ret.company))
        words["day"] = date_format(day, "SHORT_DATE_FORMAT")
        when = _(
            "1 device, %(asset)s, leaves the register on %(day)s; until then you can "
            "decide again."
        )
        when %= words
    kept = (
        _("%(name)s keeps it for good, and is not asked for it.")
        if decision == Decision.GIVE_AWAY
        else _("%(name)s no longer has it, and is not asked for it.")
    )
    later = _("If it is found again, put it into storage on its page.")
    return ask(
        request,
        heading=f"{Decision(decision).label}: {asset}?",
        consequences=[when, kept % words, later],
        submit=str(Decision(decision).label),
        back=ret.get_absolute_url(),
    )


def of_start(request: HttpRequest, form: StartForm) -> HttpResponse | None:
    """Before an offboarding starts with items that its person keeps or has lost."""
    chosen = form.values()
    decisions, reasons = chosen.get("decisions", {}), chosen.get("reasons", {})
    ending = [(a, decisions[a.pk]) for a in form.assets if decisions.get(a.pk) in ENDS]
    is_complete = all(reasons[asset.pk] for asset, _decision in ending)
    if not ending or not is_complete:
        return None
    person, day = form.person, form.cleaned_data["day"]
    is_at_once = schedule.day_starts(day, person.company) <= timezone.now()
    return ask(
        request,
        heading=_("Start the offboarding of %(name)s?") % {"name": person.name},
        consequences=_endings(ending, person, None if is_at_once else day),
        submit=_("Start offboarding"),
        back=request.get_full_path(),
    )


def of_reschedule(request: HttpRequest, ret: Return, day: date) -> HttpResponse | None:
    """Before a day that has come already ends what waits for it."""
    if schedule.day_starts(day, ret.company) > timezone.now():
        return None
    lines = ret.lines.filter(outcome="", decision__in=ENDS).select_related("asset")
    ending = [(line.asset, line.decision) for line in lines.order_by("id")]
    if not ending:
        return None
    return ask(
        request,
        heading=_("Change the day of %(reference)s?") % {"reference": ret},
        consequences=_endings(ending, ret.user, None),
        submit=_("Change the day"),
        back=ret.get_absolute_url(),
    )


def _endings(
    ending: Sequence[tuple[Asset, str]], person: User, day: date | None
) -> Iterator[str]:
    """Each device that leaves the register: on the day, or at once."""
    for asset, decision in ending:
        told = _TOLD[Decision(decision), day is not None]
        words = {"asset": asset, "name": person.name}
        yield told % {**words, "day": date_format(day, "j M Y") if day else ""}
    if day is not None:
        yield _("Until then you can decide again.")
    yield _("If something is found again, put it into storage on its page.")


_TOLD = {
    (Decision.GIVE_AWAY, True): gettext_lazy(
        "%(asset)s: %(name)s keeps it for good. It leaves the register on %(day)s."
    ),
    (Decision.GIVE_AWAY, False): gettext_lazy(
        "%(asset)s: %(name)s keeps it for good. It leaves the register at once."
    ),
    (Decision.WRITE_OFF, True): gettext_lazy(
        "%(asset)s is written off. It leaves the register on %(day)s."
    ),
    (Decision.WRITE_OFF, False): gettext_lazy(
        "%(asset)s is written off. It leaves the register at once."
    ),
}


def of_parcel_step(
    request: HttpRequest, ret: Return, shipment: Shipment, step: dict[str, Any]
) -> HttpResponse | None:
    if not step["confirm"]:
        return None
    inside = _open_lines(shipment)
    told = [str(step["confirm"])]
    if inside:
        text = ngettext(
            "%(count)d item: %(items)s.", "%(count)d items: %(items)s.", len(inside)
        )
        told.append(text % {"count": len(inside), "items": _named(inside)})
    if step["state"] == ShipmentState.LOST:
        told.append(_("What is found again is put into storage on its own page."))
    return ask(
        request,
        heading=f"{shipment}: {step['label']}?",
        consequences=told,
        submit=str(step["label"]),
        back=ret.get_absolute_url(),
    )


def of_parcel(request: HttpRequest, parcel: Shipment, back: str) -> HttpResponse | None:
    """Before it is closed although something is missing."""
    missing = _open_lines(parcel)
    text = ngettext(
        "%(count)d item has not been received and counts as still with the person, who "
        "is asked again: %(items)s.",
        "%(count)d items have not been received and count as still with the person, "
        "who is asked again: %(items)s.",
        len(missing),
    )
    told = [text % {"count": len(missing), "items": _named(missing)}] if missing else []
    told.append(_("What turns up later can be received all the same."))
    return ask(
        request,
        heading=_("Close %(parcel)s?") % {"parcel": parcel},
        consequences=told,
        submit=_("Close parcel"),
        back=back,
    )


def of_return(request: HttpRequest, ret: Return) -> HttpResponse | None:
    """Before it is hidden."""
    return ask(
        request,
        heading=_("Delete %(reference)s?") % {"reference": ret},
        consequences=[
            _("It disappears from the list of returns, and can't be shown again."),
            _("Its history is kept, with that of its items and of %(name)s.")
            % {"name": ret.user.name},
        ],
        submit=_("Delete"),
        back=ret.get_absolute_url(),
    )


def _open_lines(parcel: Shipment) -> list[ReturnLine]:
    found = ReturnLine.objects.filter(shipment=parcel, outcome="")
    return list(found.select_related("asset").order_by("id"))


def _named(lines: list[ReturnLine]) -> str:
    return ", ".join(str(line.asset) for line in lines)


def told_of_receiving(form: ReceivingForm) -> str:
    """How many were received, how many of them without a look, how many were not."""
    here = form.grades()
    ungraded = sum(grade is None for grade in here.values())
    text = ngettext(
        "%(count)d item received: it is in storage.",
        "%(count)d items received: they are in storage.",
        len(here),
    )
    parts = [text % {"count": len(here)}]
    if ungraded:
        text = ngettext(
            "%(count)d without a condition: grade it on its page.",
            "%(count)d without a condition: grade them on their pages.",
            ungraded,
        )
        parts.append(text % {"count": ungraded})
    if skipped := len(form.assets) - len(here):
        text = ngettext("%(count)d skipped.", "%(count)d skipped.", skipped)
        parts.append(text % {"count": skipped})
    return " ".join(parts)
