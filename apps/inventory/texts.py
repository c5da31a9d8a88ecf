"""What the verbs of devices refuse with, where the refusal is kept: by imports."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence

NO_SERIAL_OR_TAG = sentence(
    "no_serial_or_tag",
    _("Enter a serial number or an asset tag: one of them is needed."),
)
TOO_LONG = sentence("too_long.field", _("This is too long: shorten it."))
BAD_CONDITION = sentence("bad_condition.field", _("The condition is 0 to 1."))
ASSET_GONE = sentence("asset_gone", _("An asset of this step no longer exists."))
SERIAL_TAKEN = sentence(
    "serial_taken", _("There is an asset with this serial number already.")
)
TAG_TAKEN = sentence("tag_taken", _("There is an asset with this asset tag already."))
CLAIMED = sentence(
    "claimed", _("%(asset)s is part of %(reference)s: finish or cancel that first.")
)
OTHER_COMPANY = sentence(
    "other_company", _("%(holder)s belongs to another company than %(asset)s.")
)
PERSON_HAS_LEFT = sentence(
    "person_has_left", _("%(name)s has left and can't be handed anything.")
)
