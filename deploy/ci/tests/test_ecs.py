"""The ECS task definitions before the API's own model (botocore) and our rules."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator

from ci.limits import OURS, PROCESSES
from ci.machine import CLONE

ECS = CLONE / "deploy/ecs"
TABLE = (*OURS, "migrate")
# Fargate sells these: MiB by CPU units.
FARGATE = {"256": {512, 1024, 2048}, "512": {1024, 2048}, "1024": {2048, 3072}}

Task = dict[str, Any]


def definition(name: str) -> Task:
    return json.loads((ECS / f"{name}.json").read_text())


def schema_report(task: Task) -> str:
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    return ParamValidator().validate(task, shape).generate_report()


def app_of(task: Task) -> Task:
    (app,) = (one for one in task["containerDefinitions"] if one["name"] == "app")
    return app


def problems(name: str, task: Task) -> Iterator[str]:
    limits = PROCESSES[name]
    app = app_of(task)
    if report := schema_report(task):
        yield report
    if int(task["memory"]) not in FARGATE.get(task["cpu"], set()):
        yield "not a size of Fargate"
    if (app["cpu"], app["memory"]) != (limits.cpus * 1024, limits.megabytes):
        yield "limits differ from the table"
    if [one["containerPort"] for one in app.get("portMappings", [])] != limits.ports:
        yield "another port"
    if app["command"][0] != name or task["family"] != f"tequipy-{name}":
        yield "another process"
    if (
        len({one["image"].partition(":")[2] for one in task["containerDefinitions"]})
        > 1
    ):
        yield "not one image"
    yield from safety(name, task)
    yield from probe(name, app)


def confinement(task: Task) -> Iterator[str]:
    if task["networkMode"] != "awsvpc" or task["requiresCompatibilities"] != [
        "FARGATE"
    ]:
        yield "not for Fargate"
    for container in task["containerDefinitions"]:
        if not container["readonlyRootFilesystem"]:
            yield "a writable root"
        if container["linuxParameters"] != {"capabilities": {"drop": ["ALL"]}}:
            yield "capabilities, or what Fargate does not know"
        if container["logConfiguration"]["logDriver"] != "awslogs":
            yield "no logs"
        if container["image"].endswith((":latest", "/tequipy-backend")):
            yield "no release"
        # Root only opens the empty volume; it has no capability and ends.
        is_opener = container.get("entryPoint") == ["chmod"]
        if container["user"] != ("0" if is_opener else "10001:10001"):
            yield "another user"


def safety(name: str, task: Task) -> Iterator[str]:
    yield from confinement(task)
    app = app_of(task)
    if app["mountPoints"][0]["containerPath"] != "/tmp":
        yield "nowhere to write"
    if app["dependsOn"] != [{"containerName": "writable-tmp", "condition": "SUCCESS"}]:
        yield "starts before /tmp can be written"
    secret = {one["name"] for one in app["secrets"]}
    wanted = {"DATABASE_URL", "REDIS_URL", "JWT_SECRET_KEY", "EMAIL_URL"}
    if name == "migrate":
        wanted |= {"MIGRATION_DATABASE_URL"}
    if secret != wanted or wanted & {one["name"] for one in app["environment"]}:
        yield "secrets differ"


def probe(name: str, app: Task) -> Iterator[str]:
    if name == "migrate":
        return
    command = [
        "CMD",
        "curl",
        "-f",
        f"http://localhost:{PROCESSES[name].port}/api/v1/health",
    ]
    if name in {"worker", "beat"}:
        command = ["CMD", "python", "-I", "/app/tequipy/alive.py", name]
    found = app["healthCheck"]
    if found["command"] != command:
        yield "another health check"
    if (found["interval"], found["timeout"], found["retries"]) != (30, 10, 3):
        yield "another health check"
    if app["stopTimeout"] < PROCESSES[name].killed_after:
        yield "killed before it has stopped"
    # Longer than the load balancer's idle timeout of 60 s, or it meets closed ones.
    if name in {"frontend", "backend"} and app["command"][1:] != ["--keep-alive", "75"]:
        yield "connections end before the load balancer's"


@pytest.mark.parametrize("name", TABLE)
def test_keeps_the_rules(name: str) -> None:
    assert list(problems(name, definition(name))) == []


def test_no_other_definition_is_there() -> None:
    assert {path.stem for path in ECS.glob("*.json")} == {*TABLE, "monitoring"}


def monitoring_problems(task: Task) -> Iterator[str]:
    """Beside the rules for all: the images and flags of compose.yaml."""
    if report := schema_report(task):
        yield report
    if int(task["memory"]) not in FARGATE.get(task["cpu"], set()):
        yield "not a size of Fargate"
    yield from confinement(task)
    ours = [one for one in task["containerDefinitions"] if not one["essential"]]
    if {one["image"] for one in ours} != {app_of(definition("backend"))["image"]}:
        yield "not one image"
    if {one["name"] for one in ours[1]["secrets"]} != {
        "EMAIL_URL",
        "ALERT_WEBHOOK_URL",
    }:
        yield "secrets differ"
    compose = yaml.safe_load((CLONE / "compose.yaml").read_text())["services"]
    for one in task["containerDefinitions"]:
        if one["essential"] and one["image"] != compose[one["name"]]["image"]:
            yield f"{one['name']}: another image than compose.yaml's"
    manager = task["containerDefinitions"][2]
    if manager["command"][1:] != compose["alertmanager"]["command"][1:]:
        yield "other flags than compose.yaml's"
    if {"containerName": "alerting", "condition": "SUCCESS"} not in manager[
        "dependsOn"
    ]:
        yield "starts before its configuration is written"


def test_monitoring_keeps_the_rules() -> None:
    assert list(monitoring_problems(definition("monitoring"))) == []


@pytest.mark.parametrize(
    ("problem", "container", "change"),
    [
        ("another image", 3, {"image": "prom/blackbox-exporter:v0.24.0"}),
        ("other flags", 2, {"command": ["--config.file=/x"]}),
        ("starts before", 2, {"dependsOn": []}),
        ("a writable root", 1, {"readonlyRootFilesystem": False}),
        ("another user", 2, {"user": "0"}),
        ("secrets differ", 1, {"secrets": []}),
    ],
)
def test_a_mistake_in_monitoring_is_noticed(
    problem: str, container: int, change: Task
) -> None:
    task = definition("monitoring")
    task["containerDefinitions"][container] |= change
    assert any(problem in found for found in monitoring_problems(task))


MISTAKES: dict[str, Callable[[Task], object]] = {
    "Unknown parameter": lambda t: app_of(t).update(cpuUnits=1),
    "Missing required parameter": lambda t: t.pop("family"),
    "Invalid type": lambda t: app_of(t).update(memory="1024"),
    "not a size of Fargate": lambda t: t.update(memory="1024"),
    "limits differ": lambda t: app_of(t).update(memory=2048),
    "another port": lambda t: app_of(t)["portMappings"][0].update(containerPort=80),
    "another process": lambda t: app_of(t).update(command=["frontend"]),
    "not one image": lambda t: app_of(t).update(image="x/tequipy-backend:1"),
    "a writable root": lambda t: app_of(t).update(readonlyRootFilesystem=False),
    "capabilities": lambda t: app_of(t)["linuxParameters"].update(tmpfs=[]),
    "another user": lambda t: app_of(t).update(user="0"),
    "secrets differ": lambda t: app_of(t)["secrets"].pop(),
    "nowhere to write": lambda t: app_of(t)["mountPoints"][0].update(
        containerPath="/data"
    ),
    "another health check": lambda t: app_of(t)["healthCheck"].update(interval=300),
    "killed before": lambda t: app_of(t).update(stopTimeout=10),
    "connections end before": lambda t: app_of(t).update(command=["backend"]),
}


@pytest.mark.parametrize("problem", MISTAKES)
def test_a_mistake_is_noticed(problem: str) -> None:
    task = copy.deepcopy(definition("backend"))
    MISTAKES[problem](task)
    if problem == "Missing required parameter":
        assert problem in schema_report(task)
        return
    assert any(problem in found for found in problems("backend", task))


def test_the_owners_url_is_for_migrate_alone() -> None:
    for name in TABLE:
        text = (ECS / f"{name}.json").read_text()
        assert ("MIGRATION_DATABASE_URL" in text) is (name == "migrate")


def test_the_readme_replaces_every_placeholder() -> None:
    replaced = set(re.findall(r"s/(<[A-Z_]+>)/", (ECS / "README.md").read_text()))
    for name in (*TABLE, "monitoring"):
        text = (ECS / f"{name}.json").read_text()
        assert set(re.findall("<[A-Z_]+>", text)) <= replaced
