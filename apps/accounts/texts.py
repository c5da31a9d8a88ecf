"""What the verbs of people refuse with, where the refusal is kept: by imports."""

from django.utils.translation import gettext_lazy as _

from apps.core.showing import day
from apps.core.told import sentence

NAME_AND_EMAIL_NEEDED = sentence(
    "name_and_email_needed", _("A person needs a first name and a work e-mail.")
)
EMAIL_TAKEN = sentence("email_taken", _("Somebody has this work e-mail already."))
EMPLOYEE_NUMBER_TAKEN = sentence(
    "employee_number_taken", _("Somebody has this employee number already.")
)
ROLE_NOT_ALLOWED = sentence("role_not_allowed", _("You can't give or take this role."))
HAS_LOGIN = sentence("has_login", _("%(name)s can sign in."))
HAS_NOT_LEFT = sentence(
    "wrong_state.has_not_left",
    _("%(name)s has not left: there is nothing to take back."),
)
NOT_REHIRED_HERE = sentence(
    "not_rehired_here", _("%(name)s is no employee of a company: add them anew.")
)
STARTS_BEFORE_END = sentence(
    "starts_before_end",
    _("They worked here until %(day)s: enter a later first day."),
    day=day,
)
