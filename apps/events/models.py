from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.tenancy import TenantQuerySet


class EventQuerySet(TenantQuerySet["Event"]):
    reads = Permission.HISTORY_READ

    def about(self, subject_id: UUID) -> EventQuerySet:
        """Everything in which this asset, person, return or shipment took part."""
        return self.filter(refs__contains=[subject_id])

    def unsealed(self) -> EventQuerySet:
        return self.filter(position__isnull=True)


class Event(models.Model):
    """What happened, to what, by whom: written once, never altered or deleted.

    It has no foreign keys, so that it outlives what it describes, and no personal
    data, so that it may. The sealer gives it its place in the chain.
    """

    id = models.BigAutoField(primary_key=True)
    # What it says is declared by its app, in events.py.
    type = models.CharField(max_length=64)
    version = models.SmallIntegerField(
        default=1, db_default=1, help_text=_("Of what its type may say.")
    )
    company_id = models.UUIDField()
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    # The subject and everything else it is about, for one history index.
    refs = ArrayField(models.UUIDField())
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    correlation_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    position = models.BigIntegerField(null=True, unique=True, editable=False)
    prev_hash = models.CharField(max_length=64, null=True, editable=False)
    hash = models.CharField(max_length=64, null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        indexes = [
            models.Index(fields=["company_id", "-id"], name="event_company_newest"),
            models.Index(
                fields=["id"],
                name="event_unsealed",
                condition=models.Q(position__isnull=True),
            ),
            models.Index(
                fields=["company_id", "position"],
                name="event_in_order",
                condition=models.Q(position__isnull=False),
            ),
            GinIndex(fields=["refs"], name="event_refs"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_id}"


class Cursor(models.Model):
    """How far one subscriber has read the sealed events."""

    subscriber = models.CharField(primary_key=True, max_length=64)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.subscriber} at {self.position}"


class FailedDelivery(models.Model):
    """An event that a subscriber could not take; tried again with back-off."""

    subscriber = models.CharField(max_length=64)
    position = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.TextField()
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("failed deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "position"], name="failed_delivery_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.position}"
