"""What may be done to many assets at once about their return."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.bulk_verbs import Outcomes, Verb, declare
from apps.core.errors import Conflict
from apps.inventory.bulk_verbs import ASSETS
from apps.inventory.models import Asset

from . import services, texts
from .models import ReturnLine
from .states import UNFINISHED, Outcome


def _ask_back(assets: Sequence[Asset], *, actor: Actor) -> Outcomes:
    ids = [asset.pk for asset in assets]
    lines = ReturnLine.objects.filter(asset__in=ids, outcome=Outcome.OPEN)
    asked = lines.filter(ret__state__in=UNFINISHED).values_list("asset_id", flat=True)
    nobody = Conflict(texts.NOBODY_HAS_IT())
    outcomes = Outcomes(
        refused={asset.pk: nobody for asset in assets if asset.user_id is None},
        unchanged=set(asked),
    )
    left = [a for a in assets if a.user_id and a.pk not in outcomes.unchanged]
    # Of one person, unless it has gone to somebody else since it was selected.
    by_holder = attrgetter("user_id")
    for user_id, theirs in groupby(sorted(left, key=by_holder), by_holder):
        found = User.objects.select_related("company", "country")
        wanted = [asset.pk for asset in theirs]
        services.ask_back(found.get(pk=user_id), actor=actor, asset_ids=wanted)
    return outcomes


ASK_BACK = declare(
    Verb(
        name="assets.ask_back",
        things=ASSETS,
        permission=Permission.RETURNS_START,
        label=_("Ask back"),
        title=ngettext_lazy(
            "Ask %(count)s asset back", "Ask %(count)s assets back", "count"
        ),
        many=_ask_back,
        together="user_id",
        consequences=[
            _("Each person is asked once, by mail, for all that they have of these."),
            _("Who is being asked for something else already gives it all together."),
        ],
        icon="return",
    )
)
