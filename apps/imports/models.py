from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address
from apps.core.actor import Permission
from apps.core.chunks import NO_WORKER_AFTER, STALLED_AFTER, Worked
from apps.core.states import may
from apps.core.tenancy import (
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
    tenant_key,
)
from apps.core.told import ToldField
from apps.files.models import File

from .states import (
    LEFT_OUT,
    PROGRESS,
    TRANSITIONS,
    WORKING,
    WRITTEN,
    BatchState,
    Choice,
    Kind,
    Verdict,
    progress_of,
)

# A worker that reads or plans holds no lock, and unpacks a spreadsheet before its
# first row.
PLAN_STALLED_AFTER = timedelta(seconds=30)


class BatchQuerySet(TenantQuerySet["Batch"]):
    reads = Permission.IMPORTS_READ

    def without_worker(self, now: datetime) -> BatchQuerySet:
        """Handed to a worker, and none has shown a sign of life for a while."""
        return self.filter(state__in=WORKING, alive_at__lt=now - NO_WORKER_AFTER)

    def stalled(self, now: datetime) -> BatchQuerySet:
        """Being worked on, with no sign of life for too long; discarded ones have
        one until they are emptied."""
        writes = models.Q(state__in=[BatchState.APPLYING, BatchState.UNDOING])
        return self.filter(
            ~writes & models.Q(alive_at__lt=now - PLAN_STALLED_AFTER)
            | writes & models.Q(alive_at__lt=now - STALLED_AFTER),
            state__in=[*WORKING, BatchState.DISCARDED],
        )


class Batch(TenantModel, Worked):
    """One uploaded file on its way into the register: columns, plan, progress."""

    kind = models.CharField(
        max_length=16,
        choices=Kind,
        blank=True,
        help_text=_("Not known before its columns are read, unless it was said."),
    )
    state = models.CharField(
        max_length=16, choices=BatchState, default=BatchState.UPLOADED
    )
    file = TenantForeignKey(File, related_name="+")
    created_by = models.UUIDField(null=True, help_text=_("The person who uploaded."))
    requested_by = models.UUIDField(
        null=True,
        help_text=_("Requested the present step; the worker acts as them."),
    )
    headers = models.JSONField(default=list)
    is_confirmed = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("People have looked at the columns: once read, it is planned."),
    )
    # Position of the column (as text) -> field name; columns left out are ignored.
    mapping = models.JSONField(default=dict)
    # How the file was read, and how its columns are: see columns.formats.Options.
    options = models.JSONField(default=dict)
    samples = models.JSONField(
        default=dict,
        db_default={},
        help_text=_("What the columns page shows of the file: see samples.Kept."),
    )
    default_address = TenantForeignKey(
        Address,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where rows without a holder go."),
    )
    counts = models.JSONField(default=dict, help_text=_("Rows by verdict."))
    # Verdict -> field or code of a refusal -> rows: what the lists are filtered by.
    # Rows with warnings are a list, too.
    facets = models.JSONField(default=dict)
    unused = models.JSONField(
        default=list,
        db_default=[],
        help_text=_("Columns that the plan leaves out: see run.planning.Unused."),
    )
    total_rows = models.PositiveIntegerField(default=0)
    planned_rows = models.PositiveIntegerField(default=0)
    warned_rows = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text=_("Rows of which a cell is left out or looks damaged."),
    )
    applied_rows = models.PositiveIntegerField(default=0)
    applied_line = models.PositiveIntegerField(
        default=0, help_text=_("Rows up to this line have been applied.")
    )
    undone_rows = models.PositiveIntegerField(default=0)
    kept_rows = models.PositiveIntegerField(
        default=0, help_text=_("Rows that could not be undone.")
    )
    undone_line = models.PositiveIntegerField(
        null=True, help_text=_("Rows from this line on have been undone.")
    )
    stop_requested = models.BooleanField(default=False)
    error = ToldField(blank=True)
    planned_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
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

    @property
    def is_unread(self) -> bool:
        """Its rows have not been looked at, or could not be read."""
        return not self.total_rows

    @property
    def is_written(self) -> bool:
        """Something of it stands in the register."""
        is_undone = self.state == BatchState.UNDONE and not self.kept_rows
        return self.applied_rows > 0 and not is_undone

    def count(self, verdict: str) -> int:
        return int(self.counts.get(verdict, 0))

    @property
    def to_write(self) -> int:
        return sum(self.count(verdict) for verdict in WRITTEN)

    @property
    def badge(self) -> str:
        """The kind of its state's badge: a plan with nothing to apply is not ready."""
        if self.state != BatchState.PLANNED or self.to_write:
            return "import"
        return f"import of {'refused rows' if self.left_out else 'nothing new'}"

    @property
    def may_be_discarded(self) -> bool:
        return may(TRANSITIONS, self.state, BatchState.DISCARDED) and not (
            self.is_written
        )

    @property
    def progress(self) -> tuple[int, int]:
        """Rows that the present step has dealt with, and how many it is about."""
        return progress_of(*(getattr(self, name) for name in PROGRESS))

    @property
    def left_out(self) -> int:
        return sum(self.count(verdict) for verdict in LEFT_OUT)


