from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.events import USER_INVITED
from apps.core import languages
from apps.core.actor import Permission
from apps.core.folding import Fold, has_words
from apps.core.secret_paths import mask
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key

from . import kinds
from .states import MessageState, NotSentBecause, SkippedBecause

_SEARCHED = Fold(
    Concat("recipient", models.Value(" "), "subject", output_field=models.TextField())
)


class MessageQuerySet(TenantQuerySet["Message"]):
    reads = Permission.MAILS_READ

    def search(self, text: str) -> MessageQuerySet:
        """By parts of the subject and the address it goes to."""
        return self.alias(folded=_SEARCHED).filter(has_words("folded", text))

    def due(self, now: datetime) -> MessageQuerySet:
        """Waiting ones, and those whose sender died in the middle."""
        return self.filter(
            Q(state=MessageState.PENDING) | Q(state=MessageState.SENDING),
            next_try_at__lte=now,
        )


def title_of(subject: str, event_type: str, recipient: str) -> str:
    """Of a mail its subject; before it is written, what it will be about."""
    if not recipient:
        return gettext("Erased mail")
    return subject or str(kinds.title_of(event_type))


def to_whom(recipient: str) -> str:
    return recipient or gettext("Erased person")


class Message(TenantModel):
    """One mail to one recipient about one event: never written twice."""

    event_id = models.BigIntegerField()
    event_type = models.CharField(max_length=64)
    subject_id = models.UUIDField(help_text=_("What the event is about."))
    channel = models.CharField(max_length=16, default="EMAIL")
    recipient = models.EmailField()
    # As they left; empty before, because the text is written when it leaves.
    subject = models.CharField(max_length=255, blank=True)
    body = models.TextField(
        blank=True, help_text=_("Without the link that the mail carries.")
    )
    language = models.CharField(
        max_length=languages.LENGTH, blank=True, default="", db_default=""
    )
    message_id = models.CharField(max_length=128, unique=True)
    state = models.CharField(
        max_length=16, choices=MessageState, default=MessageState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    not_sent_because = models.CharField(
        max_length=32, choices=NotSentBecause, blank=True, default="", db_default=""
    )
    error = models.TextField(blank=True, help_text=_("What the mail server said."))
    skipped_because = models.CharField(
        max_length=32, choices=SkippedBecause, blank=True, default="", db_default=""
    )
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            tenant_key("message"),
            models.UniqueConstraint(
                fields=["event_id", "recipient", "channel"],
                condition=~Q(recipient=""),
                name="message_once_per_event_and_address",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="message_newest"),
            models.Index(fields=["company", "state", "-id"], name="message_by_state"),
            GinIndex(OpClass(_SEARCHED, name="gin_trgm_ops"), name="message_search"),
            models.Index(
                fields=["company", "subject_id", "-id"], name="message_by_subject"
            ),
            models.Index(
                fields=["recipient", "created_at"],
                name="message_invitations",
                condition=Q(event_type=str(USER_INVITED)),
            ),
            models.Index(
                fields=["next_try_at"],
                name="message_due",
                condition=Q(state__in=["PENDING", "SENDING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_erased(self) -> bool:
        """Whoever it went to was erased: only that it left, and when, is kept."""
        return not self.recipient

    @property
    def title(self) -> str:
        return title_of(self.subject, self.event_type, self.recipient)

    @property
    def to(self) -> str:
        return to_whom(self.recipient)

    @property
    def shown_body(self) -> str:
        """Also of a mail that was written when links were still kept."""
        return mask(self.body)

    def get_absolute_url(self) -> str:
        return reverse("notifications:detail", args=[self.pk])
