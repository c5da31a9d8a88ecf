"""What the forms about a person show, and so compare (`core.seen`)."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core import seen
from apps.inventory.models import Asset


def register() -> None:
    seen.register(User, of_person, "people/_now.html")


def of_person(user: User) -> list[object]:
    """Whether they work here, and what they hold since when."""
    held = Asset.objects.held_by(user).order_by("id")
    facts = (user.state, user.role, user.start_on, user.end_on)
    return [*facts, *held.values_list("id", "held_since")]
