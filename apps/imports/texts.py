"""What is kept of an import: why it failed, why rows were refused and why some could
not be undone. What is wrong with a file or a cell is said in `reading.texts` and
`values.texts`."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.states import UserState
from apps.catalog.models import Category
from apps.core.showing import label_of, listed
from apps.core.told import sentence
from apps.inventory.states import AssetState

from .fields import Kind
from .forms import field_label
from .reading import texts as _of_files  # noqa: F401  declares them
from .values import texts as _of_cells  # noqa: F401

# --- The whole file ---------------------------------------------------------

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
NO_KEY_OF_DEVICES = sentence(
    "no_key",
    _("Which column tells devices apart: serial number, tag or another id?"),
)
NO_KEY_OF_PEOPLE = sentence(
    "no_key.people",
    _("Which column tells people apart: e-mail, number or user name?"),
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
BAD_MAPPING = sentence("bad_mapping", _("Choose a field for each column, each once."))
UNREAD = sentence("unread", _("The file could not be read: read it differently."))

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
        "devices and people can be imported. If each row is one device, remove "
        "the quantity column."
    ),
)
COMPONENTS = sentence(
    "components",
    _(
        "This is a list of components, where a row is a quantity; only single "
        "devices and people can be imported. If each row is one device, remove "
        "the quantity column."
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

# --- Rows of any kind -------------------------------------------------------

CANNOT_CLEAR = sentence(
    "cannot_clear",
    _("This can't be cleared: write a value, or leave the cell blank."),
)
REPEATED = sentence(
    "repeated", _("Line %(line)s is about the same already: keep one of them.")
)
SEVERAL = sentence(
    "ambiguous",
    _("“%(value)s” fits more than one: %(candidates)s."),
    candidates="; ".join,
)
NOT_CREATED = sentence(
    "not_created", _("“%(value)s” is not known, and is not to be created.")
)
MAPPED_GONE = sentence(
    "mapped_gone", _("“%(other)s”, taken for “%(value)s”, is not there any more.")
)
CHANGED_SINCE_PLAN = sentence(
    "changed_since_plan",
    _("It was changed after the plan was made: import the row again."),
)
CONTRADICTION = sentence(
    "contradiction",
    _("The row contradicts what has been written in the meantime."),
)

# --- Rows of devices --------------------------------------------------------

SEVERAL_DEVICES = sentence(
    "ambiguous.device",
    _("The row fits more than one device: %(candidates)s."),
    candidates="; ".join,
)
NO_SERIAL_OR_TAG = sentence(
    "no_serial_or_tag.row",
    _("A serial number or an asset tag is needed: add one of them."),
)
NO_PRODUCT = sentence(
    "no_product",
    _("Which model is it? Add a column with the model or the name."),
)
NO_CATEGORY = sentence("not_created.category", _("“%(value)s” is no category here."))
TWO_CURRENCIES = sentence(
    "two_currencies",
    _("The price is in %(own)s, the column of currencies says %(other)s."),
)
HOLDER_UNKNOWN = sentence(
    "person_unknown",
    _(
        "Nobody here is called “%(value)s”: import the people first, or add "
        "the e-mail of the holder."
    ),
)
HOLDER_BESIDE_STATE = sentence(
    "holder_beside_state",
    _(
        "The row says “%(state)s” and names a holder; only a device in use has one. "
        "Clear the holder, or write In use."
    ),
    state=label_of(AssetState),
)
WRONG_STEP = sentence(
    "wrong_state.device",
    _("%(what)s can't go from “%(current)s” to “%(target)s”."),
    current=label_of(AssetState),
    target=label_of(AssetState),
)
WORKFLOW_STATE = sentence(
    "workflow_state",
    _(
        "“%(state)s” comes from an order or a return and can't be imported: write "
        "In storage or In use."
    ),
    state=label_of(AssetState),
)
NO_PLACE = sentence(
    "no_place",
    _(
        "The row names neither a holder nor a place: choose on the page of "
        "the columns where such devices are."
    ),
)
PLACE_CLOSED = sentence("place_closed", _("%(name)s is closed: choose another place."))

# --- Rows of people ---------------------------------------------------------

SEVERAL_PEOPLE = sentence(
    "ambiguous.person",
    _("The row fits more than one person: %(candidates)s."),
    candidates="; ".join,
)
COUNTRY_NOT_SERVED = sentence(
    "country_not_served",
    _("Tequipy does not work in %(country)s yet: leave it blank."),
)
NO_EMAIL = sentence(
    "no_email",
    _("Nobody here fits this row; to add a person, give the e-mail."),
)
IS_LEAVING = sentence(
    "is_offboarding",
    _(
        "Somebody who leaves is offboarded, so that the equipment comes back: "
        "start an offboarding on the page of the person."
    ),
)
HAS_LEFT_ALREADY = sentence(
    "is_offboarding.left_already",
    _("This person has left already, and is not added."),
)
LAST_DAY_ELSEWHERE = sentence(
    "is_offboarding.last_day",
    _("The last working day stands in the offboarding: change it there."),
)
IS_NOT_BACK = sentence(
    "has_left",
    _(
        "%(name)s has left (state: %(state)s), and the row does not say that they "
        "are back: give the new first working day, or “yes” as Active; or take "
        "them back on their page."
    ),
    state=label_of(UserState),
)
HAD_RIGHTS = sentence(
    "has_left.rights",
    _(
        "%(name)s was no plain employee: take them back on their page, where "
        "you see which rights come back with them."
    ),
)

# --- What undoing keeps -----------------------------------------------------

IS_NEEDED = sentence("is_needed", _("Something else in the register needs it."))
NEVER_NOTED = sentence(
    "never_noted", _("It was applied before imports could be undone.")
)
DEVICE_CHANGED_AGAIN = sentence(
    "changed_again.device",
    _("Changed again after the import: %(fields)s."),
    fields=lambda names: listed([field_label(Kind.ASSETS, name) for name in names]),
)
PERSON_CHANGED_AGAIN = sentence(
    "changed_again.person",
    _("Changed again after the import: %(fields)s."),
    fields=lambda names: listed([field_label(Kind.PEOPLE, name) for name in names]),
)
PERSON_ERASED = sentence("user_erased", _("This person's data was erased."))
HAS_LEFT_AGAIN = sentence(
    "has_left_again", _("They are leaving or have left again since.")
)
HOLDS_EQUIPMENT = sentence("holds_equipment", _("They hold equipment."))
HAS_MOVED = sentence("has_moved", _("It has moved again after the import."))
WAS_IN_A_PARCEL = sentence(
    "was_in_a_parcel", _("It was in a parcel before, which has been unpacked.")
)

# --- What else a file says of a name it holds -------------------------------

MODEL_IN = sentence(
    "model_in", _("Category: %(category)s"), category=label_of(Category)
)
MODEL_OF_IN = sentence(
    "model_of_in",
    _("%(manufacturer)s · %(category)s"),
    category=label_of(Category),
)
