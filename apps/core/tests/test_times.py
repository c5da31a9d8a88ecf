from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from apps.core import times

M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("distance", "english", "german"),
    [
        (0 * M, "just now", "gerade eben"),
        (M, "1 minute ago", "vor 1 Minute"),
        (59 * M, "59 minutes ago", "vor 59 Minuten"),
        (90 * M, "1 hour ago", "vor 1 Stunde"),
        (23 * H, "23 hours ago", "vor 23 Stunden"),
        (D, "1 day ago", "vor 1 Tag"),
        (6 * D, "6 days ago", "vor 6 Tagen"),
    ],
)
def test_how_long_ago(distance, english, german):
    with translation.override("en"):
        assert times.ago(distance) == english
    with translation.override("de"):
        assert times.ago(distance) == german


@pytest.mark.parametrize(
    ("distance", "english", "german"),
    [
        (timedelta(seconds=5), "in 1 minute", "in 1 Minute"),
        (2 * H, "in 2 hours", "in 2 Stunden"),
        (3 * D, "in 3 days", "in 3 Tagen"),
    ],
)
def test_how_long_until(distance, english, german):
    with translation.override("en"):
        assert times.ahead(distance) == english
    with translation.override("de"):
        assert times.ahead(distance) == german


def test_a_moment_has_its_day():
    page = Template("{% load ui %}{% day moment %}|{% day date %}")
    told = {"moment": datetime(2024, 3, 5, 23, tzinfo=UTC), "date": date(2024, 3, 5)}
    with translation.override("de"):
        moment, day = page.render(Context(told)).split("|")
    assert moment == day
    assert 'title="Dienstag, 5. März 2024">05.03.2024<' in day
