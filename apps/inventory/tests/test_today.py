"""What the page says of warranty and money on a day."""

from datetime import date
from decimal import Decimal

import pytest

from apps.accounts.sessions import actor_of
from apps.conftest import make_asset
from apps.core import times
from apps.core.actor import SYSTEM
from apps.inventory import services
from apps.inventory.today import notices

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("days", "ago", "ahead"),
    [
        (0, "today", "today"),
        (1, "1 day ago", "in 1 day"),
        (60, "60 days ago", "in 60 days"),
        (61, "2 months ago", "in 2 months"),
        (365, "12 months ago", "in 12 months"),
        (730, "24 months ago", "in 24 months"),
        (731, "2 years ago", "in 2 years"),
        (3653, "10 years ago", "in 10 years"),
    ],
)
def test_days_are_told_in_what_people_count_by(days, ago, ahead):
    assert (times.days_ago(days), times.days_ahead(days)) == (ago, ahead)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "tone", "text"),
    [
        (date(2026, 8, 20), "grey", "Warranty ended 3 months ago"),
        (date(2026, 11, 28), "grey", "Warranty ended 1 day ago"),
        (TODAY, "amber", "Warranty ends today"),
        (date(2026, 12, 29), "amber", "Warranty ends in 30 days"),
        (date(2027, 1, 28), "amber", "Warranty ends in 60 days"),
        (date(2027, 1, 29), "green", "Under warranty, which ends in 2 months"),
    ],
)
def test_a_warranty_says_what_matters(office, anna, end, tone, text):
    asset = make_asset(office, "W-1", warranty_ends_on=end, purchased_on=None)
    (found,) = notices(asset, actor_of(anna), TODAY)
    assert (found.tone, found.text) == (tone, text)


@pytest.mark.django_db
def test_a_price_is_for_who_may_see_prices(laptop, anna, emil):
    services.update(
        laptop, actor=SYSTEM, purchase_price=Decimal("1799.50"), currency="CHF"
    )
    laptop.refresh_from_db()
    (seen,) = notices(laptop, actor_of(anna), TODAY)
    assert seen.text.startswith("Bought 10 months ago for CHF")
    assert "1,799.50" in seen.text
    (unseen,) = notices(laptop, actor_of(emil), TODAY)
    assert unseen.text == "Bought 10 months ago"


@pytest.mark.django_db
def test_what_has_left_wants_nothing(office, anna):
    asset = make_asset(office, "W-2", warranty_ends_on=TODAY)
    asset = services.retire(asset, "SOLD", actor=SYSTEM)
    assert notices(asset, actor_of(anna), TODAY) == []
    unknown = make_asset(office, "W-3", purchased_on=None)
    assert notices(unknown, actor_of(anna), TODAY) == []
