"""What Acme buys: for somebody, for an office and for the shelf; a joiner's set waits
for approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.catalog.models import Product
from apps.core.actor import SYSTEM
from apps.orders import services
from apps.orders.models import BankAccount, CreditLine, Order
from apps.orders.services import Details, Item

from .companies import Cast
from .timeline import Timeline

_ACCOUNTS = (
    ("EU", "EUR", {"iban": "PL61109010140000071219812874", "bic": "WBKPPLPPXXX"}),
    ("GB", "GBP", {"account_number": "31926819", "sort_code": "60-16-13"}),
    ("US", "USD", {"account_number": "000123456789"}),
)
_LAPTOP, _MONITOR = "Latitude 7440", "UltraSharp U2723QE"
_DOCK, _HEADSET = "WD22TB4 Thunderbolt Dock", "Evolve2 65"
_NEWEST_DAY = 3


def bank_accounts() -> None:
    """Of the platform: where orders on account are paid to."""
    for source, currency, numbers in _ACCOUNTS:
        BankAccount.objects.create(
            source=source,
            currency=currency,
            receiver="Tequipy sp. z o.o.",
            street="Magazynowa 5",
            city="Poznań",
            postal_code="61-001",
            country_id="PL",
            **numbers,
        )


def tell(user: User, joiners: list[User], timeline: Timeline, cast: Cast) -> None:
    """`user` and the first office and shelf get something, the joiners a set each; one
    order is paid, one cancelled, one set declined."""
    CreditLine.objects.create(
        company=cast.company, currency=cast.company.currency, limit=60_000
    )
    admin = actor_of(cast.admin)
    made: dict[str, UUID] = {}

    def order(name: str, target: Target, wanted: Mapping[str, int]) -> Callable:
        def step(at: datetime) -> None:
            items = [
                Item(product_id=_sold(cast, product).id, quantity=count)
                for product, count in wanted.items()
            ]
            details = Details(purchase_order_number=f"PO-{len(made) + 2041}")
            found = services.create(
                items,
                target,
                actor=admin,
                company=cast.company,
                details=details,
                at=at,
            )
            made[name] = found.id

        return step

    def draft(name: str, joiner: User) -> Callable:
        def step(at: datetime) -> None:
            wanted = [_sold(cast, product).id for product in (_LAPTOP, _HEADSET)]
            found = services.draft_onboarding(joiner, wanted, actor=admin, at=at)
            made[name] = found.id

        return step

    def later(name: str, verb: Callable, actor: object) -> Callable:
        return lambda at: verb(Order.objects.get(pk=made[name]), actor=actor, at=at)

    office, shelf = Target(address=cast.offices[0]), Target(address=cast.shelves[0])
    steps = [
        (24, order("paid", Target(user=user), {_MONITOR: 1, _DOCK: 1})),
        (13, later("paid", services.mark_paid, SYSTEM)),
        (12, order("office", office, {_MONITOR: 2})),
        (9, order("cancelled", shelf, {_LAPTOP: 2})),
        (8, later("cancelled", services.cancel, admin)),
    ]
    for number, joiner in enumerate(joiners[:2]):
        steps.append((5, draft(f"draft {number}", joiner)))
    if len(joiners) > 1:
        steps.append((_NEWEST_DAY, later("draft 1", services.decline, admin)))
    for number, (days_ago, step) in enumerate(steps):
        timeline.add(timeline.on(days_ago, 11, number), step)


def _sold(cast: Cast, name: str) -> Product:
    return Product.objects.get(company=cast.company, name=name, is_orderable=True)
