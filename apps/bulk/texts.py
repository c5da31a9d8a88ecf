"""Why a job fails, or one of its rows is refused for no reason of its verb."""

from django.utils.translation import gettext_lazy as _

from apps.core.showing import grouped
from apps.core.told import sentence

FAILED = sentence(
    "failed.bulk",
    _(
        "Something went wrong here. What is done stays done: choose the rest and ask "
        "again, or tell your operator."
    ),
)
GIVEN_UP = sentence(
    "given_up.bulk",
    _(
        "Its next rows were begun %(times)s times, and each time the worker died over "
        "them. None of them is done; those before them are."
    ),
)
TOO_MANY = sentence(
    "too_many",
    _("More than %(most)s fit: narrow the list by its filters."),
    most=grouped,
)
TOO_MANY_IDS = sentence(
    "too_many.ids",
    _("At most %(most)s are chosen one by one: choose fewer, or all that fit."),
    most=grouped,
)
NOTHING = sentence("nothing_chosen", _("Nothing fits: choose something."))
MAY_NOT = sentence(
    "not_allowed.bulk", _("The person who requested it is no longer allowed to do it.")
)
HAS_LEFT = sentence("person_has_left.bulk", _("The person who requested it has left."))
UNKNOWN_VERB = sentence(
    "unknown_verb.bulk", _("This version does not know what was asked for.")
)
PARAMETER_GONE = sentence(
    "parameter_gone", _("Whom or what it was to be done with does not exist any more.")
)
GONE = sentence("thing_gone", _("It does not exist any more, or not for you."))
CONTRADICTS = sentence(
    "contradicts", _("It contradicts something else that is in the register.")
)
