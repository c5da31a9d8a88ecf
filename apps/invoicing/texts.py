"""What stands on lines of invoices, besides names of products."""

from django.utils.translation import gettext_lazy as _

from apps.core.showing import day
from apps.core.told import sentence

OFFBOARDING = sentence("invoiced.offboarding", _("Offboarding %(reference)s"))
COLLECTION = sentence("invoiced.collection", _("Collection %(reference)s"))
REDEPLOYMENT = sentence("invoiced.redeployment", _("Redeployment %(reference)s"))
DELIVERY = sentence("invoiced.delivery", _("Delivery of %(reference)s"))
SUBSCRIPTION = sentence(
    "invoiced.subscription", _("Subscription from %(day)s"), day=day
)
