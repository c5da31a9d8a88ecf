from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.companies.models import Address, Country
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.folding import has_words
from apps.core.money import AmountField, check_code
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.inventory.models import Asset, Claim
from apps.shipping.models import Shipment

from .states import (
    CONTACTING,
    FINISHED,
    UNFINISHED,
    Decision,
    Kind,
    Method,
    Outcome,
    ReturnState,
)


class ReturnQuerySet(TenantQuerySet["Return"]):
    reads = Permission.RETURNS_READ

    def own(self, actor: Actor) -> Q:
        return Q(user_id=actor.id)

    def at_places(self, actor: Actor) -> Q:
        return Q(address__in=Address.objects.worked_at(actor))

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).not_deleted()

    def not_deleted(self) -> Self:
        return self.exclude(state=ReturnState.DELETED)

    def unfinished(self) -> ReturnQuerySet:
        return self.filter(state__in=UNFINISHED)

    def search(self, text: str, actor: Actor) -> ReturnQuerySet:
        """By parts of the reference, or of who gives back."""
        if not one_line(text):
            return self
        people = User.objects.visible_to(actor).search(text)
        whose = Q(user__in=people.values("pk"))
        return self.filter(has_words("reference", text) | whose)

    def for_list(self) -> ReturnQuerySet:
        return self.select_related("user", "address", "company")

    def contact_due(self, now: datetime) -> ReturnQuerySet:
        return self.filter(state__in=CONTACTING, next_contact_at__lte=now)

    def closing_due(self, now: datetime) -> ReturnQuerySet:
        """Unfinished ones whose last working day or start has come."""
        return self.filter(
            state__in=UNFINISHED - {ReturnState.PAUSED},
            closes_at__lte=now,
            closed_at__isnull=True,
        )

    def overdue(self, now: datetime) -> ReturnQuerySet:
        """Still asked back although the last working day has passed."""
        return self.filter(
            state__in=UNFINISHED - {ReturnState.PAUSED}, closes_at__lt=now
        )


class Return(TenantModel):
    """Equipment on its way back from somebody who leaves (offboarding) or stays
    (collection)."""

    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(
        max_length=32, choices=ReturnState, default=ReturnState.SCHEDULED
    )
    reference = models.CharField(max_length=16, unique=True)
    user = TenantForeignKey(User, related_name="returns")
    address = TenantForeignKey(Address, related_name="returns")
    last_working_on = models.DateField(null=True, blank=True)
    last_working_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The moment that was named for that day.")
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True, default="", db_default="")
    is_charger_replacement_allowed = models.BooleanField(
        _("a charger may be replaced"), default=False, db_default=False
    )
    # What the service was said to cost when it was asked for.
    price_amount = AmountField(null=True, blank=True)
    price_currency = models.CharField(
        max_length=3, blank=True, default="", db_default="", validators=[check_code]
    )
    # Contact
    contact_email = models.EmailField()
    contact_is_work = models.BooleanField(default=False)
    first_contact_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    next_contact_at = models.DateTimeField(null=True, blank=True)
    first_email_sent_at = models.DateTimeField(null=True, blank=True)
    first_reminder_sent_at = models.DateTimeField(null=True, blank=True)
    second_reminder_sent_at = models.DateTimeField(null=True, blank=True)
    not_responding_at = models.DateTimeField(null=True, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1)
    link_sent_at = models.DateTimeField(null=True, blank=True)
    # Answer
    answered_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=16, choices=Method, blank=True)
    full_name = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    street = models.CharField(max_length=255, blank=True)
    street2 = models.CharField(max_length=255, blank=True, default="", db_default="")
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ready_on = models.DateField(null=True, blank=True)
    wants_packaging = models.BooleanField(default=False)
    materials_sent_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True)
    # Parcels
    ready_for_pickup_at = models.DateTimeField(null=True, blank=True)
    ready_for_dropoff_at = models.DateTimeField(null=True, blank=True)
    picked_up_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a carrier first scanned a parcel.")
    )
    in_warehouse_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the first item reached a warehouse.")
    )
    # Life
    paused_from = models.CharField(max_length=32, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, help_text=_("When give-aways and write-offs were closed.")
    )
    failed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("return"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind="OFFBOARDING") & ~Q(state__in=sorted(FINISHED)),
                name="return_one_open_offboarding",
            ),
            models.CheckConstraint(
                condition=Q(kind="OFFBOARDING", last_working_on__isnull=False)
                | Q(kind="COLLECTION", starts_at__isnull=False),
                name="return_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(price_amount__isnull=True) ^ ~Q(price_currency=""),
                name="return_price_has_currency",
            ),
            models.CheckConstraint(
                condition=~Q(state="PAUSED") | Q(kind="OFFBOARDING"),
                name="return_only_offboardings_pause",
            ),
            models.CheckConstraint(
                condition=Q(state="PAUSED") ^ Q(paused_from=""),
                name="return_paused_remembers_where",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "state", "-created_at"], name="return_by_state"
            ),
            models.Index(
                fields=["company", "-created_at", "-id"], name="return_newest"
            ),
            models.Index(
                fields=["company", "kind", "-created_at", "-id"],
                name="return_newest_of_kind",
            ),
            models.Index(
                fields=["company", "kind", "updated_at", "id"], name="return_by_change"
            ),
            models.Index(
                fields=["next_contact_at"],
                name="return_contact_due",
                condition=Q(next_contact_at__isnull=False),
            ),
            models.Index(
                fields=["closes_at"],
                name="return_closing_due",
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("returns:detail", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_offboarding(self) -> bool:
        return self.kind == Kind.OFFBOARDING

    @property
    def waits_for_packaging(self) -> bool:
        return self.wants_packaging and self.materials_sent_at is None


# When it came into the state, as the states of a return are remembered one by one.
MOMENTS = {
    ReturnState.FIRST_EMAIL_SENT: "first_email_sent_at",
    ReturnState.FIRST_REMINDER_SENT: "first_reminder_sent_at",
    ReturnState.SECOND_REMINDER_SENT: "second_reminder_sent_at",
    ReturnState.EMPLOYEE_NOT_RESPONDING: "not_responding_at",
    ReturnState.READY_FOR_PICKUP: "ready_for_pickup_at",
    ReturnState.READY_FOR_DROPOFF: "ready_for_dropoff_at",
}


class ReturnLine(TenantModel):
    """One asset of a return: what was decided, and how it ended."""

    ret = TenantForeignKey(Return, models.CASCADE, related_name="lines")
    asset = TenantForeignKey(Asset, related_name="return_lines")
    claim = TenantForeignKey(
        Claim, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    shipment = TenantForeignKey(
        Shipment, null=True, blank=True, related_name="return_lines"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            tenant_key("return_line"),
            models.UniqueConstraint(
                fields=["ret", "asset"], name="return_line_once_per_asset"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") ^ Q(closed_at__isnull=False),
                name="return_line_closed_has_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.decision}"

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def is_undecided(self) -> bool:
        return not self.outcome and not self.decision
