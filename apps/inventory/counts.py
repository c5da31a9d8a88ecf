"""Which rows are counted as they come and go, and what they tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from uuid import UUID

from django.db.models import Sum

from apps.companies import row_counts
from apps.companies.row_counts import RowCount
from apps.core.money import Money

from .states import AssetState

# State and currency; a device without price has none.
BUCKET = "{}.state || ' ' || {}.currency"
ASSETS = row_counts.declare("inventory_asset", BUCKET, "coalesce({}.purchase_price, 0)")


@dataclass(frozen=True, slots=True)
class Fleet:
    """All that is not archived: how much of each state, and what was paid for it, the
    largest sum first."""

    by_state: dict[str, int]
    values: list[Money]

    @property
    def count(self) -> int:
        return sum(self.by_state.values())


def fleet(company_id: UUID) -> Fleet:
    """Of all of the company, whoever asks."""
    kept = RowCount.objects.filter(company_id=company_id, table_name=ASSETS.table)
    by_state: Counter[str] = Counter()
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    for bucket, n, amount in kept.values_list("bucket").annotate(
        n=Sum("n"), worth=Sum("amount")
    ):
        state, _blank, currency = bucket.partition(" ")
        if state != AssetState.ARCHIVED and n:
            by_state[state] += n
            by_currency[currency] += amount
    paid = sorted(by_currency.items(), key=itemgetter(1), reverse=True)
    values = [Money(amount, code) for code, amount in paid]
    return Fleet(dict(by_state), [worth for worth in values if worth.amount])
