"""Devices, and what other systems call them."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Upper
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.actor import Actor, Permission
from apps.core.external_ids import ExternalId, external_id_constraints, named
from apps.core.folding import Fold, has_words
from apps.core.keys import has_code
from apps.core.money import AmountField
from apps.core.short_ids import LENGTH, lengthen
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.inventory.states import (
    AT_A_PERSON,
    AT_A_PLACE,
    IN_A_PARCEL,
    NOWHERE,
    ArchiveReason,
    AssetState,
    Grade,
)
from apps.shipping.models import Shipment

# Condition by grade, 0..1 (design, section 7).
GRADES: dict[str, Decimal] = {
    Grade.A: Decimal("1.00"),
    Grade.B: Decimal("0.75"),
    Grade.C: Decimal("0.50"),
    Grade.D: Decimal("0.25"),
}


def grade_of(condition: Decimal | None) -> str:
    """The nearest to it; "" for none."""
    if condition is None:
        return ""
    return min(GRADES, key=lambda grade: abs(GRADES[grade] - condition))


# The end of `labels.codes.address`; a scanner types what its keyboard has for "/".
_LABEL = re.compile(rf"\Wa\W([0-9a-z]{{{LENGTH}}})$", re.IGNORECASE)


def _held_by(*, user: bool = False, address: bool = False, shipment: bool = False) -> Q:
    return Q(
        user__isnull=not user,
        address__isnull=not address,
        shipment__isnull=not shipment,
    )


class AssetQuerySet(TenantQuerySet["Asset"]):
    reads = Permission.ASSETS_READ

    def own(self, actor: Actor) -> Q:
        return Q(user_id=actor.id)

    def at_places(self, actor: Actor) -> Q:
        parcels = Shipment.objects.open().filter(Shipment.objects.at_places(actor))
        places = Address.objects.worked_at(actor)
        return Q(address__in=places) | Q(shipment__in=parcels)

    def for_list(self) -> AssetQuerySet:
        return self.select_related("product", "user", "address", "shipment")

    def search(self, text: str) -> AssetQuerySet:
        """By part of serial, tag or name; served by a trigram index."""
        return self.filter(has_words("search_text", text))

    def with_code(self, code: str | None) -> AssetQuerySet:
        """By the whole serial number or tag, as it is scanned, or by the address that
        the QR code of a label says."""
        serial = has_code("serial_number", code.upper() if code else None)
        found = serial | has_code("asset_tag", code)
        if code and (said := _LABEL.search(code)) and (pk := lengthen(said[1])):
            found |= Q(pk=pk)
        return self.filter(found)

    def numbered(self, serials: Collection[str]) -> dict[str, UUID]:
        """Ids of those of one company that are not archived, by serial number."""
        if not serials:
            return {}
        live = self.exclude(state=AssetState.ARCHIVED)
        found = live.filter(serial_number__in=serials)
        return dict(found.values_list("serial_number", "pk"))

    def taken(
        self, company_id: UUID, serials: Collection[str], tags: Collection[str]
    ) -> tuple[set[str], set[str]]:
        """Which of these a device of the company has."""
        numbered = Q(serial_number__in=serials) & ~Q(state=AssetState.ARCHIVED)
        found = self.filter(numbered | Q(asset_tag__in=tags), company_id=company_id)
        rows = list(found.values_list("serial_number", "asset_tag", "state"))
        live = {serial for serial, _tag, state in rows if state != AssetState.ARCHIVED}
        return live.intersection(serials), {tag for _s, tag, _st in rows}.intersection(
            tags
        )

    def with_external_id(self, system: str, text: str | None) -> AssetQuerySet:
        """By the whole id by which another system knows it."""
        found = named(AssetExternalId.objects.all(), system, text)
        return self.filter(pk__in=found.values("asset"))

    def held_by(self, holder: User | Address | Shipment) -> AssetQuerySet:
        name = type(holder).__name__.lower()
        return self.filter(**{"company_id": holder.company_id, name: holder})


class Asset(TenantModel):
    """One physical device of a company, with where it is now."""

    product = TenantForeignKey(Product, db_index=False, related_name="assets")
    name = models.CharField(max_length=255)
    serial_number = models.CharField(max_length=128, blank=True)
    asset_tag = models.CharField(max_length=128, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=16, choices=AssetState)
    archive_reason = models.CharField(max_length=16, choices=ArchiveReason, blank=True)
    user = TenantForeignKey(User, null=True, blank=True, related_name="assets")
    address = TenantForeignKey(
        Address, null=True, blank=True, db_index=False, related_name="assets"
    )
    shipment = TenantForeignKey(Shipment, null=True, blank=True, related_name="assets")
    held_since = models.DateTimeField(
        help_text=_("When the last step changed where it is.")
    )
    condition = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True
    )
    is_new = models.BooleanField(
        null=True, blank=True, help_text=_("Nobody has used it yet; empty: unknown.")
    )
    specification = models.JSONField(default=list, blank=True)
    purchased_on = models.DateField(null=True, blank=True)
    purchase_price = AmountField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    warranty_ends_on = models.DateField(null=True, blank=True)
    supplier = models.CharField(max_length=128, blank=True)
    order_number = models.CharField(max_length=128, blank=True)
    cost_centre = models.CharField(
        max_length=128, blank=True, default="", db_default=""
    )
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    search_text = models.GeneratedField(
        expression=Fold(
            Concat(
                "serial_number",
                models.Value(" "),
                "asset_tag",
                models.Value(" "),
                "name",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("asset"),
            models.UniqueConstraint(
                fields=["company", "serial_number"],
                condition=~Q(serial_number="") & ~Q(state="ARCHIVED"),
                name="asset_serial_per_company",
            ),
            models.UniqueConstraint(
                fields=["company", "asset_tag"],
                condition=~Q(asset_tag=""),
                name="asset_tag_per_company",
            ),
            models.CheckConstraint(
                condition=Q(state="ORDERED")
                | Q(archive_reason="NOT_DELIVERED")
                | ~Q(serial_number="")
                | ~Q(asset_tag=""),
                name="asset_can_be_told_apart",
            ),
            models.CheckConstraint(
                condition=Q(
                    serial_number=Upper(models.functions.Trim("serial_number"))
                ),
                name="asset_serial_normalised",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=sorted(AT_A_PERSON)) & _held_by(user=True))
                | (Q(state__in=sorted(AT_A_PLACE)) & _held_by(address=True))
                | (Q(state__in=sorted(IN_A_PARCEL)) & _held_by(shipment=True))
                | (Q(state__in=sorted(NOWHERE)) & _held_by()),
                name="asset_state_fits_holder",
            ),
            models.CheckConstraint(
                condition=Q(state="ARCHIVED") ^ Q(archive_reason=""),
                name="asset_archived_says_why",
            ),
            models.CheckConstraint(
                condition=Q(condition__isnull=True) | Q(condition__range=(0, 1)),
                name="asset_condition_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=Q(purchase_price__isnull=True)
                | (Q(purchase_price__gte=0) & ~Q(currency="")),
                name="asset_price_has_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-created_at", "-id"], name="asset_newest"),
            models.Index(fields=["company", "name", "id"], name="asset_by_name"),
            models.Index(
                fields=["company", "serial_number", "id"], name="asset_by_serial"
            ),
            models.Index(
                fields=["company", "external_id"], name="asset_by_external_id"
            ),
            models.Index(
                fields=["company", "state", "-created_at", "-id"], name="asset_by_state"
            ),
            models.Index(
                fields=["company", "address", "-created_at", "-id"],
                name="asset_by_address",
            ),
            models.Index(
                fields=["company", "product", "-created_at", "-id"],
                name="asset_by_product",
            ),
            models.Index(
                fields=["company", "held_since", "id"], name="asset_by_last_step"
            ),
            models.Index(
                fields=["company", "updated_at", "id"], name="asset_by_change"
            ),
            # What the API lists as sources: what is at places, what people have.
            models.Index(
                fields=["company", "-created_at", "-id"],
                condition=Q(address__isnull=False),
                name="asset_newest_at_places",
            ),
            models.Index(
                fields=["company", "-created_at", "-id"],
                condition=Q(user__isnull=False),
                name="asset_newest_at_people",
            ),
            # Stock levels are counted in its order.
            models.Index(
                fields=["company", "product", "address"],
                condition=Q(state="STORAGE"),
                name="asset_stock",
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="asset_search_trgm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.serial_number or self.asset_tag}".strip()

    def get_absolute_url(self) -> str:
        return reverse("inventory:detail", args=[self.pk])

    @property
    def holder(self) -> User | Address | Shipment | None:
        return self.user or self.address or self.shipment

    @property
    def newness(self) -> str:
        """In a word; "" where nobody has said."""
        if self.is_new is None:
            return ""
        return gettext("Yes") if self.is_new else gettext("No")

    @property
    def grade(self) -> str:
        """A to D, the nearest to `condition`; "" while nobody has graded it."""
        return grade_of(self.condition)


class AssetExternalId(ExternalId):
    """By which id another system knows a device."""

    asset = TenantForeignKey(
        Asset, models.CASCADE, db_index=False, related_name="external_ids"
    )

    class Meta:
        verbose_name = _("id of a device in another system")
        verbose_name_plural = _("ids of devices in other systems")
        constraints = [
            tenant_key("asset_external_id"),
            *external_id_constraints("asset_external_id", "asset"),
        ]
