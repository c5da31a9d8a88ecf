from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalog.models import KeyboardLayout, Product, Warranty
from apps.companies.models import Address, Country, Entity
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.folding import Fold, has_words
from apps.core.ids import uuid7
from apps.core.keys import has_code
from apps.core.money import AmountField, check_code
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.inventory.models import Asset, Claim
from apps.shipping.models import Shipment
from apps.shipping.states import DelayReason

from .states import (
    CANCELLABLE,
    ENDED,
    UNFINISHED,
    DeliveryType,
    OrderState,
    OrderType,
    PaymentMethod,
    PaymentSource,
)

_S = OrderState
# It takes up nothing of a credit line: not ordered yet, or called off.
OWES_NOTHING = frozenset({_S.ONBOARDING_SET, *ENDED})


class OrderQuerySet(TenantQuerySet["Order"]):
    reads = Permission.ORDERS_READ

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).not_deleted()

    def not_deleted(self) -> Self:
        return self.exclude(state=_S.DELETED)

    def with_code(self, code: str | None) -> Self:
        """By its reference, as people read it out."""
        return self.filter(has_code("reference", code.upper() if code else None))

    def search(self, text: str, actor: Actor) -> Self:
        """By parts of the reference, of the customer's own number for it, of who
        receives it, or of the place that it is for."""
        if not one_line(text):
            return self
        places = Address.objects.visible_to(actor).search(text).values("pk")
        return self.filter(has_words("search_text", text) | Q(address__in=places))

    def unfinished(self) -> Self:
        """What is still to be decided, paid or delivered."""
        return self.filter(state__in=sorted(UNFINISHED))

    def owed(self, currency: str) -> Self:
        """What takes up a credit line in this currency."""
        return self.filter(
            payment_method=PaymentMethod.CREDIT_LINE,
            paid_at__isnull=True,
            cancelled_at__isnull=True,
            currency=currency,
        ).exclude(state__in=sorted(OWES_NOTHING))


