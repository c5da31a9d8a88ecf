"""What the verbs of returns refuse with, where the refusal is kept: by bulk jobs."""

from django.utils.translation import gettext_lazy as _

from apps.core.told import sentence

NOBODY_HAS_IT = sentence(
    "nobody_has_it", _("No person has it: there is nobody to ask it back from.")
)
