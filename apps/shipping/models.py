from __future__ import annotations

from django.db import models

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core.actor import Actor, Permission
from apps.core.tenancy import (
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
    tenant_key,
)

from . import carriers
from .states import OPEN, UNDER_WAY, ShipmentState


class ShipmentQuerySet(TenantQuerySet["Shipment"]):
    reads = Permission.PARCELS_READ

    def own(self, actor: Actor) -> models.Q:
        return models.Q(to_user_id=actor.id) | models.Q(from_user_id=actor.id)

    def at_places(self, actor: Actor) -> models.Q:
        places = Address.objects.worked_at(actor).values("pk")
        return models.Q(to_address__in=places) | models.Q(from_address__in=places)

    def open(self) -> ShipmentQuerySet:
        return self.filter(state__in=OPEN)

    def under_way(self) -> ShipmentQuerySet:
        return self.filter(state__in=UNDER_WAY)


class Shipment(TenantModel):
    """One parcel. What is in it are the custody rows that name it."""

    state = models.CharField(
        max_length=32, choices=ShipmentState, default=ShipmentState.CREATED
    )
    carrier = models.CharField(max_length=32, choices=carriers.CHOICES)
    tracking_number = models.CharField(max_length=128, blank=True)
    from_user = TenantForeignKey(User, null=True, blank=True, related_name="+")
    from_address = TenantForeignKey(Address, null=True, blank=True, related_name="+")
    to_user = TenantForeignKey(User, null=True, blank=True, related_name="+")
    to_address = TenantForeignKey(
        Address, null=True, blank=True, related_name="incoming"
    )
    expected_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            tenant_key("shipment"),
            models.CheckConstraint(
                condition=models.Q(from_user__isnull=True)
                ^ models.Q(from_address__isnull=True),
                name="shipment_one_sender",
            ),
            models.CheckConstraint(
                condition=models.Q(to_user__isnull=True)
                ^ models.Q(to_address__isnull=True),
                name="shipment_one_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="shipment_by_state"),
            models.Index(
                fields=["company", "tracking_number"], name="shipment_by_tracking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.tracking_number}".strip()

    @property
    def tracking_url(self) -> str:
        return carriers.tracking_url(self.carrier, self.tracking_number)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class TrackingEvent(TenantModel):
    """What the carrier (or somebody for it) said about a parcel, and when."""

    shipment = TenantForeignKey(
        Shipment, models.CASCADE, related_name="tracking_events"
    )
    state = models.CharField(max_length=32, choices=ShipmentState)
    note = models.CharField(max_length=255, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-occurred_at"]
        constraints = [tenant_key("tracking_event")]
        indexes = [
            models.Index(
                fields=["company", "shipment", "occurred_at"], name="tracking_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.get_state_display()
