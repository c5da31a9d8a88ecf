"""What happens to redeployments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.events.names import Names
from apps.events.payloads import Payload, Reference, Text
from apps.events.registry import declare

from .states import RedeploymentState


@dataclass(slots=True, kw_only=True)
class RedeploymentFacts(Payload):
    """It goes to exactly one of `user_id` and `address_id`."""

    reference: Reference
    state: RedeploymentState
    user_id: UUID | None = None
    address_id: UUID | None = None
    entity_id: UUID | None = None
    asset_ids: list[UUID]

    def thing(self) -> str:
        return self.reference

    def words(self, names: Names) -> dict[str, str]:
        if self.user_id:
            return {"to": names.somebody(self.user_id)}
        return {"to": names.text(self.address_id, gettext("somewhere"))}


@dataclass(slots=True, kw_only=True)
class RedeploymentCreated(RedeploymentFacts):
    """`price` is that of the service; missing if the price list has none."""

    start_on: date | None = None
    price: Decimal | None = None
    currency: Annotated[str, Text("a currency, as ISO 4217 writes it")] | None = None


@dataclass(slots=True, kw_only=True)
class RedeploymentMoved(RedeploymentFacts):
    """`from` is the state before."""

    from_: RedeploymentState


REDEPLOYMENT_CREATED = declare(
    "redeployment.created",
    RedeploymentCreated,
    _("%(thing)s to %(to)s was requested"),
    icon="truck",
)
REDEPLOYMENT_CANCELLED = declare(
    "redeployment.cancelled",
    RedeploymentMoved,
    _("%(thing)s to %(to)s was cancelled"),
    icon="truck",
)
