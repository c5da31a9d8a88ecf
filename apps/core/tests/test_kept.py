"""What a process keeps of pages shows nothing of the page it was first made for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from apps.core.languages import per_language
from apps.core.templatetags import ui


def render(text: str, **values: Any) -> str:
    template = Template("{% load i18n ui %}" + text)
    return template.render(RequestContext(RequestFactory().get("/"), values))


def test_what_is_kept_is_of_its_language():
    template = Template(
        "{% load i18n ui %}{% kept %}{% translate 'Home' %}{% endkept %}"
    )
    said = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            said.append(template.render(RequestContext(RequestFactory().get("/"))))
    assert said == ["Home", "Start", "Home"]


def test_nothing_of_a_page_is_kept():
    leaky = (
        "{% kept %}{{ name }}{{ request.path }}{% csrf_token %}|{% endkept %}{{ name }}"
    )
    assert render(leaky, name="Anna") == "|Anna"


def test_a_block_is_not_kept():
    with pytest.raises(TemplateSyntaxError):
        render("{% kept %}{% block title %}{% endblock %}{% endkept %}")


def test_a_function_is_asked_once_in_each_language():
    asked = []

    @per_language(10)
    def words(code: str, *, loud: bool = False) -> str:
        asked.append(code)
        return f"{translation.get_language()} {code} {loud}"

    for language in ("en", "de", "en"):
        with translation.override(language):
            assert words("a") == f"{language} a False"
    assert words("a", loud=True).endswith("True")
    assert len(asked) == 3


def test_days_move_on():
    request = SimpleNamespace(member=None)
    today = datetime.now(UTC).date()
    assert "today" in ui.day({"request": request}, today)
    # As it will be called tomorrow.
    assert "yesterday" in ui._day(today, -1)
    assert "today" in ui.day({"request": request}, today)


def test_the_same_moment_is_another_in_another_zone():
    moment = datetime(2024, 3, 31, 23, 30, tzinfo=UTC)
    shown = {
        zone: ui.when({}, moment, zone=zone)
        for zone in ("Europe/Warsaw", "America/New_York")
    }
    assert "1 Apr 2024" in shown["Europe/Warsaw"]
    assert "31 Mar 2024" in shown["America/New_York"]


def test_a_week_later_a_moment_is_a_day(monkeypatch: pytest.MonkeyPatch):
    moment = datetime.now(UTC) - timedelta(days=6, hours=1)
    assert "6 days ago" in ui.when({}, moment, zone="UTC")
    later = moment + timedelta(days=8)
    monkeypatch.setattr(ui.timezone, "now", lambda: later)
    assert "days ago" not in ui.when({}, moment, zone="UTC")


def test_what_people_write_stays_text():
    assert "&lt;b&gt;" in ui.serial("<b>")
    assert "&lt;" in ui.avatar("<script> x")
    assert ui.day({"request": None}, date(2024, 1, 2)).startswith("<time")
