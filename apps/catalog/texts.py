"""What the verbs of products refuse with, where the refusal is kept: by imports."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence

NO_NAME = sentence("no_name.product", _("A product needs a name."))
TOO_LONG = sentence("too_long.product", _("This is too long: shorten it."))
