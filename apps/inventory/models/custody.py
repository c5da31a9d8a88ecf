"""Who or what had a device, and when."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core.actor import Actor, Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.shipping.models import Shipment

from .assets import Asset, _held_by


class CustodyQuerySet(TenantQuerySet["Custody"]):
    """Of what they have or keep now, only the times that were theirs too."""

    reads = Permission.ASSETS_READ

    def own(self, actor: Actor) -> Q:
        return Q(user_id=actor.id, asset__user_id=actor.id)

    def at_places(self, actor: Actor) -> Q:
        assets = Asset.objects.filter(Asset.objects.at_places(actor)).values("pk")
        places = Address.objects.worked_at(actor)
        parcels = Shipment.objects.filter(Shipment.objects.at_places(actor))
        was_there = Q(address__in=places) | Q(shipment__in=parcels)
        return Q(asset__in=assets) & was_there

    def on(self, moment: datetime) -> CustodyQuerySet:
        return self.filter(period__contains=moment)

    def open(self) -> CustodyQuerySet:
        return self.filter(period__upper_inf=True)


class Custody(TenantModel):
    """Who held an asset, from when until when. The database refuses two holders at
    one time."""

    # The exclusion constraint is its index.
    asset = TenantForeignKey(
        Asset, models.CASCADE, db_index=False, related_name="custody"
    )
    user = TenantForeignKey(User, null=True, blank=True, related_name="custody")
    address = TenantForeignKey(
        Address, null=True, blank=True, db_index=False, related_name="+"
    )
    shipment = TenantForeignKey(
        Shipment, null=True, blank=True, related_name="contents"
    )
    period = DateTimeRangeField()

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("device history")
        verbose_name_plural = _("custody")
        constraints = [
            tenant_key("custody"),
            ExclusionConstraint(
                name="custody_one_holder_at_a_time",
                expressions=[
                    ("asset", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=_held_by(user=True)
                | _held_by(address=True)
                | _held_by(shipment=True),
                name="custody_exactly_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False) & Q(period__lower_inf=False),
                name="custody_period_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.holder}"

    @property
    def holder(self) -> User | Address | Shipment | None:
        return self.user or self.address or self.shipment
