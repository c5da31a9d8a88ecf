"""What the autoscalers ask for, computed by a real Prometheus from known series."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from .manifests import ROOT, Object, load, one, render

NAMESPACE = 'namespace="tequipy-production"'


def adapter_queries() -> dict[str, str]:
    """prometheus-adapter's queries for the production namespace, by metric."""
    (config,) = load((ROOT / "deploy/k8s/prometheus-adapter.yaml").read_text())
    rules = yaml.safe_load(config["data"]["config.yaml"])
    queries = {}
    for rule in [*rules["rules"], *rules["externalRules"]]:
        by = "pod" if "pod" in rule["resources"]["overrides"] else "namespace"
        query = rule["metricsQuery"].strip()
        for mark, value in {
            "<<.Series>>": rule["name"]["matches"].strip("^$"),
            "<<.LabelMatchers>>": NAMESPACE,
            "<<.GroupBy>>": by,
        }.items():
            query = query.replace(mark, value)
        queries[rule["name"]["as"]] = query
    return queries


def scaler(objects: list[Object], name: str) -> list[Object]:
    return one(objects, "HorizontalPodAutoscaler", name)["spec"]["metrics"]


def test_autoscalers_ask_for_what_the_adapter_offers() -> None:
    production = load(render("production"))
    latency = scaler(production, "backend")[1]["pods"]["metric"]["name"]
    depth = scaler(production, "worker")[0]["external"]["metric"]["name"]
    assert set(adapter_queries()) == {latency, depth}


@pytest.mark.parametrize(
    ("p95", "depth", "is_right"),
    [(0.625, 120, True), (0.5, 120, False), (0.625, 60, False)],
)
def test_the_adapter_computes_p95_of_a_pod_and_the_depth_of_the_queue(
    tmp_path: Path, p95: float, depth: int, is_right: bool
) -> None:
    bucket = f'http_request_duration_seconds_bucket{{{NAMESPACE},pod="b-1",le="%s"}}'
    queue = f'celery_queue_depth{{{NAMESPACE},pod="w-%d",queue="celery"}}'
    queries = adapter_queries()
    case = {
        "interval": "15s",
        # 100 requests a step: 90 within 0.5 s, the other 10 within 0.75 s.
        "input_series": [
            {"series": bucket % "0.5", "values": "0+90x20"},
            {"series": bucket % "0.75", "values": "0+100x20"},
            {"series": bucket % "+Inf", "values": "0+100x20"},
            {"series": queue % 1, "values": "120x20"},
            {"series": queue % 2, "values": "120x20"},
        ],
        "promql_expr_test": [
            {
                # promtool compares every digit.
                "expr": f"round({queries['http_request_duration_p95_seconds']}, 0.001)",
                "eval_time": "5m",
                "exp_samples": [{"labels": '{pod="b-1"}', "value": p95}],
            },
            {
                "expr": queries["celery_queue_depth"],
                "eval_time": "5m",
                "exp_samples": [{"labels": f"{{{NAMESPACE}}}", "value": depth}],
            },
        ],
    }
    path = tmp_path / "test.yml"
    path.write_text(yaml.safe_dump({"rule_files": [], "tests": [case]}))
    done = subprocess.run(
        ["promtool", "test", "rules", path], capture_output=True, text=True
    )
    assert (done.returncode == 0) is is_right, done.stdout + done.stderr
