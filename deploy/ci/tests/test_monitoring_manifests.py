"""deploy/k8s/monitoring: Alertmanager and the probe of a cluster."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from ci.machine import CLONE

from .manifests import (
    Object,
    containers,
    load,
    one,
    pod_rules,
    pods,
    render,
)
from .stack import render_alerting
from .test_kubernetes import validate

COMPOSE = yaml.safe_load((CLONE / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def rendered() -> str:
    return render("monitoring")


@pytest.fixture
def objects(rendered: str) -> list[Object]:
    return load(rendered)


def test_fits_the_schema_of_kubernetes(rendered: str, tmp_path: Path) -> None:
    path = tmp_path / "monitoring.yaml"
    path.write_text(rendered)
    done = validate(path)
    assert done.returncode == 0, done.stdout + done.stderr


def problems(objects: list[Object]) -> Iterator[str]:
    yield from pod_rules(objects)
    for name, pod in pods(objects):
        for container in containers(pod):
            used = COMPOSE.get(container["name"], {}).get("image", "")
            if used.startswith("prom/") and container["image"] != used:
                yield f"{name}: another image than compose.yaml's"
    manager = one(objects, "Deployment", "alertmanager")["spec"]["template"]["spec"]
    (app,), (writes,) = manager["containers"], manager["initContainers"]
    if app["args"][1:] != COMPOSE["alertmanager"]["command"][1:]:
        yield "alertmanager: other flags than compose.yaml's"
    if app["args"][0] != f"--config.file={writes['command'][-1]}/alertmanager.yml":
        yield "alertmanager: reads what nobody wrote"
    for name, port in (("alertmanager", 9093), ("blackbox-exporter", 9115)):
        if one(objects, "Service", name)["spec"]["ports"][0]["port"] != port:
            yield f"{name}: its Service has another port"
        if f"{name}.monitoring:{port}" not in scraped():
            yield f"{name}: Prometheus looks for it elsewhere"


def scraped() -> str:
    return (CLONE / "deploy/k8s/prometheus-scrape.yaml").read_text()


def test_keeps_our_rules(objects: list[Object]) -> None:
    assert list(problems(objects)) == []


def container_of(objects: list[Object], name: str, kind: str = "containers") -> Object:
    return one(objects, "Deployment", name)["spec"]["template"]["spec"][kind][0]


MISTAKES: dict[str, Callable[[list[Object]], object]] = {
    "another image": lambda o: container_of(o, "blackbox-exporter").update(
        image="prom/blackbox-exporter:v0.24.0"
    ),
    "names no release": lambda o: container_of(
        o, "alertmanager", "initContainers"
    ).update(image="registry.example.com/tequipy-backend"),
    "other flags": lambda o: container_of(o, "alertmanager")["args"].pop(),
    "reads what nobody wrote": lambda o: container_of(
        o, "alertmanager", "initContainers"
    )["command"].append("/elsewhere"),
    "is not restricted": lambda o: container_of(o, "alertmanager").pop(
        "securityContext"
    ),
    "its Service has another port": lambda o: one(o, "Service", "alertmanager")["spec"][
        "ports"
    ][0].update(port=80),
}


@pytest.mark.parametrize("problem", MISTAKES)
def test_a_mistake_is_noticed(problem: str, objects: list[Object]) -> None:
    changed = copy.deepcopy(objects)
    MISTAKES[problem](changed)
    assert any(problem in found for found in problems(changed))


def test_prometheus_and_the_probe_get_the_files_of_the_repository(
    objects: list[Object],
) -> None:
    for name, file in (
        ("tequipy-alerts", "alerts.yml"),
        ("tequipy-blackbox", "blackbox.yml"),
    ):
        data = one(objects, "ConfigMap", name)["data"]
        assert data == {file: (CLONE / "prometheus" / file).read_text()}
    module = next(
        job["params"]["module"]
        for job in yaml.safe_load(scraped())
        if job["job_name"] == "tequipy-probe"
    )
    modules = yaml.safe_load((CLONE / "prometheus/blackbox.yml").read_text())["modules"]
    # Of a cluster's certificate browsers are sure.
    assert "tls_config" not in modules[module[0]]["http"]


def test_what_the_pod_is_given_is_enough(objects: list[Object], tmp_path: Path) -> None:
    writes = container_of(objects, "alertmanager", "initContainers")
    secrets = {
        "EMAIL_URL": "smtp+tls://u:p@mail.example.org:587",
        "ALERT_WEBHOOK_URL": "https://pager.example.org/x",
    }
    environment = next(
        found["data"]
        for found in objects
        if found["metadata"]["name"].startswith("tequipy-alerting-")
    )
    for variable in writes["env"]:
        file = tmp_path / Path(variable["value"]).name
        file.write_text(secrets.pop(file.name))
        environment[variable["name"]] = str(file)
    assert secrets == {}
    done = render_alerting(tmp_path, **environment)
    assert done.returncode == 0, done.stdout
    config = json.loads((tmp_path / "alertmanager.yml").read_text())
    (mail,) = config["receivers"][0]["email_configs"]
    assert (mail["smarthost"], mail["auth_password"]) == ("mail.example.org:587", "p")
