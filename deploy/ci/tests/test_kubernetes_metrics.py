"""What Prometheus finds in the cluster, and what the autoscalers ask it for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from ci.limits import OURS, PROCESSES
from ci.machine import CLONE, run

from .manifests import (
    Object,
    find_pods_in,
    load,
    one,
    pod_targets,
    render,
    scrape_jobs,
)

NAMESPACE = 'namespace="tequipy-production"'
K8S = CLONE / "deploy/k8s"
BAD = CLONE / "deploy/ci/bad/kubernetes"


@pytest.fixture(scope="module")
def production() -> list[Object]:
    return load(render("production"))


def discovered(jobs: list[Object], objects: list[Object], folder: Path) -> Object:
    """The pods each job keeps."""
    targets = pod_targets(objects, lambda _name, port: f"10.0.0.1:{port}")
    (folder / "pods.json").write_text(json.dumps(targets))
    find_pods_in(jobs, str(folder / "pods.json"))
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump({"scrape_configs": jobs}))
    kept = {}
    for job in (job["job_name"] for job in jobs):
        done = run(
            *("promtool", "check", "service-discovery", "--timeout=1s"), config, job
        )
        assert done.returncode == 0, done.stderr
        labels = [found.get("labels") for found in json.loads(done.stdout)]
        kept[job] = sorted(
            (found["pod"], found["namespace"], found["instance"])
            for found in labels
            if found
        )
    return kept


def test_each_scrape_job_finds_its_pods(
    production: list[Object], tmp_path: Path
) -> None:
    assert discovered(scrape_jobs(), production, tmp_path) == {
        f"tequipy-{name}": [
            (f"{name}-1", "tequipy-production", f"10.0.0.1:{PROCESSES[name].port}")
        ]
        for name in OURS
    }


def test_a_scrape_job_that_keeps_another_port_finds_nothing(
    production: list[Object], tmp_path: Path
) -> None:
    jobs = yaml.safe_load((BAD / "scrape.yaml").read_text())
    assert discovered(jobs, production, tmp_path) == {"tequipy-backend": []}


def test_scrape_jobs_have_the_names_of_the_alerts() -> None:
    jobs = yaml.safe_load((K8S / "prometheus-scrape.yaml").read_text())
    compose = yaml.safe_load((CLONE / "prometheus/prometheus.yml").read_text())
    names = {job["job_name"] for job in compose["scrape_configs"]}
    assert {job["job_name"] for job in jobs} - {"kube-state-metrics"} == {
        name for name in names if name.startswith("tequipy-") or name == "alertmanager"
    }


def adapter_queries() -> dict[str, str]:
    """prometheus-adapter's queries for the production namespace, by metric."""
    (config,) = load((K8S / "prometheus-adapter.yaml").read_text())
    rules = yaml.safe_load(config["data"]["config.yaml"])
    queries = {}
    for rule in rules["externalRules"]:
        query = rule["metricsQuery"].strip()
        for mark, value in {
            "<<.Series>>": rule["name"]["matches"].strip("^$"),
            "<<.LabelMatchers>>": NAMESPACE,
            "<<.GroupBy>>": "namespace",
        }.items():
            query = query.replace(mark, value)
        queries[rule["name"]["as"]] = query
    return queries


def scaler(objects: list[Object], name: str) -> list[Object]:
    return one(objects, "HorizontalPodAutoscaler", name)["spec"]["metrics"]


def test_autoscalers_ask_for_what_the_adapter_offers(
    production: list[Object],
) -> None:
    latency = scaler(production, "backend")[1]["external"]["metric"]["name"]
    depth = scaler(production, "worker")[0]["external"]["metric"]["name"]
    assert set(adapter_queries()) == {latency, depth}


def test_without_traffic_the_p95_is_zero(tmp_path: Path) -> None:
    bucket = f'http_request_duration_seconds_bucket{{job="tequipy-backend",{NAMESPACE}'
    case = {
        "interval": "15s",
        "input_series": [
            {"series": f'{bucket},le="0.5"}}', "values": "90x40"},
            {"series": f'{bucket},le="+Inf"}}', "values": "100x40"},
        ],
        "promql_expr_test": [
            {
                "expr": adapter_queries()["http_request_duration_p95_seconds"],
                "eval_time": "8m",
                "exp_samples": [{"labels": f"{{{NAMESPACE}}}", "value": 0}],
            }
        ],
    }
    done = promtool_test(case, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def promtool_test(case: Object, folder: Path) -> subprocess.CompletedProcess[str]:
    """With the rules of the repository."""
    rules = [str(CLONE / "prometheus/alerts.yml")]
    tests = {"rule_files": rules, "evaluation_interval": "15s", "tests": [case]}
    (folder / "test.yml").write_text(yaml.safe_dump(tests))
    return run("promtool", "test", "rules", folder / "test.yml")


@pytest.mark.parametrize(
    ("p95", "depth", "is_right"),
    [(0.625, 120, True), (0.5, 120, False), (0.625, 60, False)],
)
def test_the_adapter_tells_the_recorded_p95_and_the_depth_of_the_queue(
    tmp_path: Path, p95: float, depth: int, is_right: bool
) -> None:
    labels = f'job="tequipy-backend",{NAMESPACE},pod="b-1",le="%s"'
    bucket = f"http_request_duration_seconds_bucket{{{labels}}}"
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
                "exp_samples": [{"labels": f"{{{NAMESPACE}}}", "value": p95}],
            },
            {
                "expr": queries["celery_queue_depth"],
                "eval_time": "5m",
                "exp_samples": [{"labels": f"{{{NAMESPACE}}}", "value": depth}],
            },
        ],
    }
    done = promtool_test(case, tmp_path)
    assert (done.returncode == 0) is is_right, done.stdout + done.stderr
