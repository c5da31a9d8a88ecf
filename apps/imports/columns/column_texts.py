"""Why the columns of a file, or a cell of any column, are refused."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence
from apps.imports.states import Kind

NO_KEY = {
    Kind.ASSETS: sentence(
        "no_key",
        _("Which column tells devices apart: serial number, tag or another id?"),
    ),
    Kind.PEOPLE: sentence(
        "no_key.people",
        _("Which column tells people apart: e-mail, number or user name?"),
    ),
}
BAD_MAPPING = sentence("bad_mapping", _("Choose a field for each column, each once."))
UNREAD = sentence("unread", _("The file could not be read: read it differently."))
DOUBTFUL = sentence(
    "doubtful_columns",
    _(
        "Nobody has said yet that these columns are what they seem: %(columns)s. Say "
        "so of each, or what else it is, or leave it out."
    ),
    columns="; ".join,
)
CANNOT_CLEAR = sentence(
    "cannot_clear",
    _("This can't be cleared: write a value, or leave the cell blank."),
)
CLEAR_BESIDE_VALUE = sentence(
    "clear_beside_value",
    _(
        "It is to be cleared, and another column of the row says “%(value)s” of the "
        "same: which of the two holds?"
    ),
)
GARBLED = sentence(
    "garbled",
    _(
        "Letters of “%(value)s” look as if read in the wrong encoding: correct them in "
        "the file, or choose another encoding where you check the columns."
    ),
)
BESIDE_LEFT_OUT = sentence(
    "beside_left_out",
    _("It says nothing without the cell “%(value)s”, which is left out."),
)

# --- A list of something else -----------------------------------------------

LICENCES = sentence(
    "licences",
    _("This is a list of software licences; only devices and people can be imported."),
)
CONSUMABLES = sentence(
    "consumables",
    _(
        "This is a list of consumables, where a row is a quantity; only single "
        "devices and people can be imported."
    ),
)
ACCESSORIES = sentence(
    "accessories",
    _(
        "This is a list of accessories, where a row is a quantity; only single "
        "devices and people can be imported. Give each device a row of its own, with "
        "its serial number or asset tag."
    ),
)
COMPONENTS = sentence(
    "components",
    _(
        "This is a list of components, where a row is a quantity; only single "
        "devices and people can be imported. Give each device a row of its own, with "
        "its serial number or asset tag."
    ),
)
LOCATIONS = sentence(
    "locations",
    _(
        "This is a list of places; add them on the Storage page, then import "
        "the devices."
    ),
)
MODELS = sentence(
    "models",
    _(
        "This is a list of models without single devices; models are created "
        "while the devices are imported."
    ),
)
UNKNOWN_KIND = sentence(
    "unknown_kind",
    _(
        "The header names neither a device (serial number, asset tag, model) "
        "nor a person (name, e-mail). Check that the first row holds the names "
        "of the columns."
    ),
)
OF_OTHER_THINGS = {
    told.code: told
    for told in (
        LICENCES,
        CONSUMABLES,
        ACCESSORIES,
        COMPONENTS,
        LOCATIONS,
        MODELS,
        UNKNOWN_KIND,
    )
}
