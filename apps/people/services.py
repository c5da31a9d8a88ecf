"""What happens to a person across the apps below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import erasing, events, rehiring
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.states import LEFT, ErasedBecause, UserState
from apps.companies import services as companies
from apps.core import personal
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.events.services import record_many
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.states import ArchiveReason, AssetState
from apps.orders import services as orders
from apps.orders.models import Order
from apps.redeployments import services as redeployments
from apps.redeployments.models import Redeployment
from apps.returns import services as returns
from apps.returns.models import Return
from apps.shipping import services as shipping


class Way(models.TextChoices):
    """What becomes of the equipment of somebody who is archived."""

    ARCHIVED = "ARCHIVED", gettext_lazy("Written off")
    GIVEN_AWAY = "GIVEN_AWAY", gettext_lazy("Given to them")


REASONS = {
    Way.ARCHIVED: ArchiveReason.WRITTEN_OFF,
    Way.GIVEN_AWAY: ArchiveReason.GIVEN_AWAY,
}


@transaction.atomic
def archive(
    user: User,
    *,
    actor: Actor,
    way: str | None = None,
    reason: str,
    seen: str | None = None,
) -> User:
    """Archives the person; what they still hold is retired in the same transaction, in
    the given way.

    Raises Conflict `return_open` while something is being asked back, `order_open` or
    `redeployment_open` while something is to be sent to them, `still_holds` if they
    hold something and no way is given.
    """
    actor.require(Permission.PEOPLE_ARCHIVE, user.company_id)
    if way is not None and way not in Way.values:
        raise Invalid("bad_way", _("Say what becomes of the equipment."), field="way")
    inventory.lock(Asset.objects.held_by(user).values_list("id", flat=True))
    user = accounts.lock(user)
    if user.state == UserState.ARCHIVED:
        return user
    marks.require(user, seen)
    _require_nothing_open(user)
    held = list(Asset.objects.held_by(user).values_list("id", flat=True))
    if held and way is None:
        raise Conflict(
            "still_holds",
            ngettext(
                "%(name)s still has %(count)s asset: say what becomes of it.",
                "%(name)s still has %(count)s assets: say what becomes of them.",
                len(held),
            )
            % {"name": user.name, "count": len(held)},
            field="way",
        )
    moves = [
        inventory.Move(asset_id, AssetState.ARCHIVED, reason=REASONS[Way(way)])
        for asset_id in held
        if way is not None
    ]
    follows = actor.for_consequences(user.company_id, Permission.ASSETS_RETIRE)
    inventory.move_many(moves, actor=follows)
    return accounts.archive(user, actor=actor, reason=reason)


def _require_nothing_open(user: User) -> None:
    """Whoever starts one for them locks the person, too."""
    if ret := _first_open(Return, user):
        raise Conflict("return_open", _is_open(user, ret))
    if order := _first_open(Order, user):
        raise Conflict("order_open", _is_open(user, order))
    if redeployment := _first_open(Redeployment, user):
        raise Conflict("redeployment_open", _is_open(user, redeployment))


def _first_open(workflow: Any, user: User) -> Any:
    theirs = workflow.objects.filter(company_id=user.company_id, user=user)
    return theirs.unfinished().first()


def _is_open(user: User, workflow: Any) -> str:
    told = {"name": user.name, "reference": workflow.reference}
    sentence = _("%(name)s still has %(reference)s open: finish or cancel it first.")
    return sentence % told


def rehire(
    user: User,
    *,
    actor: Actor,
    start_on: date | None = None,
    seen: str | None = None,
) -> User:
    """Somebody who had left works here again: their history, and whatever they still
    hold, stays theirs. See `accounts.rehiring.rehire`."""
    actor.require(Permission.PEOPLE_REHIRE, user)
    return rehiring.rehire(user, actor=actor, start_on=start_on, seen=seen)


@transaction.atomic
def export_person(user: User, *, actor: Actor, thorough: bool = False) -> Iterator[str]:
    """Everything that is kept about somebody as one JSON document, in pieces; that it
    was taken out is recorded. Each app tells its part (`core.personal`).

    `thorough` also looks through all imported files of the company for rows that only
    name them: it takes as long as these are large, so no request does it.
    """
    actor.require(Permission.PEOPLE_DISCLOSE, user.company_id)
    found = User.objects.select_related("company", "login").get(pk=user.pk)
    record_many([accounts.draft(events.USER_EXPORTED, found)], actor=actor)
    about = {
        "company": found.company.name,
        "person_id": found.id,
        "made_at": timezone.now(),
        "has_all_imported_rows": thorough,
    }
    return personal.document(found, about, thorough=thorough)


@transaction.atomic
def erase(
    user: User,
    *,
    actor: Actor,
    reason: str,
    seen: str | None = None,
) -> User:
    """Makes somebody who has left anonymous, for good: name, addresses, notes, how they
    were reached and what they answered, their sign-in. Who had what, when, and what
    happened stay true, of somebody without a name. Mails and imported files are cleaned
    by whoever keeps them, after `user.erased`. Erased twice is once.

    Raises Conflict `not_left`, `order_open`, `return_open`, `redeployment_open`,
    `parcel_open`, `still_holds`, Invalid `no_reason`.
    """
    actor.require(Permission.PEOPLE_ERASE, user.company_id)
    if reason not in ErasedBecause.values:
        raise Invalid("no_reason", _("Say why they are erased."), field="reason")
    now = User.objects.get(pk=user.pk)
    if now.is_erased:
        return now
    _require_has_left(now)
    redeployments.forget(now, actor=actor)
    returns.forget(now, actor=actor)
    orders.forget(now, actor=actor)
    inventory.lock(Asset.objects.held_by(user).values_list("id", flat=True))
    inventory.forget(now, actor=actor)
    shipping.forget(now, actor=actor)
    user = accounts.lock(user)
    if user.is_erased:
        return user
    marks.require(user, seen)
    _require_has_left(user)
    _require_holds_nothing(user)
    emails = erasing.emails_of(user)
    erased = erasing.erase(user, actor=actor, reason=reason)
    companies.forget_contact(emails, actor=actor, company_id=user.company_id)
    return erased


def _require_has_left(user: User) -> None:
    if user.state not in LEFT:
        raise Conflict(
            "not_left",
            _("%(name)s works here: offboard or archive them first.")
            % {"name": user.name},
        )


def _require_holds_nothing(user: User) -> None:
    held = Asset.objects.held_by(user).count()
    if held:
        raise Conflict(
            "still_holds",
            ngettext(
                "%(name)s still has %(count)s asset: receive or archive it first.",
                "%(name)s still has %(count)s assets: receive or archive these first.",
                held,
            )
            % {"name": user.name, "count": held},
        )
