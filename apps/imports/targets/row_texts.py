"""Why an import fails or a row is refused, left out in part, or could not be undone.
What is wrong with one cell stands in `values.cell_texts`."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.states import UserState
from apps.catalog.models import Category
from apps.core.showing import Grouped, day, label_of, listed
from apps.core.told import sentence
from apps.imports.columns.fields import field_label
from apps.imports.states import Kind
from apps.imports.values import status_label
from apps.inventory.states import AssetState

# --- Files ---------------------------------------------------------------------

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
    ngettext_lazy(
        "“%(column)s” seems to say who has a device, and is left out: %(rows)s row.",
        "“%(column)s” seems to say who has a device, and is left out: %(rows)s rows.",
        "rows",
    ),
    rows=Grouped,
)
PLACES_LEFT_OUT = sentence(
    "left_out.place",
    ngettext_lazy(
        "“%(column)s” seems to say where a device is, and is left out: %(rows)s row.",
        "“%(column)s” seems to say where a device is, and is left out: %(rows)s rows.",
        "rows",
    ),
    rows=Grouped,
)
STATES_LEFT_OUT = sentence(
    "left_out.state",
    ngettext_lazy(
        "“%(column)s” seems to be a state, and is left out: %(rows)s row.",
        "“%(column)s” seems to be a state, and is left out: %(rows)s rows.",
        "rows",
    ),
    rows=Grouped,
)

CURRENCIES_LEFT_OUT = sentence(
    "left_out.currency",
    ngettext_lazy(
        "“%(column)s” seems to be the currency of prices, and is left out: "
        "%(rows)s row.",
        "“%(column)s” seems to be the currency of prices, and is left out: "
        "%(rows)s rows.",
        "rows",
    ),
    rows=Grouped,
)

# --- Rows of any kind -------------------------------------------------------

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
SEVERAL = sentence(
    "ambiguous",
    _("“%(value)s” fits more than one: %(candidates)s."),
    candidates="; ".join,
)
NOT_CREATED = sentence(
    "not_created", _("“%(value)s” is not known, and is not to be created.")
)
DECIDED_AGAINST = sentence(
    "decided_against",
    _("Whoever imports decided to leave out rows with “%(value)s”."),
)
OVERRULED = sentence(
    "overruled",
    _("“%(value)s” is left out: other cells of the row say otherwise."),
)
MAPPED_GONE = sentence(
    "mapped_gone", _("“%(other)s”, taken for “%(value)s”, is not there any more.")
)

# --- Rows of devices ---------------------------------------------------------

SEVERAL_DEVICES = sentence(
    "ambiguous.device",
    _("The row fits more than one device: %(candidates)s."),
    candidates="; ".join,
)
OTHER_DEVICE = sentence(
    "other_key.device",
    _(
        "A device with the %(key)s “%(value)s” is known, with the %(other)s "
        "“%(known)s”; the row says “%(stated)s”. Say with the plan whether it is the "
        "same device, or another one."
    ),
    key=partial(field_label, Kind.ASSETS),
    other=partial(field_label, Kind.ASSETS),
)
NO_SERIAL_OR_TAG = sentence(
    "no_serial_or_tag.row",
    _("A serial number or an asset tag is needed: add one of them."),
)
NO_PRODUCT = sentence(
    "no_product",
    _("Which model is it? Add a column with the model or the name."),
)
MODEL_NOT_SAID = sentence(
    "no_product.asked",
    _(
        "No column says which model “%(value)s” is: say it in the list of unknown "
        "names, or choose on the page of the columns which one says it."
    ),
)
OTHER_MANUFACTURER = sentence(
    "differs_from_model",
    _("“%(stated)s” is left out: the manufacturer of “%(model)s” is “%(known)s” here."),
)
NO_MANUFACTURER = sentence(
    "differs_from_model.unknown",
    _("“%(stated)s” is left out: of “%(model)s” no manufacturer is known here."),
)
OTHER_CATEGORY = sentence(
    "differs_from_model.category",
    _("“%(stated)s” is left out: the category of “%(model)s” is “%(known)s” here."),
    stated=label_of(Category),
    known=label_of(Category),
)
NO_CATEGORY = sentence("not_created.category", _("“%(value)s” is no category here."))
TWO_CURRENCIES = sentence(
    "two_currencies",
    _("The price is in %(own)s, the column of currencies says %(other)s."),
)
WARRANTY_WITHOUT_DATE = sentence(
    "warranty_without_date",
    _("The months of a warranty say nothing without a date of purchase."),
)
WARRANTY_DIFFERS = sentence(
    "warranty_differs",
    ngettext_lazy(
        "%(months)s month of warranty ends on %(ends)s; the row also says %(stated)s, "
        "and that is kept.",
        "%(months)s months of warranty end on %(ends)s; the row also says %(stated)s, "
        "and that is kept.",
        "months",
    ),
    ends=day,
    stated=day,
)
HOLDER_DIFFERS = sentence(
    "differs_from_holder",
    _("“%(stated)s” is left out: the row names %(name)s as the holder."),
)
HOLDER_UNKNOWN = sentence(
    "person_unknown",
    _(
        "Nobody here is called “%(value)s”: import the people first, or add "
        "the e-mail of the holder."
    ),
)
EMAIL_UNKNOWN = sentence(
    "person_unknown.email",
    _(
        "Nobody here has the e-mail “%(value)s”: say in the list of unknown names that "
        "they are to be created, or who it is; or import the people first."
    ),
)
IN_STOCK = sentence(
    "names_nobody",
    _("“%(value)s” names nobody: nobody has the device."),
)
IS_A_PLACE = sentence(
    "names_nobody.place",
    _("“%(value)s” is a place: the device is there, and nobody has it."),
)
HOLDER_BESIDE_STATE = sentence(
    "holder_beside_state",
    _(
        "The row says “%(state)s” and names a holder; only a device in use has one: "
        "say with the plan which of the two holds."
    ),
    state=label_of(AssetState),
)
IN_USE_WITHOUT_HOLDER = sentence(
    "in_use_without_holder",
    _(
        "“%(value)s” means in use, and the row names no holder: name one, or say with "
        "the plan what such devices are."
    ),
)
STORED_WITH_HOLDER = sentence(
    "stored_with_holder",
    _(
        "“%(value)s” means in storage, and the row names a holder: say with the plan "
        "which of the two holds."
    ),
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
        "“%(state)s” comes from an order or a return and can't be imported: say with "
        "the plan what such devices are."
    ),
    state=label_of(AssetState),
)
ARRIVED = sentence(
    "arrived_already",
    _(
        "“%(value)s” means ordered, and the device is “%(state)s”: say with the plan "
        "what such devices are."
    ),
    state=label_of(AssetState),
)
STATE_STAYS = sentence(
    "state_stays",
    _("“%(stated)s” is left out: the device is “%(known)s” and stays so."),
    stated=status_label,
    known=status_label,
)
PLACE_LEFT_OUT = sentence(
    "place_left_out",
    _("“%(value)s” is left out: a device that is “%(state)s” stands at no place."),
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

# --- Rows of people ----------------------------------------------------------

SEVERAL_PEOPLE = sentence(
    "ambiguous.person",
    _("The row fits more than one person: %(candidates)s."),
    candidates="; ".join,
)
OTHER_PERSON = sentence(
    "other_key.person",
    _(
        "Somebody with the %(key)s “%(value)s” is known, with the %(other)s "
        "“%(known)s”; the row says “%(stated)s”. Say with the plan whether it is the "
        "same person, or another one."
    ),
    key=partial(field_label, Kind.PEOPLE),
    other=partial(field_label, Kind.PEOPLE),
)
COUNTRY_NOT_SERVED = sentence(
    "country_not_served",
    _("Tequipy does not work in %(country)s yet: leave it blank."),
)
NAME_DIFFERS = sentence(
    "differs_from_name",
    _("“%(value)s” is left out: the columns of first and last name say “%(name)s”."),
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

NEVER_NOTED = sentence(
    "never_noted", _("It was applied before imports could be undone.")
)
LATER_IMPORT = sentence(
    "later_import",
    _("A later import, of %(day)s, changed it: undo that one first."),
    day=day,
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
IS_NEEDED = sentence("is_needed", _("Something else in the register needs it."))
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
