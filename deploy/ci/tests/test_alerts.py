"""The rules as files, and by promtool: each alert fires in one case, and is silent in
another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from ci.machine import CLONE, run

from .stack import (
    JOBS,
    OPERATORS,
    RULES,
    render_alerting,
)
from .test_files import PRODUCTION, services

PROMETHEUS = CLONE / "prometheus"
BAD = CLONE / "deploy/ci/bad/prometheus"
GROUPS = yaml.safe_load(RULES.read_text())["groups"]
ALERTS = {
    rule["alert"]: rule
    for group in GROUPS
    for rule in group["rules"]
    if "alert" in rule
}


def test_configuration_is_valid_and_has_every_job() -> None:
    done = run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
    assert done.returncode == 0, done.stderr
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert set(jobs) == JOBS
    assert jobs["tequipy-backend"]["metrics_path"] == "/metrics"
    found_at = jobs["tequipy-backend"]["dns_sd_configs"][0]
    assert (found_at["names"], found_at["port"]) == (["backend"], 8000)


def test_production_as_founded_tells_nobody_and_asks_for_its_own_host(
    tmp_path: Path,
) -> None:
    alerting = services(tmp_path, PRODUCTION)["alerting"]
    assert alerting["command"][:-1] == ["python", "-m", "tequipy.alerting"]
    environment = alerting["environment"]
    done = render_alerting(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert "sent to nobody" in done.stdout
    (probe,) = json.loads((tmp_path / "probes.json").read_text())
    assert probe["labels"]["__param_hostname"] == "app.example.com"
    # No mail server runs beside Alertmanager.
    environment["ALERT_EMAIL_TO"] = OPERATORS
    assert render_alerting(tmp_path, **environment).returncode == 78


def test_rules_are_valid_and_documented() -> None:
    done = run(
        "promtool",
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        PROMETHEUS / "alerts.yml",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in {"warning", "critical"}, name
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url"}, name
        assert notes["runbook_url"].endswith(f"#alert-{name.lower()}"), name


def test_every_alert_has_its_runbook_entry() -> None:
    text = (CLONE / "docs/operations.md").read_text()
    missing = [name for name in ALERTS if f'id="alert-{name.lower()}"' not in text]
    assert missing == []


@pytest.mark.parametrize("process", ["backend", "frontend"])
def test_founding_alerts_are_as_written_and_the_pages_have_them_too(
    process: str,
) -> None:
    down, errors, slow = (
        ALERTS[f"{process.capitalize()}{name}"]
        for name in ("InstanceDown", "HighErrorRate", "HighLatencyP95")
    )
    assert f'up{{job="tequipy-{process}"}} == 0' in down["expr"]
    assert (down["for"], down["labels"]["severity"]) == ("1m", "critical")
    assert errors["expr"].strip().endswith("> 0.05")
    assert slow["expr"].strip().endswith("> 0.75")
    for rule in (errors, slow):
        assert (rule["for"], rule["labels"]["severity"]) == ("5m", "warning")


def test_rules_pass_their_tests() -> None:
    files = sorted((PROMETHEUS / "tests").glob("*.yml"))
    done = run("promtool", "test", "rules", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    text = "".join(path.read_text() for path in files)
    for name in ALERTS:
        fires = re.findall(rf'alertname="{name}".*\n.*\n +exp_samples: \[(.*)\]', text)
        assert any(fires), f"no test in which {name} fires"
        assert not all(fires), f"no test in which {name} is silent"


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (("check", "config"), "prometheus.yml"),
        (("check", "rules", "--lint=all", "--lint-fatal"), "rules.yml"),
        (("test", "rules"), "tests.yml"),
    ],
)
def test_bad_files_fail(command: tuple[str, ...], file: str) -> None:
    assert run("promtool", *command, BAD / file).returncode != 0
