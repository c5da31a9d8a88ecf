"""What the forms of returns show, and so compare (`core.seen`)."""

from __future__ import annotations

from apps.accounts.delivery import PLACE
from apps.core import seen
from apps.shipping.models import Shipment

from .models import Return, ReturnLine
from .states import CONTACTING

ANSWER = "answer"
PARCEL = "parcel"
# Whom a carrier meets, and where.
PICK_UP = ("full_name", "phone", *PLACE)


def register() -> None:
    seen.register(Return, of_return, "returns/_now.html")
    seen.register(Return, of_answer, "returns/_now.html", aspect=ANSWER)
    seen.register(
        ReturnLine,
        of_line,
        "returns/_now_line.html",
        about=lambda line: line.asset_id,
    )
    seen.register(Shipment, of_parcel, "returns/_now_parcel.html", aspect=PARCEL)


def of_return(ret: Return) -> list[object]:
    """Its state, day and items. Reminders that leave by themselves change nothing for
    whoever pauses or cancels it."""
    days = (ret.last_working_on, ret.starts_at, ret.materials_sent_at)
    return [_phase(ret), *days, ret.answered_at, *_items(ret)]


def of_answer(ret: Return) -> list[object]:
    """What was answered, where to, and what is asked back."""
    answered = (ret.answered_at, ret.method, ret.ready_on, ret.wants_packaging)
    where = [getattr(ret, name) for name in PICK_UP]
    return [_phase(ret), *answered, *where, ret.message, *_items(ret)]


def of_line(line: ReturnLine) -> list[object]:
    parcel = line.shipment.state if line.shipment else ""
    return [line.decision, line.reason, line.outcome, line.shipment_id, parcel]


def of_parcel(shipment: Shipment) -> list[object]:
    """Its state, and what is still expected in it."""
    expected = ReturnLine.objects.filter(shipment=shipment, outcome="")
    ids = expected.order_by("id").values_list("id", flat=True)
    return [shipment.state, *ids]


def _phase(ret: Return) -> str:
    return "CONTACTING" if ret.state in CONTACTING else ret.state


def _items(ret: Return) -> list[tuple[object, ...]]:
    lines = ret.lines.order_by("id")
    names = ("id", "decision", "outcome", "shipment_id", "shipment__state")
    return list(lines.values_list(*names))
