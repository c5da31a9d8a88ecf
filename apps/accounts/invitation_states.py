from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class InvitationState(models.TextChoices):
    OPEN = "OPEN", _("Not answered yet")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


_S = InvitationState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.OPEN: frozenset({_S.ACCEPTED, _S.DECLINED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
DOORS = (
    door(
        {_S.OPEN},
        {_S.ACCEPTED},
        "accounts.membership.accept",
        "page accounts:invitation",
    ),
    door(
        {_S.OPEN},
        {_S.DECLINED},
        "accounts.membership.decline",
        "page accounts:invitation",
    ),
    door(
        {_S.OPEN},
        {_S.WITHDRAWN},
        "accounts.membership.withdraw",
        "page people:withdraw_invitation",
    ),
    final(
        {_S.ACCEPTED, _S.DECLINED, _S.WITHDRAWN},
        "Whoever is to be invited again gets a new invitation.",
    ),
)
