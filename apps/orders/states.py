from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final, no_door


class OrderState(models.TextChoices):
    ONBOARDING_SET = "ONBOARDING_SET", _("Waiting for approval")
    PAYMENT_PENDING = "PAYMENT_PENDING", _("Waiting for payment")
    PAYMENT_FAILED = "PAYMENT_FAILED", _("Payment failed")
    RECEIVED = "RECEIVED", _("Received")
    PREPARING = "PREPARING", _("Being prepared")
    AWAITING_CTO_ORDER = "AWAITING_CTO_ORDER", _("Being built to order")
    SENT = "SENT", _("Sent")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Out for delivery")
    DELIVERY_FAILED = "DELIVERY_FAILED", _("Delivery failed")
    DELIVERED = "DELIVERED", _("Delivered")
    DECLINED = "DECLINED", _("Declined")
    ARCHIVED = "ARCHIVED", _("Archived")
    DELETED = "DELETED", _("Deleted")


class OrderType(models.TextChoices):
    """For whom it is, and so what it may be ordered with."""

    NEW_EMPLOYEE = "NEW_EMPLOYEE", _("For a new employee")
    ASSIGN_EXISTING = "ASSIGN_EXISTING", _("For an employee")
    COMPANY = "COMPANY", _("For an office")
    ONBOARDING = "ONBOARDING", _("Onboarding set")
    TEQUIPY_WAREHOUSE = "TEQUIPY_WAREHOUSE", _("For storage in a warehouse")


class DeliveryType(models.TextChoices):
    STANDARD = "STANDARD", _("Standard")
    EXPRESS = "EXPRESS", _("Express")


class PaymentMethod(models.TextChoices):
    CREDIT_LINE = "CREDIT_LINE", _("On account")
    STRIPE = "STRIPE", _("By card")


class PaymentSource(models.TextChoices):
    """Where the bank account is that an order on account is paid to."""

    GB = "GB", _("United Kingdom")
    EU = "EU", _("European Union")
    US = "US", _("United States")


# What is paid to an account there, unless the order says another currency.
CURRENCIES = {
    PaymentSource.GB: "GBP",
    PaymentSource.EU: "EUR",
    PaymentSource.US: "USD",
}

_S = OrderState
# In which state an order starts that needs no approval.
STARTS = {
    PaymentMethod.CREDIT_LINE: _S.RECEIVED,
    PaymentMethod.STRIPE: _S.PAYMENT_PENDING,
}
_STARTED = frozenset(STARTS.values())
_UNPAID = frozenset({_S.PAYMENT_PENDING, _S.PAYMENT_FAILED})
_UNORDERED = frozenset({_S.ONBOARDING_SET, *_UNPAID})
_PREPARED = frozenset({_S.PREPARING, _S.AWAITING_CTO_ORDER})
# Of these nothing has left yet: they can be cancelled.
CANCELLABLE = frozenset({*_UNORDERED, _S.RECEIVED, *_PREPARED})
_MOVING = frozenset({_S.SENT, _S.OUT_FOR_DELIVERY, _S.DELIVERY_FAILED})
# Nothing is delivered or owed any more.
ENDED = frozenset({_S.DECLINED, _S.DELETED})
FINISHED = frozenset({*ENDED, _S.DELIVERED, _S.ARCHIVED})
UNFINISHED = frozenset(_S) - FINISHED

TRANSITIONS: dict[str, frozenset[str]] = {
    _S.ONBOARDING_SET: frozenset({*_STARTED, _S.DECLINED, _S.DELETED}),
    _S.PAYMENT_PENDING: frozenset(
        {_S.RECEIVED, _S.PAYMENT_FAILED, _S.DECLINED, _S.DELETED}
    ),
    _S.PAYMENT_FAILED: frozenset({_S.PAYMENT_PENDING, _S.DECLINED, _S.DELETED}),
    _S.RECEIVED: frozenset({_S.PREPARING, _S.DECLINED}),
    _S.PREPARING: frozenset(
        {_S.AWAITING_CTO_ORDER, _S.SENT, _S.DELIVERED, _S.DECLINED}
    ),
    _S.AWAITING_CTO_ORDER: frozenset(
        {_S.PREPARING, _S.SENT, _S.DELIVERED, _S.DECLINED}
    ),
    _S.SENT: frozenset({_S.OUT_FOR_DELIVERY, _S.DELIVERED, _S.DELIVERY_FAILED}),
    _S.OUT_FOR_DELIVERY: frozenset({_S.DELIVERED, _S.DELIVERY_FAILED}),
    _S.DELIVERY_FAILED: frozenset({_S.SENT, _S.OUT_FOR_DELIVERY, _S.DECLINED}),
    _S.DELIVERED: frozenset({_S.ARCHIVED}),
    _S.DECLINED: frozenset({_S.ARCHIVED}),
    _S.ARCHIVED: frozenset(),
    _S.DELETED: frozenset(),
}

_CANCEL = (
    "orders.services.cancel",
    "api api:orders-id-cancel",
    "admin orders.order.cancel",
)
DOORS = (
    door(
        {_S.ONBOARDING_SET},
        _STARTED,
        "orders.services.approve",
        "admin orders.order.approve",
    ),
    door(
        {_S.ONBOARDING_SET},
        {_S.DECLINED},
        "orders.services.decline",
        "admin orders.order.decline",
    ),
    door(CANCELLABLE, {_S.DECLINED}, *_CANCEL),
    door(
        {_S.PAYMENT_PENDING},
        {_S.RECEIVED},
        "orders.services.mark_paid",
        "admin orders.order.mark_paid",
    ),
    no_door(
        _UNPAID,
        _UNPAID,
        "No payment provider is asked so far: staff note what was paid.",
    ),
    no_door(
        _UNORDERED,
        {_S.DELETED},
        "Nothing hides an order so far: cancelling ends it.",
    ),
    no_door(
        {_S.RECEIVED, *_PREPARED},
        _PREPARED,
        "Orders are placed and cancelled so far: nothing prepares them yet.",
    ),
    no_door(
        {*_PREPARED, *_MOVING},
        {*_MOVING, _S.DELIVERED},
        "Orders are placed and cancelled so far: nothing sends them yet.",
    ),
    no_door(
        {_S.DELIVERY_FAILED},
        {_S.DECLINED},
        "Orders are placed and cancelled so far: none has been sent.",
    ),
    no_door(
        {_S.DELIVERED, _S.DECLINED},
        {_S.ARCHIVED},
        "Nothing puts finished orders away so far: lists show them with the others.",
    ),
    final({_S.ARCHIVED}, "It is put away: what it ordered lives on by itself."),
    final({_S.DELETED}, "It is hidden, not undone: its history stays."),
)
