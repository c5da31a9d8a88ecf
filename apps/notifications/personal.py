"""Mails to somebody, word for word but for the keys in their links."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, part
from apps.core.secret_paths import mask
from apps.returns.models import Return

from .models import Message

_PIECE = 500


@part("mails")
def mails(user: User, thorough: bool) -> Rows:
    returns = Return.objects.filter(company_id=user.company_id, user=user)
    about = [user.id, *returns.values_list("pk", flat=True)]
    found = Message.objects.filter(company_id=user.company_id, subject_id__in=about)
    for mail in found.order_by("id").iterator(_PIECE):
        yield {
            "to": mail.recipient,
            "subject": mail.subject,
            "text": mask(mail.body),
            "state": mail.state,
            "about": mail.event_type,
            "occurred_at": mail.occurred_at,
            "sent_at": mail.sent_at,
            "error": mail.error,
        }
