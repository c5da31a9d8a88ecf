"""What verbs of any app refuse with. A code stays; one of the same reason as another
has a suffix of its own."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .showing import day
from .told import sentence


def _called(label: str) -> str:
    """What people call a model."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


NOT_ALLOWED = sentence("not_allowed", _("You are not allowed to do this."))
IN_USE = sentence("in_use", _("%(name)s is in use: %(thing)s."), thing=_called)
CHANGED_SINCE = sentence("changed_since", _("%(name)s was changed after the import."))
BAD_DAY = sentence(
    "bad_day",
    _("%(day)s can't be meant: enter a day between 1970 and in 30 years."),
    day=day,
)

# --- Money ------------------------------------------------------------------

NO_CURRENCY = sentence(
    "bad_currency",
    _("There is no currency %(code)s: write its three letters, like EUR."),
)
FORMER_CURRENCY = sentence(
    "bad_currency.former",
    _("%(code)s is no longer used: enter the amount in another money."),
)
FORMER_CURRENCY_FOLLOWED = sentence(
    "bad_currency.followed",
    _(
        "%(code)s is no longer used: enter the amount in %(successor)s, "
        "which replaced it."
    ),
)
PRICE_WITHOUT_CURRENCY = sentence(
    "price_without_currency", _("Say in which currency the price is.")
)
BAD_AMOUNT = sentence(
    "bad_amount",
    _("A price is 0 or more, and has at most 12 digits before the point."),
)
NO_DECIMALS = sentence(
    "too_many_decimals.none", _("%(code)s has no decimals: enter a whole amount.")
)
TOO_MANY_DECIMALS = sentence(
    "too_many_decimals.of_currency",
    ngettext_lazy(
        "%(code)s has %(count)d decimal: round the amount.",
        "%(code)s has %(count)d decimals: round the amount.",
        "count",
    ),
)
