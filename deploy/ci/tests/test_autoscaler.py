"""The backend's autoscaler sees the API's traffic: real calls, the application's own
/metrics, the repository's scrape jobs, rules and queries of the adapter in a real
Prometheus. Only prometheus-adapter itself is played."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import yaml

from ci.machine import CLONE, wait_for
from tequipy.local.embedded import SUPERUSER

from .manifests import (
    Object,
    find_pods_in,
    load,
    one,
    pod_targets,
    render,
    scrape_jobs,
)
from .monitored import OPERATION, App, fetch
from .stack import RULES, quickened

pytestmark = pytest.mark.full

K8S = CLONE / "deploy/k8s"
ADAPTER = (K8S / "prometheus-adapter.yaml").read_text()
SLOW_SECONDS = 1.2


class Cluster(App):
    """A backend, which Prometheus finds as a pod of production."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = load(render("production"))
        self.environment["API_READS_PER_MINUTE"] = "100000"

    def start(self) -> None:
        super().start()
        self.web("backend")
        jobs = scrape_jobs()
        find_pods_in(jobs, "pods.json")
        pods = json.dumps(pod_targets(self.objects, self.address))
        self.prometheus(
            {"scrape_configs": jobs, "rule_files": ["alerts.yml"]},
            {"pods.json": pods, "alerts.yml": quickened(RULES.read_text())},
        )
        self.token = {"Authorization": f"Bearer {self.api_token()}"}

    def address(self, name: str, _port: int) -> str | None:
        return f"127.0.0.1:{self.port(name)}" if name in self.running else None

    def call(self, times: int) -> None:
        """The API, as its clients do."""
        url = self.url("backend", OPERATION)
        with ThreadPoolExecutor(4) as pool:
            asked = pool.map(lambda _n: fetch(url, 20, **self.token), range(times))
            assert {answer[0] for answer in asked} == {200}

    def call_slowly(self) -> None:
        """While somebody else holds the table that the calls read."""
        url = self.servers.postgres.url(SUPERUSER)
        with ThreadPoolExecutor(1) as pool:
            with psycopg.connect(url) as lock:
                lock.execute("LOCK TABLE inventory_asset IN ACCESS EXCLUSIVE MODE")
                calls = pool.submit(self.call, 4)
                time.sleep(SLOW_SECONDS)
            calls.result()

    def scaler(self) -> Object:
        scaler = one(self.objects, "HorizontalPodAutoscaler", "backend")
        metrics = scaler["spec"]["metrics"]
        (external,) = (m["external"] for m in metrics if "external" in m)
        return dict(external)

    def target(self) -> float:
        quantity = self.scaler()["target"]["value"]
        return float(quantity.removesuffix("m")) / 1000

    def asked_for(self, adapter: str = ADAPTER) -> float | None:
        """What the autoscaler is told of the Deployment; None is nothing."""
        deployment = one(self.objects, "Deployment", "backend")
        return self.offered(
            adapter,
            self.scaler()["metric"]["name"],
            deployment["metadata"]["namespace"],
        )

    def offered(self, adapter: str, metric: str, namespace: str) -> float | None:
        """As prometheus-adapter does: it offers what its seriesQuery finds, with a
        label for the namespace, and asks for it by that label."""
        (config,) = load(adapter)
        for rule in yaml.safe_load(config["data"]["config.yaml"])["externalRules"]:
            series = self.ask_prometheus("series", **{"match[]": rule["seriesQuery"]})
            overrides = rule["resources"]["overrides"]
            label = {to["resource"]: name for name, to in overrides.items()}
            known = [
                each["__name__"]
                for each in series
                if set(label.values()) <= set(each)
                and re.search(rule["name"]["matches"], each["__name__"])
            ]
            if rule["name"]["as"] != metric or not known:
                continue
            query = rule["metricsQuery"]
            for mark, value in {
                "<<.Series>>": known[0],
                "<<.LabelMatchers>>": f'{label["namespace"]}="{namespace}"',
                "<<.GroupBy>>": label["namespace"],
            }.items():
                query = query.replace(mark, value)
            for found in self.query(query):
                assert found["value"][1] != "NaN"
                return float(found["value"][1])
        return None


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as made:
        yield made


def test_p95_rises_with_slow_calls_of_the_api_and_falls_again(
    cluster: Cluster,
) -> None:
    def is_quick() -> bool:
        cluster.call(20)
        return (cluster.asked_for() or 10) < cluster.target()

    def is_slow() -> bool:
        cluster.call_slowly()
        return (cluster.asked_for() or 0) > cluster.target()

    wait_for("quick calls are seen", is_quick)
    wait_for("slow calls are seen", is_slow)
    wait_for("quick calls are seen again", is_quick)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('job="tequipy-backend"', 'job="backend"'),
        ("namespace: {resource: namespace}", "cluster: {resource: namespace}"),
        ("<<.Series>>{job=", "<<.Series>>{process="),
        ('matches: "^job:http_request_', 'matches: "^job:http_response_'),
        ("as: http_request_duration_p95_seconds", "as: http_request_p95_seconds"),
    ],
)
def test_an_adapter_with_a_wrong_name_tells_nothing(
    cluster: Cluster, right: str, wrong: str
) -> None:
    def is_seen() -> bool:
        cluster.call(20)
        return cluster.asked_for() is not None

    wait_for("calls are seen", is_seen)
    assert right in ADAPTER
    assert cluster.asked_for(ADAPTER.replace(right, wrong)) is None


def test_all_the_autoscaler_is_told_are_calls_of_the_api(cluster: Cluster) -> None:
    """Nobody asked the backend for anything else: without them there is no value."""
    cluster.call(5)
    count = 'http_request_duration_seconds_count{job="tequipy-backend"}'
    wait_for("the calls", lambda: bool(cluster.query(count)))
    assert {found["metric"]["path"] for found in cluster.query(count)} == {OPERATION}
