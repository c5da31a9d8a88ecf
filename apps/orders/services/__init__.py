"""The verbs of orders, by noun: how one is placed (`placing`), approved or ended
(`deciding`), and paid (`paying`). Only this package assigns `Order.state`."""

from .deciding import approve, cancel, decline
from .erasing import forget
from .paying import mark_invoiced, mark_paid
from .placing import create, draft_onboarding
from .wanted import Details, Item

__all__ = [
    "Details",
    "Item",
    "approve",
    "cancel",
    "create",
    "decline",
    "draft_onboarding",
    "forget",
    "mark_invoiced",
    "mark_paid",
]
