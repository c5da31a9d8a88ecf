from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import bulk_verbs
from apps.core.actor import Permission
from apps.core.bulk_verbs import Verb
from apps.core.chunks import NO_WORKER_AFTER, STALLED_AFTER, Worked
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.core.told import ToldField

from .states import WORKING, JobState, Outcome


class BulkJobQuerySet(TenantQuerySet["BulkJob"]):
    reads = Permission.BULK_READ

    def stalled(self, now: datetime) -> BulkJobQuerySet:
        """Being worked on, with no sign of life for too long."""
        return self.filter(state__in=WORKING, alive_at__lt=now - STALLED_AFTER)

    def without_worker(self, now: datetime) -> BulkJobQuerySet:
        """Handed to a worker, and none has shown a sign of life for a while."""
        return self.filter(state__in=WORKING, alive_at__lt=now - NO_WORKER_AFTER)

    def ended_before(self, moment: datetime) -> BulkJobQuerySet:
        """With rows that are kept still."""
        return self.filter(ended_at__lt=moment, rows_forgotten_at__isnull=True)


class BulkJob(TenantModel, Worked):
    """Something that somebody asked to be done to many things at once."""

    verb = models.CharField(max_length=64)
    state = models.CharField(
        max_length=16, choices=JobState, default=JobState.PREPARING
    )
    asked_by = models.UUIDField(
        null=True, help_text=_("Who requested it; the worker acts as them.")
    )
    language = models.CharField(
        max_length=16,
        help_text=_("Of the person who requested it; refusals are written in it."),
    )
    form_token = models.CharField(
        max_length=64, help_text=_("Of the form that asked: sent twice it is one job.")
    )
    form_digest = models.CharField(
        max_length=64, help_text=_("What that form said, to tell it from another.")
    )
    # {"ids": [...]} or {"query": "a list's query string"}; {} once it is in rows.
    selection = models.JSONField(default=dict)
    # Name -> value of the verb's parameters: see parameters.
    parameters = models.JSONField(default=dict)
    total_rows = models.PositiveIntegerField(
        default=0, help_text=_("As counted when it was asked, until it is prepared.")
    )
    done_rows = models.PositiveIntegerField(default=0)
    skipped_rows = models.PositiveIntegerField(default=0)
    refused_rows = models.PositiveIntegerField(default=0)
    worked_up_to = models.BigIntegerField(
        default=0, help_text=_("Rows up to this one have been dealt with.")
    )
    error: Any = ToldField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    rows_forgotten_at = models.DateTimeField(
        null=True, help_text=_("Since then only the numbers are known.")
    )

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bulk job")
        constraints = [
            tenant_key("bulk_job"),
            models.UniqueConstraint(
                fields=["company", "form_token"], name="bulk_job_once_a_form"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="bulk_job_newest"),
            models.Index(
                fields=["alive_at"],
                name="bulk_job_working",
                condition=Q(state__in=sorted(WORKING)),
            ),
            models.Index(
                fields=["ended_at"],
                name="bulk_job_with_rows",
                condition=Q(rows_forgotten_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.declared.titled(self.total_rows) if self.declared else self.verb

    def get_absolute_url(self) -> str:
        return reverse("bulk:detail", args=[self.pk])

    @cached_property
    def declared(self) -> Verb | None:
        """None for a verb of another version."""
        return bulk_verbs.find(self.verb)

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def handled_rows(self) -> int:
        return self.done_rows + self.skipped_rows + self.refused_rows

    def count(self, outcome: str) -> int:
        counts = {
            Outcome.DONE: self.done_rows,
            Outcome.SKIPPED: self.skipped_rows,
            Outcome.REFUSED: self.refused_rows,
        }
        left = self.total_rows - self.handled_rows
        return counts.get(Outcome(outcome), left)


class BulkRowQuerySet(TenantQuerySet["BulkRow"]):
    reads = Permission.BULK_READ

    def of(self, job: BulkJob) -> BulkRowQuerySet:
        return self.filter(company_id=job.company_id, job=job)


class BulkRow(models.Model):
    """One thing of a job, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )
    job = TenantForeignKey(BulkJob, models.CASCADE, db_index=False, related_name="rows")
    object_id = models.UUIDField()
    group_id = models.UUIDField(
        null=True, help_text=_("What it is worked on together with has the same.")
    )
    outcome = models.CharField(
        max_length=16, choices=Outcome, blank=True, default="", db_default=""
    )
    code = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of the refusal."),
    )
    reason: Any = ToldField(blank=True, default="", db_default="")

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "job", "object_id"], name="bulk_row_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "job", "outcome", "id"], name="bulk_row_by_outcome"
            ),
            models.Index(
                fields=["company", "object_id"],
                name="bulk_row_with_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id}: {self.outcome}"

    thing: Any = None  # set by pages that show it
