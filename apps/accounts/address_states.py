from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class AddressChangeState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DONE = "DONE", _("Done")
    STOPPED = "STOPPED", _("Stopped")


_S = AddressChangeState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.WAITING: frozenset({_S.DONE, _S.STOPPED}),
    _S.DONE: frozenset(),
    _S.STOPPED: frozenset(),
}
DOORS = (
    door(
        {_S.WAITING},
        {_S.DONE},
        "accounts.sign_in_address.agree",
        "page accounts:address_agree",
        "task apps.accounts.tasks.change_addresses",
    ),
    door(
        {_S.WAITING},
        {_S.STOPPED},
        "accounts.sign_in_address.stop",
        "page accounts:address_stop",
        "page accounts:address_agree",
    ),
    final({_S.DONE, _S.STOPPED}, "Another address is another change."),
)
