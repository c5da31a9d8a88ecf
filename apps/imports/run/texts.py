"""Why an import, or a row of it, could not be written, undone or kept."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence

FAILED = sentence(
    "failed", _("Something went wrong here. Try again, or tell your operator.")
)
GIVEN_UP = sentence(
    "given_up",
    _(
        "It was begun %(times)s times and never came to an end. Split the file "
        "into parts, or save the sheet as CSV, and upload that."
    ),
)
APPLYING_GIVEN_UP = sentence(
    "given_up.applying",
    _(
        "Its next rows were begun %(times)s times, and each time the worker died over "
        "them. None of them is written; those before them are. Undo the import and "
        "split the file into parts, or tell your operator and apply the rest."
    ),
)
UNDOING_GIVEN_UP = sentence(
    "given_up.undoing",
    _(
        "Its next rows were begun %(times)s times, and each time the worker died over "
        "them. None of them is undone; those before them are. Tell your operator, then "
        "undo the rest."
    ),
)
FILE_ERASED = sentence(
    "file_erased",
    _(
        "The file is deleted, since somebody in it was erased: upload it again, "
        "without them."
    ),
)
ERASED = sentence("erased", _("What it said of somebody was erased."))

# --- What the plan leaves out ------------------------------------------------

HOLDERS_LEFT_OUT = sentence(
    "left_out.holder",
    _("“%(column)s” seems to say who has a device, and is left out: %(rows)s rows."),
)
PLACES_LEFT_OUT = sentence(
    "left_out.place",
    _("“%(column)s” seems to say where a device is, and is left out: %(rows)s rows."),
)
STATES_LEFT_OUT = sentence(
    "left_out.state",
    _("“%(column)s” seems to be a state, and is left out: %(rows)s rows."),
)

# --- Rows -------------------------------------------------------------------

REPEATED = sentence(
    "repeated", _("Line %(line)s is about the same already: keep one of them.")
)
CHANGED_SINCE_PLAN = sentence(
    "changed_since_plan",
    _("It was changed after the plan was made: import the row again."),
)
CONTRADICTION = sentence(
    "contradiction",
    _("The row contradicts what has been written in the meantime."),
)
IS_NEEDED = sentence("is_needed", _("Something else in the register needs it."))
