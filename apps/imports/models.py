from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.tenancy import TenantForeignKey, TenantModel, tenant_key
from apps.files.models import File

from .columns import Kind
from .states import WORKING, BatchState, Verdict


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, actor: Actor) -> BatchQuerySet:
        if actor.sees_everything:
            return self
        if actor.is_company_admin:
            return self.filter(company_id=actor.company_id)
        return self.none()

    def stalled(self, before: datetime) -> BatchQuerySet:
        """Being worked on, with no sign of life since `before`."""
        return self.filter(state__in=WORKING, alive_at__lt=before)


class Batch(TenantModel):
    """One uploaded file on its way into the books: columns, plan, progress."""

    kind = models.CharField(
        max_length=16, choices=[(k.value, k.value.title()) for k in Kind]
    )
    state = models.CharField(
        max_length=16, choices=BatchState, default=BatchState.UPLOADED
    )
    file = TenantForeignKey(File, related_name="+")
    created_by = models.UUIDField(null=True, help_text=_("The person who uploaded."))
    requested_by = models.UUIDField(
        null=True,
        help_text=_("Who asked for the present step; the worker acts as them."),
    )
    headers = models.JSONField(default=list)
    # Position of the column (as text) -> field name; columns left out are ignored.
    mapping = models.JSONField(default=dict)
    # What was inferred or answered for whole columns, e.g. {"date_order": "DMY"}.
    options = models.JSONField(default=dict)
    default_address = TenantForeignKey(
        Address,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where rows without a holder go."),
    )
    # Look-ups that do not exist yet: [{"kind", "key", "value", "count", "create"}].
    unknowns = models.JSONField(default=list)
    counts = models.JSONField(default=dict, help_text=_("Rows by verdict."))
    total_rows = models.PositiveIntegerField(default=0)
    planned_rows = models.PositiveIntegerField(default=0)
    applied_rows = models.PositiveIntegerField(default=0)
    stop_requested = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    alive_at = models.DateTimeField(null=True, help_text=_("Last sign of the worker."))
    planned_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        constraints = [tenant_key("batch")]
        indexes = [models.Index(fields=["company", "-id"], name="batch_newest")]

    def __str__(self) -> str:
        return self.file.name

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in WORKING


class BatchRow(models.Model):
    """One row of the file with its verdict. No default key: written by COPY."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )
    batch = TenantForeignKey(Batch, models.CASCADE, db_index=False, related_name="rows")
    line = models.PositiveIntegerField(help_text=_("Physical line in the file."))
    cells = models.JSONField(default=list)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    # Field -> [old, new] as people read them; what apply writes is in `values`.
    changes = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    # [{"column": position or null, "code", "message"}]
    problems = models.JSONField(default=list)
    target_id = models.UUIDField(null=True, help_text=_("What it created or changed."))
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["batch", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "batch", "line"], name="batch_row_line"
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "batch", "verdict", "line"],
                name="batch_row_by_verdict",
            ),
            models.Index(
                fields=["batch", "line"],
                name="batch_row_to_apply",
                condition=models.Q(applied_at__isnull=True)
                & models.Q(verdict__in=["CREATE", "CHANGE"]),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.verdict}"
