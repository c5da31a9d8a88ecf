from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import uuid7

from .backup.retention import DAILY, HOURLY


class BackupRun(models.Model):
    """A backup that lies complete in the storage, and when it was last proved."""

    class Kind(models.TextChoices):
        DAILY = DAILY, _("Daily")
        HOURLY = HOURLY, _("Hourly")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key
