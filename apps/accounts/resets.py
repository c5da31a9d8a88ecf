"""The mail by which somebody sets a new password, from asking for it to its leaving."""

from __future__ import annotations

import logging
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.mails import subject_and_body

from . import languages
from .models import Login, ResetRequest

logger = logging.getLogger(__name__)

_SENDER_IS_DEAD_AFTER = timedelta(minutes=3)
# Whoever waits longer has asked again.
_GIVES_UP_AFTER = timedelta(hours=1)
_BATCH = 100


def ask(email: str, *, language: str = "") -> None:
    """`language`: of the page; for a Login that is nobody in any company."""
    ResetRequest.objects.create(email=email.lower(), language=language)


def send_due() -> int:
    """Sends the mails that were asked for; returns how many. An address that nobody
    signs in with gets none."""
    return sum(_send(request) for request in _claim())


@transaction.atomic
def _claim() -> list[ResetRequest]:
    """Committed before a mail leaves: a sender that dies leaves it to the next."""
    now = timezone.now()
    due = ResetRequest.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    claimed = list(due.select_for_update(skip_locked=True)[:_BATCH])
    ResetRequest.objects.filter(pk__in=[one.pk for one in claimed]).update(
        next_try_at=now + _SENDER_IS_DEAD_AFTER
    )
    return claimed


def _send(request: ResetRequest) -> bool:
    login = Login.objects.filter(email=request.email, is_active=True).first()
    is_late = timezone.now() - request.asked_at > _GIVES_UP_AFTER
    if login is None or is_late:
        request.delete()
        return False
    try:
        _mail(login, languages.of_login(login, else_=request.language)).send()
    # smtplib's errors are OSErrors; a header that can't be written is a ValueError.
    except (OSError, ValueError) as error:
        logger.warning("reset mail %s not sent: %r", request.pk, error)
        return False
    request.delete()
    return True


def link_for(login: Login) -> str:
    """Good for PASSWORD_RESET_TIMEOUT (three days), and until a password is set with
    it."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(login),
            "key": default_token_generator.make_token(login),
        },
    )
    return settings.PUBLIC_URL + path


def _mail(login: Login, language: str) -> EmailMessage:
    context = {"link": link_for(login), "site": settings.PUBLIC_URL}
    template = "accounts/mail/password_reset.txt"
    subject, body = subject_and_body(template, context, language=language)
    return EmailMessage(subject, body, to=[login.email])
