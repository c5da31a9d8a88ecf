"""What waits for an admin, each with its next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.actor import Actor
from apps.imports.models import Batch
from apps.imports.states import WRITTEN, BatchState
from apps.notifications.models import Message
from apps.notifications.states import MessageState
from apps.returns.models import Return, ReturnLine
from apps.returns.progress import in_group
from apps.returns.states import FAILED, ReturnState
from apps.shipping.models import Shipment
from apps.shipping.states import ShipmentState

RETURNS_SHOWN = 6
IMPORTS_SHOWN = 3
# A refused row that nobody repaired by then is left as it is.
IMPORT_IS_RECENT = timedelta(days=14)


UNFINISHED = [
    BatchState.UPLOADED,
    BatchState.STOPPED,
    BatchState.FAILED,
    BatchState.UNDO_STOPPED,
]


@dataclass(frozen=True, slots=True)
class Need:
    icon: str
    tone: str
    title: str
    text: str
    url: str
    step: str


def failed_parcels(actor: Actor) -> QuerySet[Shipment]:
    """Those of no return: the others stand with their return."""
    return Shipment.objects.visible_to(actor).filter(
        state=ShipmentState.FAILED, return_lines__isnull=True
    )


def failed_mails(actor: Actor) -> QuerySet[Message]:
    return Message.objects.visible_to(actor).filter(state=MessageState.FAILED)


def all_of(actor: Actor, now: datetime, *, parcels: int, mails: int) -> list[Need]:
    """`parcels` and `mails` are how many have failed."""
    return [
        *_returns(actor, now),
        *_parcels(parcels),
        *_mails(mails),
        *_imports(actor, now),
    ]


def _returns(actor: Actor, now: datetime) -> Iterator[Need]:
    undecided = ReturnLine.objects.filter(ret=OuterRef("pk"), decision="", outcome="")
    waiting = (
        Return.objects.visible_to(actor)
        .filter(in_group("needs-you", now))
        .annotate(has_undecided=Exists(undecided))
    )
    oldest = waiting.for_list().order_by("closes_at", "id")
    rows = list(oldest[: RETURNS_SHOWN + 1])
    for ret in rows[:RETURNS_SHOWN]:
        yield _return(ret, now)
    if len(rows) > RETURNS_SHOWN:
        yield Need(
            "return",
            "amber",
            _("More returns need you"),
            _("These were the oldest ones."),
            f"{reverse('returns:list')}?group=needs-you",
            _("See them all"),
        )


def _return(ret: Return, now: datetime) -> Need:
    name, reference = ret.user.name, ret.reference
    if ret.state in FAILED.values():
        reason, step, tone = _("the parcel failed"), _("Arrange it again"), "red"
    elif ret.state == ReturnState.EMPLOYEE_NOT_RESPONDING:
        reason, step, tone = _("no answer after two reminders"), _("Call them"), "amber"
    elif ret.has_undecided:
        reason, step, tone = _("items without a decision"), _("Decide"), "amber"
    else:
        days = max((now - ret.closes_at).days, 1)
        reason = ngettext("overdue by %(n)s day", "overdue by %(n)s days", days) % {
            "n": days
        }
        step, tone = _("See what is missing"), "amber"
    title = _("%(name)s: %(reason)s") % {"name": name, "reason": reason}
    kind = ret.get_kind_display()
    text = f"{kind} {reference}"
    return Need("return", tone, title, text, ret.get_absolute_url(), step)


def _parcels(count: int) -> Iterator[Need]:
    if count:
        title = ngettext(
            "%(n)s parcel could not be delivered",
            "%(n)s parcels could not be delivered",
            count,
        ) % {"n": count}
        url = f"{reverse('inventory:list')}?state=IN_TRANSIT"
        yield Need(
            "truck", "red", title, _("Ask the carrier."), url, _("See what is in it")
        )


def _mails(count: int) -> Iterator[Need]:
    if count:
        title = ngettext(
            "%(n)s mail could not be sent", "%(n)s mails could not be sent", count
        ) % {"n": count}
        text = _("The mail server refused it several times.")
        url = f"{reverse('notifications:list')}?state={MessageState.FAILED}"
        yield Need("mail", "red", title, text, url, _("See why"))


def _imports(actor: Actor, now: datetime) -> Iterator[Need]:
    has_work = Q(*((f"counts__{name}__gt", 0) for name in WRITTEN), _connector=Q.OR)
    waiting = (
        Batch.objects.visible_to(actor)
        .filter(created_at__gt=now - IMPORT_IS_RECENT)
        .filter(
            Q(state__in=UNFINISHED)
            | Q(state=BatchState.PLANNED) & has_work
            | Q(counts__REFUSED__gt=0) & ~Q(state=BatchState.UNDONE)
        )
    )
    for batch in waiting.select_related("file")[:IMPORTS_SHOWN]:
        yield _import(batch)


def _import(batch: Batch) -> Need:
    refused = batch.counts.get("REFUSED", 0)
    reasons = {
        BatchState.UPLOADED: (_("its columns wait to be checked"), _("Check columns")),
        BatchState.PLANNED: (_("its plan is ready to be applied"), _("See the plan")),
        BatchState.STOPPED: (_("it was stopped half-way"), _("Go on")),
        BatchState.FAILED: (_("it failed"), _("See why")),
        BatchState.UNDO_STOPPED: (_("it is half undone"), _("Go on")),
    }
    has_work = batch.to_write
    is_idle = batch.state == BatchState.PLANNED and not has_work
    if batch.state in reasons and not is_idle:
        reason, step = reasons[BatchState(batch.state)]
    else:
        reason = ngettext(
            "%(n)s row was refused", "%(n)s rows were refused", refused
        ) % {"n": refused}
        step = _("Download and repair")
    is_failed = batch.state == BatchState.FAILED
    return Need(
        "upload",
        "red" if is_failed else "amber",
        _("Import of %(file)s: %(reason)s")
        % {"file": batch.file.name, "reason": reason},
        batch.get_kind_display(),
        batch.get_absolute_url(),
        step,
    )
