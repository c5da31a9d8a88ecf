"""The items of a return: what happens with each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.returns import events
from apps.returns.models import Return, ReturnLine
from apps.returns.payloads import item
from apps.returns.states import ENDS, Decision, Outcome
from apps.shipping.states import UNDER_WAY

from . import steps

_CLOSES_ON_THE_DAY = {
    Decision.GIVE_AWAY: Outcome.GIVEN_AWAY,
    Decision.WRITE_OFF: Outcome.WRITTEN_OFF,
}


def require_decision(
    decision: str, reason: str = "", *, reason_field: str = "reason"
) -> None:
    """Raises Invalid `unknown_decision`; `no_reason` for what leaves the register."""
    if decision not in Decision.values:
        raise Invalid(
            "unknown_decision",
            _("Decide: return, give away, already back or write off."),
            field="items",
        )
    if decision in ENDS and not reason.strip():
        raise Invalid(
            "no_reason",
            _("Say why it leaves the register."),
            field=reason_field,
        )


@transaction.atomic
def decide(
    line: ReturnLine,
    decision: str,
    *,
    actor: Actor,
    reason: str = "",
    at: datetime | None = None,
    seen: str | None = None,
) -> ReturnLine:
    """Decides one open item (again). Raises Conflict `line_closed`, `line_on_its_way`
    or `changed_meanwhile`."""
    actor.require(Permission.RETURNS_DECIDE, line)
    actor = actor.for_consequences(line.company_id, *steps.CLOSING)
    require_decision(decision, reason)
    ret = steps.lock(line.ret_id)
    line = ret.lines.select_related("asset__product", "shipment").get(pk=line.pk)
    if line.decision == decision and line.reason == reason:
        return line
    steps.require_unfinished(ret)
    if not line.is_open:
        raise Conflict(
            "line_closed", _("%(asset)s is settled.") % {"asset": line.asset}
        )
    if line.shipment and line.shipment.state in UNDER_WAY:
        raise Conflict(
            "line_on_its_way",
            _("%(asset)s is in a parcel already.") % {"asset": line.asset},
        )
    marks.require(line, seen)
    before, line.decision, line.reason = line.decision, decision, reason[:255]
    line.updated_at = at or timezone.now()
    line.save(update_fields=["decision", "reason", "updated_at"])
    steps.touch(ret)
    steps.record(
        events.RETURN_ITEM_DECIDED,
        ret,
        actor=actor,
        refs=[line.asset_id],
        at=at,
        **item(line),
        decision_before=before,
        decision=decision,
        has_reason=bool(reason.strip()),
    )
    close_what_is_due(ret, actor=actor, at=at)
    steps.settle(ret, actor=actor, at=at)
    line.refresh_from_db()
    return line


@transaction.atomic
def add_item(
    ret: Return,
    asset: Asset,
    *,
    actor: Actor,
    decision: str = Decision.RETURN,
    seen: str | None = None,
) -> ReturnLine:
    """Adds something else the person holds. Raises Invalid `not_held`."""
    actor.require(Permission.RETURNS_DECIDE, ret)
    actor = actor.for_consequences(ret.company_id, *steps.CLOSING)
    require_decision(decision)
    ret = steps.lock(ret)
    existing = ret.lines.filter(asset=asset).first()
    if existing is not None:
        return existing
    (asset,) = inventory.lock([asset.pk])
    marks.require(asset, seen)
    steps.require_unfinished(ret)
    if asset.user_id != ret.user_id:
        raise Invalid(
            "not_held",
            _("%(name)s does not hold the asset %(asset)s.")
            % {"name": ret.user.name, "asset": asset},
            field="user_equipment_id",
        )
    line = steps.add_line(ret, asset, actor=actor, decision=decision)
    close_what_is_due(ret, actor=actor)
    return line


def close_what_is_due(ret: Return, *, actor: Actor, at: datetime | None = None) -> None:
    """ALREADY_BACK closes at once; give-aways and write-offs when the day has come."""
    now = at or timezone.now()
    has_come = now >= ret.closes_at
    for line in steps.open_lines(ret):
        if line.decision == Decision.ALREADY_BACK:
            outcome = Outcome.ALREADY_BACK
        elif has_come and line.decision in _CLOSES_ON_THE_DAY:
            outcome = _CLOSES_ON_THE_DAY[Decision(line.decision)]
        else:
            continue
        steps.close_lines(ret, [line], outcome, actor=actor, at=at)
    if has_come and ret.closed_at is None:
        ret.closed_at = now
        ret.save(update_fields=["closed_at"])


@transaction.atomic
def close_due(ret_id: UUID, *, actor: Actor, at: datetime | None = None) -> None:
    """The last working day (or start) has come. Safe to call twice."""
    ret = steps.lock(ret_id)
    actor.require(Permission.RETURNS_ADVANCE, ret)
    actor = actor.for_consequences(ret.company_id, *steps.CLOSING)
    now = at or timezone.now()
    if ret.is_finished or ret.paused_from or ret.closed_at or now < ret.closes_at:
        return
    close_what_is_due(ret, actor=actor, at=at)
    steps.settle(ret, actor=actor, at=at)
