from __future__ import annotations

from typing import cast

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.companies.models import Address, Country, Entity
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.folding import has_words
from apps.core.money import AmountField
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.inventory.models import Asset, Claim
from apps.shipping.models import Shipment
from apps.shipping.states import DelayReason

from .states import UNFINISHED, RedeploymentState


class RedeploymentQuerySet(TenantQuerySet["Redeployment"]):
    reads = Permission.REDEPLOYMENTS_READ

    def unfinished(self) -> RedeploymentQuerySet:
        return self.filter(state__in=UNFINISHED)

    def search(self, text: str, actor: Actor) -> RedeploymentQuerySet:
        """By parts of the reference, or of who or which place gets it."""
        if not one_line(text):
            return self
        people = User.objects.visible_to(actor).search(text)
        places = Address.objects.visible_to(actor).search(text)
        whose = Q(user__in=people.values("pk")) | Q(address__in=places.values("pk"))
        return self.filter(has_words("reference", text) | whose)


class Redeployment(TenantModel):
    """Stored equipment on its way to somebody, or to another place of the company."""

    reference = models.CharField(max_length=16, unique=True)
    state = models.CharField(
        max_length=16, choices=RedeploymentState, default=RedeploymentState.INITIATED
    )
    user = TenantForeignKey(User, null=True, blank=True, related_name="redeployments")
    address = TenantForeignKey(
        Address, null=True, blank=True, related_name="redeployments"
    )
    entity = TenantForeignKey(Entity, null=True, blank=True, related_name="+")
    start_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    contact_email = models.EmailField(blank=True)
    # Where it goes, as it was when it was requested.
    full_name = models.CharField(max_length=257, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    street = models.CharField(max_length=255, blank=True)
    street2 = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of the service, as the price list said when it was requested.
    price = AmountField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    # Life
    delayed = models.BooleanField(default=False)
    delay_reason = models.CharField(max_length=32, choices=DelayReason, blank=True)
    delivery_failure_reason = models.CharField(max_length=255, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    processing_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    out_for_delivery_at = models.DateTimeField(null=True, blank=True)
    delivery_failed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = RedeploymentQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("redeployment"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(address__isnull=True),
                name="redeployment_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency="")
                | (Q(price__gte=0) & ~Q(currency="")),
                name="redeployment_price_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(delayed=True) | Q(delay_reason=""),
                name="redeployment_delay_reason_of_delay",
            ),
            models.CheckConstraint(
                condition=Q(state="CANCELLED") ^ Q(cancelled_at__isnull=True),
                name="redeployment_cancelled_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="COMPLETED") ^ Q(completed_at__isnull=True),
                name="redeployment_completed_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "-created_at", "-id"], name="redeployment_newest"
            ),
            models.Index(
                fields=["company", "state", "-created_at", "-id"],
                name="redeployment_by_state",
            ),
            models.Index(
                fields=["company", "updated_at", "id"], name="redeployment_changed"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def receiver(self) -> User | Address:
        return cast(User | Address, self.user or self.address)

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED


class RedeploymentLine(TenantModel):
    """One asset of a redeployment."""

    redeployment = TenantForeignKey(Redeployment, models.CASCADE, related_name="lines")
    asset = TenantForeignKey(Asset, related_name="redeployment_lines")
    claim = TenantForeignKey(
        Claim, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    shipment = TenantForeignKey(
        Shipment, null=True, blank=True, related_name="redeployment_lines"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            tenant_key("redeployment_line"),
            models.UniqueConstraint(
                fields=["redeployment", "asset"],
                name="redeployment_line_once_per_asset",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}"
