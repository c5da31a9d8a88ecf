from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.ops.backup.retention import DAILY, HOURLY, key_of, parse, superfluous

START = datetime(2025, 1, 1, 2, tzinfo=UTC)


def after_days(days: int) -> list[str]:
    """What is left when every day has made one and pruned."""
    have: list[str] = []
    for day in range(days):
        have.append(key_of(DAILY, START + timedelta(days=day)))
        have = [key for key in have if key not in superfluous(have)]
    return [key.removeprefix("daily/")[:8] for key in reversed(have)]


def test_first_week_stays_whole() -> None:
    assert len(after_days(7)) == 7


@pytest.mark.full
def test_two_years_leave_days_weeks_and_months() -> None:
    assert after_days(730) == [
        # 31 December 2026 is day 730; seven days
        *("20261231", "20261230", "20261229", "20261228"),
        *("20261227", "20261226", "20261225"),
        # with the two weeks above, four
        *("20261220", "20261213"),
        # the last of each month, twelve with December
        *("20261130", "20261031", "20260930", "20260831", "20260731", "20260630"),
        *("20260531", "20260430", "20260331", "20260228", "20260131"),
    ]


def test_weeks_without_backups_do_not_count() -> None:
    gap = [START, START + timedelta(days=100), START + timedelta(days=200)]
    assert superfluous(key_of(DAILY, moment) for moment in gap) == []


def test_forty_eight_hours_stay_and_no_daily_goes_for_them() -> None:
    keys = [key_of(HOURLY, START + timedelta(hours=hour)) for hour in range(60)]
    keys.append(key_of(DAILY, START))
    assert superfluous(keys) == keys[:12]


def test_newest_stays_whatever_it_is() -> None:
    days = [key_of(DAILY, START + timedelta(days=day)) for day in range(400)]
    assert days[-1] not in superfluous(days)
    assert superfluous([key_of(HOURLY, START)]) == []


@pytest.mark.parametrize(
    "stranger", ["daily/notes", "weekly/20250101T020000Z", "readme.txt", "", "daily/"]
)
def test_what_is_not_ours_is_never_deleted(stranger: str) -> None:
    assert parse(stranger) is None
    keys = [key_of(DAILY, START + timedelta(days=day)) for day in range(40)]
    assert stranger not in superfluous([stranger, *keys])


def test_two_of_one_day_leave_the_later() -> None:
    two = [key_of(DAILY, START), key_of(DAILY, START + timedelta(hours=3))]
    assert superfluous(two) == two[:1]
