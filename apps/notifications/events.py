"""What people do with mails."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.events.payloads import Payload
from apps.events.registry import declare

MESSAGE_RETRIED = declare(
    "message.retried", Payload, _("A mail was sent again"), icon="mail"
)