class Order(TenantModel):
    """Equipment that a company buys for a person, an office or its shelf in a
    warehouse, at prices that stay as they were when it was placed."""

    reference = models.CharField(max_length=16, unique=True)
    type = models.CharField(max_length=32, choices=OrderType)
    state = models.CharField(max_length=32, choices=OrderState)
    user = TenantForeignKey(User, null=True, blank=True, related_name="orders")
    address = TenantForeignKey(Address, null=True, blank=True, related_name="orders")
    entity = TenantForeignKey(Entity, null=True, blank=True, related_name="orders")
    # Where it goes, as it was when it was placed
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
    # Whom to ask about it
    contact_name = models.CharField(max_length=257, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=64, blank=True)
    notes = models.TextField(blank=True)
    purchase_order_number = models.CharField(max_length=128, blank=True)
    delivery_type = models.CharField(
        max_length=16, choices=DeliveryType, default=DeliveryType.STANDARD
    )
    start_on = models.DateField(null=True, blank=True)
    # Money
    currency = models.CharField(max_length=3, validators=[check_code])
    delivery_price = AmountField()
    total = AmountField(help_text=_("Of all lines, with the delivery."))
    payment_method = models.CharField(
        max_length=16, choices=PaymentMethod, default=PaymentMethod.CREDIT_LINE
    )
    payment_source = models.CharField(max_length=8, choices=PaymentSource, blank=True)
    invoiced_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    # On its way
    is_delayed = models.BooleanField(default=False)
    delay_reason = models.CharField(max_length=32, choices=DelayReason, blank=True)
    delivery_failure_reason = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    out_for_delivery_at = models.DateTimeField(null=True, blank=True)
    delivery_failed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    search_text = models.GeneratedField(
        expression=Fold(
            Concat(
                "reference",
                models.Value(" "),
                "purchase_order_number",
                models.Value(" "),
                "full_name",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("order"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(address__isnull=True),
                name="order_for_a_person_or_a_place",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True)
                ^ Q(type__in=["NEW_EMPLOYEE", "ASSIGN_EXISTING", "ONBOARDING"]),
                name="order_type_fits_its_target",
            ),
            models.CheckConstraint(
                condition=Q(delivery_price__gte=0)
                & Q(total__gte=F("delivery_price"))
                & ~Q(currency=""),
                name="order_costs_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_delayed=True) | Q(delay_reason=""),
                name="order_reason_of_a_delay",
            ),
            models.CheckConstraint(
                condition=Q(country__isnull=False)
                | Q(state="ONBOARDING_SET")
                | Q(cancelled_at__isnull=False),
                name="order_placed_has_a_country",
            ),
            models.CheckConstraint(
                condition=~Q(state="DECLINED") | Q(cancelled_at__isnull=False),
                name="order_declined_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-created_at", "-id"], name="order_newest"),
            models.Index(
                fields=["company", "state", "-created_at", "-id"], name="order_by_state"
            ),
            models.Index(
                fields=["company", "updated_at", "id"], name="order_by_change"
            ),
            models.Index(
                fields=["company", "currency"],
                include=["total", "state"],
                condition=Q(
                    payment_method="CREDIT_LINE",
                    paid_at__isnull=True,
                    cancelled_at__isnull=True,
                ),
                name="order_owed",
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="order_search_trgm"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_cancellable(self) -> bool:
        return self.state in CANCELLABLE

    @property
    def target(self) -> User | Address | None:
        """Whom or what it is for."""
        return self.user or self.address


class OrderLine(TenantModel):
    """So many pieces of one product, and what one cost when the order was placed, with
    the warranty that was bought for it."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="lines")
    product = TenantForeignKey(Product, related_name="order_lines")
    quantity = models.PositiveIntegerField()
    unit_price = AmountField(help_text=_("In the currency of the order."))
    keyboard_layout = models.ForeignKey(
        KeyboardLayout, models.PROTECT, null=True, blank=True, related_name="+"
    )
    warranty = TenantForeignKey(Warranty, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            tenant_key("order_line"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="order_line_of_something"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0), name="order_line_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

    @property
    def price(self) -> Decimal:
        return self.unit_price * self.quantity


class OrderUnit(TenantModel):
    """One piece that was ordered: its asset, and the parcel it is sent in."""

    line = TenantForeignKey(OrderLine, models.CASCADE, related_name="units")
    asset = TenantForeignKey(Asset, db_index=False, related_name="order_units")
    claim = TenantForeignKey(
        Claim, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    shipment = TenantForeignKey(
        Shipment, null=True, blank=True, related_name="order_units"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            tenant_key("order_unit"),
            models.UniqueConstraint(fields=["asset"], name="order_unit_one_per_asset"),
        ]

    def __str__(self) -> str:
        return str(self.asset_id)


# --- What the platform agrees with a company ---------------------------------


class CreditLineQuerySet(TenantQuerySet["CreditLine"]):
    reads = Permission.ORDERS_READ


class CreditLine(TenantModel):
    """Up to which amount a company's unpaid orders may be on account, in one currency.
    A company without any may order without limit."""

    currency = models.CharField(max_length=3, validators=[check_code])
    limit = AmountField(null=True, blank=True, help_text=_("Empty: without limit."))

    objects = CreditLineQuerySet.as_manager()

    class Meta:
        ordering = ["company", "currency"]
        constraints = [
            tenant_key("credit_line"),
            models.UniqueConstraint(
                fields=["company", "currency"], name="credit_line_one_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gte=0),
                name="credit_line_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.currency}"


class BankAccount(models.Model):
    """An account of the platform that orders are paid to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=8, choices=PaymentSource)
    currency = models.CharField(max_length=3, validators=[check_code])
    receiver = models.CharField(max_length=255)
    street = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    account_number = models.CharField(max_length=34, blank=True)
    sort_code = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["source", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "currency"], name="bank_account_one_per_currency"
            ),
            models.CheckConstraint(
                condition=~Q(iban="") | ~Q(account_number=""),
                name="bank_account_can_be_paid_to",
                violation_error_message=_("Enter an IBAN or an account number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.currency}"