class BatchRowQuerySet(TenantQuerySet["BatchRow"]):
    reads = Permission.IMPORTS_READ

    def saying(self, text: str) -> BatchRowQuerySet:
        """With this anywhere in the cells."""
        return self.alias(text=Cast("cells", models.TextField())).filter(
            text__icontains=text
        )

    def refused_for(self, code: str) -> BatchRowQuerySet:
        return self.filter(problems__contains=[{"code": code}])

    def changing(self, field: str) -> BatchRowQuerySet:
        return self.filter(changes__has_key=field)

    def kept_by_undoing(self) -> BatchRowQuerySet:
        return self.exclude(kept="")

    def of(self, batch: Batch) -> BatchRowQuerySet:
        return self.filter(company_id=batch.company_id, batch=batch)

    def to_apply(self, batch: Batch) -> BatchRowQuerySet:
        return self.of(batch).filter(line__gt=batch.applied_line)

    def warned(self) -> BatchRowQuerySet:
        return self.exclude(warnings=[])

    def warned_of(self, code: str) -> BatchRowQuerySet:
        return self.filter(warnings__contains=[{"code": code}])

    def to_undo(self, batch: Batch) -> BatchRowQuerySet:
        rows = self.of(batch).filter(undone_at__isnull=True)
        if batch.undone_line is not None:
            rows = rows.filter(line__lt=batch.undone_line)
        return rows.filter(line__lte=batch.applied_line)

    def first_written(self, order: str, count: int) -> BatchRowQuerySet:
        """The first rows that are written, in order of their lines. Each verdict by
        itself, which its index serves in order: asked for both, PostgreSQL sorts all
        that is left of the file for every chunk."""
        each = [self.filter(verdict=v).order_by(order)[:count] for v in sorted(WRITTEN)]
        return each[0].union(*each[1:], all=True).order_by(order)[:count]


class BatchRow(models.Model):
    """One row of the file with its verdict. No default key: written by COPY."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )
    batch = TenantForeignKey(Batch, models.CASCADE, db_index=False, related_name="rows")
    line = models.PositiveIntegerField(help_text=_("Physical line in the file."))
    cells = models.JSONField(default=list)
    verdict = models.CharField(max_length=16, choices=Verdict, blank=True)
    # Field -> [old, new] as people read them; what apply writes is in `values`.
    changes = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    # [{"column": position or null, "code", "told", "params", "candidates"}]: see cells
    problems = models.JSONField(default=list)
    # The same, of what is left out of the row or looks damaged.
    warnings = models.JSONField(default=list, db_default=[])
    target_id = models.UUIDField(
        null=True, help_text=_("What it changes; what it creates will have this id.")
    )
    version = models.DateTimeField(
        null=True,
        help_text=_("How the plan saw the target, then how applying left it."),
    )
    # What undoing writes back: {"facts": {field: [old, new]}, "place": [old, new]},
    # and the version that was found: see targets.before.
    before = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True)
    kept = ToldField(
        blank=True, db_default="", help_text=_("Why it could not be undone.")
    )

    objects = BatchRowQuerySet.as_manager()

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
                fields=["company", "target_id"],
                name="batch_row_changed",
                condition=models.Q(before__isnull=False),
            ),
            models.Index(
                fields=["batch", "line"],
                name="batch_row_kept",
                condition=~models.Q(kept=""),
            ),
            models.Index(
                fields=["batch", "line"],
                name="batch_row_warned",
                condition=~models.Q(warnings=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.verdict}"


class UnknownQuerySet(TenantQuerySet["Unknown"]):
    reads = Permission.IMPORTS_READ


class Unknown(models.Model):
    """A name in a file that the register doesn't have, a word that says nothing to us,
    or a thing with another key than its own: what is to become of it."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )
    batch = TenantForeignKey(
        Batch, models.CASCADE, db_index=False, related_name="unknowns"
    )
    kind = models.CharField(max_length=16)
    key = models.TextField()
    value = models.TextField(help_text=_("The name as people read it."))
    note = ToldField(blank=True, help_text=_("What else the file says of it."))
    rows = models.PositiveIntegerField(default=0)
    may_create = models.BooleanField(default=True)
    action = models.CharField(max_length=16, choices=Choice)
    use_id = models.UUIDField(null=True)
    use_text = models.TextField(blank=True, help_text=_("The existing one's name."))
    decided_at = models.DateTimeField(
        null=True,
        help_text=_("By a person, here or of an earlier file; else it is as usual."),
    )
    candidates = models.JSONField(
        default=list,
        db_default=[],
        help_text=_("What may be meant: the same name but for accents."),
    )

    objects = UnknownQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "batch", "kind", "key"], name="unknown_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "batch", "-rows", "-id"], name="unknown_by_rows"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    @property
    def creates(self) -> bool:
        return self.action == Choice.CREATE


class Made(models.Model):
    """A model, person or place that rows named and applying the batch created."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )
    batch = TenantForeignKey(Batch, models.CASCADE, related_name="made")
    kind = models.CharField(max_length=16)
    target_id = models.UUIDField()
    value = models.TextField(help_text=_("The name as people read it."))
    version = models.DateTimeField(null=True, help_text=_("How applying left it."))
    undone_at = models.DateTimeField(null=True)
    kept = ToldField(
        blank=True, db_default="", help_text=_("Why it could not be undone.")
    )

    class Meta:
        ordering = ["batch", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class RememberedColumnsQuerySet(TenantQuerySet["RememberedColumns"]):
    reads = Permission.IMPORTS_READ


class RememberedColumns(TenantModel):
    """What the columns of a file with these headers mean to a company."""

    kind = models.CharField(max_length=16)
    headers_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    # Answers only; what the cells say is found out anew for each file.
    answers = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)

    objects = RememberedColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "headers_sha256", "kind"],
                name="remembered_columns_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.headers_sha256[:8]}"
