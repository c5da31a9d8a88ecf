"""What the verbs of places refuse with, where the refusal is kept: by imports."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence

NO_NAME = sentence("no_name.place", _("A place needs a name."))
