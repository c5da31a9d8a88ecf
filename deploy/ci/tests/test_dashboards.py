"""Dashboards are well made, and every panel shows something of a running stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci.machine import CLONE, wait_for

from .stack import BACKUP, METRIC, RULES, WINDOW, Monitored

GRAFANA = CLONE / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
NAMES = {"backend-overview", "worker", "business"}
WORDS = {
    "$__rate_interval": WINDOW,
    "$__range": "1m",
    "$__interval": "2s",
    "$job": ".+",
}


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def problems(dashboard: dict[str, Any], sources: set[str]) -> list[str]:
    """What Grafana would show wrongly, or not at all."""
    found = []
    everything = list(panels(dashboard))
    ids = [panel["id"] for panel in everything]
    if len(ids) != len(set(ids)):
        found.append("two panels have one id")
    for panel in everything:
        found += of_panel(panel, sources)
    for one, other in combinations(everything, 2):
        if overlap(one["gridPos"], other["gridPos"]):
            found.append(f"{one['title']} and {other['title']} overlap")
    return found


def of_panel(panel: dict[str, Any], sources: set[str]) -> list[str]:
    name = panel.get("title") or f"panel {panel['id']}"
    found = []
    if panel["gridPos"]["x"] + panel["gridPos"]["w"] > 24:
        found.append("wider than the page")
    if panel["type"] != "row":
        needed = ("title", "description", "targets")
        found += [f"no {key}" for key in needed if not panel.get(key)]
        if not panel["fieldConfig"]["defaults"].get("unit"):
            found.append("no unit")
        targets = panel.get("targets", [])
        if len({target["refId"] for target in targets}) != len(targets):
            found.append("two queries have one name")
        used = {part.get("datasource", {}).get("uid") for part in (panel, *targets)}
        if used - sources:
            found.append("no such data source")
    return [f"{name}: {problem}" for problem in found]


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def sources() -> set[str]:
    text = (GRAFANA / "provisioning/datasources/prometheus.yml").read_text()
    return {source["uid"] for source in yaml.safe_load(text)["datasources"]}


def queries() -> list[tuple[str, str, str]]:
    return [
        (path.stem, panel["title"], target["expr"])
        for path in FILES
        for panel in panels(read(path))
        for target in panel.get("targets", [])
    ]


def filled_in(expression: str) -> str:
    for word, value in WORDS.items():
        expression = expression.replace(word, value)
    assert "$" not in expression, expression
    return expression


def test_the_founding_dashboards_are_there() -> None:
    assert {path.stem for path in FILES} == NAMES
    titles = {panel["title"] for panel in panels(read(FILES[0]))}
    assert {
        "Requests per second by status",
        "Latency p50 and p95",
        "CPU",
        "Memory",
    } <= titles


def test_provisioning_finds_them() -> None:
    assert sources() == {"prometheus"}
    text = (GRAFANA / "provisioning/dashboards/tequipy.yml").read_text()
    (provider,) = yaml.safe_load(text)["providers"]
    compose = yaml.safe_load((CLONE / "compose.yaml").read_text())
    mounted = {
        inside: CLONE / outside
        for outside, inside, *_mode in (
            volume.split(":") for volume in compose["services"]["grafana"]["volumes"]
        )
    }
    assert mounted[provider["options"]["path"]] == GRAFANA / "dashboards"
    assert mounted["/etc/grafana/provisioning"] == GRAFANA / "provisioning"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_well_made(path: Path) -> None:
    dashboard = read(path)
    assert problems(dashboard, sources()) == []
    assert dashboard["uid"].startswith("tequipy-")
    assert "id" not in dashboard


def test_names_are_unique() -> None:
    made = [read(path) for path in FILES]
    for key in ("uid", "title"):
        assert len({dashboard[key] for dashboard in made}) == len(made)


def test_a_bad_one_is_found_out() -> None:
    bad = read(CLONE / "deploy/ci/bad/prometheus/dashboard.json")
    assert problems(bad, sources()) == [
        "two panels have one id",
        "Left: no such data source",
        "Right: no description",
        "Right: no unit",
        "Left and Right overlap",
    ]


@pytest.fixture(scope="module")
def stack() -> Iterator[Monitored]:
    with Monitored() as made:
        made.python(BACKUP)
        # Rates need two windows before they are of anything.
        wait_for(
            "tasks by outcome",
            lambda: bool(made.query("rate(celery_tasks_total[12s]) > 0")),
        )
        wait_for(
            "business numbers",
            lambda: bool(made.query("tequipy_business_computed_timestamp_seconds")),
        )
        yield made


@pytest.mark.full
def test_every_panel_shows_something(stack: Monitored) -> None:
    empty = []
    for dashboard, panel, expression in queries():
        try:
            wait_for(
                panel,
                lambda e=expression: bool(stack.query(filled_in(e))),
                seconds=15,
            )
        except AssertionError as error:
            empty.append(f"{dashboard}: {panel}: {expression} ({error})")
    assert not empty, "\n".join(empty)


@pytest.mark.full
def test_a_broken_query_is_found_out(stack: Monitored) -> None:
    with pytest.raises(AssertionError, match="parse error"):
        stack.query("sum(rate(http_requests_total[12s])")


@pytest.mark.full
def test_every_alert_can_be_evaluated(stack: Monitored) -> None:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            stack.query(rule["expr"])


@pytest.mark.full
def test_metrics_named_by_panels_and_alerts_exist(stack: Monitored) -> None:
    """An alert on a name nobody exports is silent for ever."""
    expressions = [
        rule["expr"]
        for group in yaml.safe_load(RULES.read_text())["groups"]
        for rule in group["rules"]
    ]
    named = set()
    for expression in expressions + [query[2] for query in queries()]:
        named |= set(re.findall(METRIC, expression))
    assert len(named) > 30
    known = {name for name in named if stack.query(f"count({name})")}
    assert named - known == set()
