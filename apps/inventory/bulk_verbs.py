"""What may be done to many assets at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core.actor import Actor, Permission
from apps.core.bulk_verbs import Outcomes, Parameters, Things, Verb, declare
from apps.core.errors import DomainError
from apps.core.lists import shown

from . import services
from .forms import HandOverForm, PlaceForm, RetireForm
from .lists import ASSETS as LIST
from .models import Asset
from .states import AssetState, Grade

ASSETS = Things(
    "assets", Asset.objects.visible_to, partial(shown, LIST), "inventory:list"
)


def _move(
    assets: Sequence[Asset],
    state: AssetState,
    *,
    actor: Actor,
    holder: User | Address | None = None,
    reason: str = "",
) -> Outcomes:
    before = {
        one.pk: one.updated_at for one in services.lock([one.pk for one in assets])
    }
    refused: dict[UUID, DomainError] = {}
    moves = [services.Move(pk, state, holder, reason) for pk in before]
    moved = services.move_many(moves, actor=actor, refused=refused)
    same = {one.pk for one in moved if one.updated_at == before[one.pk]}
    return Outcomes({**refused}, same - refused.keys())


def _hand_over(assets: Sequence[Asset], *, actor: Actor, person: User) -> Outcomes:
    return _move(assets, AssetState.ACTIVE, actor=actor, holder=person)


HAND_OVER = declare(
    Verb(
        name="assets.hand_over",
        things=ASSETS,
        permission=Permission.ASSETS_HAND_OVER,
        label=_("Hand over"),
        title=ngettext_lazy(
            "Hand over %(count)s asset", "Hand over %(count)s assets", "count"
        ),
        form=HandOverForm,
        many=_hand_over,
        icon="user",
    )
)


def _store(assets: Sequence[Asset], *, actor: Actor, address: Address) -> Outcomes:
    return _move(assets, AssetState.STORAGE, actor=actor, holder=address)


STORE = declare(
    Verb(
        name="assets.store",
        things=ASSETS,
        permission=Permission.ASSETS_RECEIVE,
        label=_("Put into storage"),
        title=ngettext_lazy(
            "Put %(count)s asset into storage",
            "Put %(count)s assets into storage",
            "count",
        ),
        form=PlaceForm,
        many=_store,
        icon="building",
    )
)


class GradeForm(Parameters):
    grade = forms.ChoiceField(
        label=_("Grade"), choices=[("", _("Choose a grade")), *Grade.choices]
    )


def _grade(asset: Asset, *, actor: Actor, grade: str) -> bool:
    (before,) = services.lock([asset.pk])
    return services.grade(asset, grade, actor=actor).updated_at != before.updated_at


GRADE = declare(
    Verb(
        name="assets.grade",
        things=ASSETS,
        permission=Permission.ASSETS_INSPECT,
        label=_("Grade"),
        title=ngettext_lazy("Grade %(count)s asset", "Grade %(count)s assets", "count"),
        form=GradeForm,
        each=_grade,
        icon="check",
    )
)


class RetireManyForm(Parameters, RetireForm):
    pass


def _retire(assets: Sequence[Asset], *, actor: Actor, reason: str) -> Outcomes:
    return _move(assets, AssetState.ARCHIVED, actor=actor, reason=reason)


ARCHIVE = declare(
    Verb(
        name="assets.archive",
        things=ASSETS,
        permission=Permission.ASSETS_RETIRE,
        label=_("Archive"),
        title=ngettext_lazy(
            "Archive %(count)s asset", "Archive %(count)s assets", "count"
        ),
        form=RetireManyForm,
        many=_retire,
        consequences=[
            _("They leave the register at once: whoever has one no longer has it."),
            _("Their serial numbers are free for other devices; their history stays."),
            _("What is found again is put into storage on its page."),
        ],
        ends=True,
        icon="archive",
    )
)
