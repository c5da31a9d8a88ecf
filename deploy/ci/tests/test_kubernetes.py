"""The rendered overlays before real tools and our own rules; each can fail."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ci.machine import CLONE, run, told

from .manifests import (
    BIN,
    Object,
    app_of,
    containers,
    kustomize,
    load,
    one,
    pods,
    problems,
    render,
    settings,
)

BAD = CLONE / "deploy/ci/bad/kubernetes"
K8S = CLONE / "deploy/k8s"
VERSION = "1.37"
CHECKOV = Path(os.environ.get("CHECKOV", CLONE / ".venv-checkov/bin/checkov"))
OVERLAYS = ("staging", "production")


@pytest.fixture(scope="module", params=OVERLAYS)
def manifest(request: pytest.FixtureRequest, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("kubernetes") / f"{request.param}.yaml"
    path.write_text(render(request.param))
    return path


@pytest.fixture(scope="module")
def production() -> list[Object]:
    return load(render("production"))


# --- tools ------------------------------------------------------------------


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "kubernetes-validate", "--strict", "-k", VERSION, path)


def checkov(*files: Path) -> subprocess.CompletedProcess[str]:
    return run(
        *(CHECKOV, "--framework", "kubernetes", "--quiet", "--compact"),
        *("--skip-download", "--file", *files),
    )


def test_kustomize_refuses_a_patch_for_nothing() -> None:
    done = kustomize(BAD / "overlay")
    assert done.returncode != 0
    assert "fronted" in done.stderr


def test_fits_the_schema_of_kubernetes(manifest: Path) -> None:
    done = validate(manifest)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployment/backend" in done.stdout + done.stderr


def test_schema_refuses_an_unknown_field() -> None:
    assert validate(BAD / "unknown-field.yaml").returncode != 0


def test_checkov_finds_nothing(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.yaml" for name in (*OVERLAYS, "monitoring")}
    for name, file in files.items():
        file.write_text(render(name))
    done = checkov(*files.values())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Failed checks: 0" in done.stdout


def test_checkov_refuses_a_loose_pod() -> None:
    done = checkov(BAD / "loose-pod.yaml")
    assert done.returncode != 0
    assert "CKV_K8S_16" in done.stdout


def test_every_checkov_exception_has_its_reason(production: list[Object]) -> None:
    notes = [
        value
        for found in production
        for key, value in found["metadata"].get("annotations", {}).items()
        if key.startswith("checkov.io/skip")
    ]
    assert notes
    for note in notes:
        check, _, reason = note.partition("=")
        assert check.startswith("CKV")
        assert len(reason) > 20


# --- our own rules ----------------------------------------------------------


def test_keeps_our_rules(manifest: Path) -> None:
    assert problems(load(manifest.read_text())) == []


def pod(objects: list[Object], name: str) -> Object:
    return one(objects, "Deployment", name)["spec"]["template"]["spec"]


def metric(objects: list[Object], name: str, index: int) -> Object:
    return one(objects, "HorizontalPodAutoscaler", name)["spec"]["metrics"][index]


def notes(objects: list[Object], name: str) -> Object:
    return one(objects, "Ingress", name)["metadata"]["annotations"]


def owner_url_for(objects: list[Object], name: str) -> None:
    pod(objects, name)["volumes"].append(
        {"name": "owner", "secret": {"secretName": "tequipy-migration"}}
    )


MISTAKES: dict[str, Callable[[list[Object]], object]] = {
    "beat: could run twice": lambda o: one(o, "Deployment", "beat")["spec"].update(
        replicas=2
    ),
    "backend: limits differ": lambda o: app_of(o, "backend")["resources"][
        "limits"
    ].update(memory="2Gi"),
    "worker/app: is not restricted": lambda o: app_of(o, "worker")[
        "securityContext"
    ].update(readOnlyRootFilesystem=False),
    "names no release": lambda o: app_of(o, "backend").update(image="x/tequipy:latest"),
    "not one image": lambda o: app_of(o, "worker").update(
        image="x/tequipy-backend:0.9"
    ),
    "cannot write /tmp": lambda o: app_of(o, "frontend")["volumeMounts"].clear(),
    "does not run as 10001": lambda o: pod(o, "beat")["securityContext"].update(
        runAsUser=0
    ),
    "gets a token": lambda o: pod(o, "backend").pop("automountServiceAccountToken"),
    "is killed before": lambda o: pod(o, "worker").update(
        terminationGracePeriodSeconds=30
    ),
    "readinessProbe asks something else": lambda o: app_of(o, "backend")[
        "readinessProbe"
    ]["httpGet"].update(path="/api/v1/readiness"),
    "stops while it is still asked": lambda o: app_of(o, "frontend").pop("lifecycle"),
    "each deploy would undo": lambda o: one(o, "Deployment", "worker")["spec"].update(
        replicas=2
    ),
    "a rolling update takes": lambda o: one(o, "Deployment", "frontend")["spec"][
        "strategy"
    ]["rollingUpdate"].update(maxUnavailable=1),
    "stays on a dead node": lambda o: pod(o, "beat").pop("tolerations"),
    "logs something else than JSON": lambda o: one(o, "CronJob", "backup")["spec"][
        "jobTemplate"
    ]["spec"]["template"]["spec"]["initContainers"][0].update(
        command=["/scripts/dump.sh", "/backup/work/database.dump"]
    ),
    "may land in one zone": lambda o: pod(o, "backend").pop(
        "topologySpreadConstraints"
    ),
    "may land on one node": lambda o: pod(o, "backend").pop("affinity"),
    "the owner's URL is for migrate": lambda o: owner_url_for(o, "worker"),
    "replicas share no folder": lambda o: settings(o).update(
        FILES_URL="file:///var/lib/tequipy/files"
    ),
    "a Secret is rendered": lambda o: o.append(
        {"kind": "Secret", "metadata": {"name": "tequipy-secrets"}}
    ),
    "scales at another CPU": lambda o: metric(o, "frontend", 0)["resource"][
        "target"
    ].update(averageUtilization=90),
    "scales at another p95": lambda o: metric(o, "backend", 1)["external"][
        "target"
    ].update(value="750m"),
    "scales at another queue depth": lambda o: metric(o, "worker", 0)["external"][
        "target"
    ].update(value="1000"),
    "connections to PostgreSQL": lambda o: one(o, "HorizontalPodAutoscaler", "backend")[
        "spec"
    ].update(maxReplicas=20),
    "budgets are for": lambda o: o.remove(one(o, "PodDisruptionBudget", "worker")),
    "not everything is denied": lambda o: o.remove(one(o, "NetworkPolicy", "deny-all")),
    "lets everybody": lambda o: one(o, "NetworkPolicy", "prometheus-to-metrics")[
        "spec"
    ]["ingress"][0].pop("from"),
    "limit-rps differs": lambda o: notes(o, "sign-in").update(
        {"nginx.ingress.kubernetes.io/limit-rps": "100"}
    ),
    "Ingress routes are": lambda o: notes(o, "pages").update(
        {"nginx.ingress.kubernetes.io/proxy-body-size": "60m"}
    ),
    "/metrics, and only that": lambda o: notes(o, "metrics").pop(
        "nginx.ingress.kubernetes.io/denylist-source-range"
    ),
    "another host than PUBLIC_URL": lambda o: settings(o).update(
        PUBLIC_URL="https://other.example.com"
    ),
}


@pytest.mark.parametrize("problem", MISTAKES)
def test_a_mistake_is_noticed(problem: str, production: list[Object]) -> None:
    objects = copy.deepcopy(production)
    MISTAKES[problem](objects)
    assert any(problem in found for found in problems(objects))


def test_staging_is_smaller(production: list[Object]) -> None:
    staging = load(render("staging"))
    for name in ("frontend", "backend", "worker"):
        small = one(staging, "HorizontalPodAutoscaler", name)["spec"]
        large = one(production, "HorizontalPodAutoscaler", name)["spec"]
        assert small["maxReplicas"] < large["maxReplicas"]
        assert large["minReplicas"] >= 2
    assert settings(staging)["ENABLE_HSTS"] == "false"
    assert settings(production)["ENABLE_HSTS"] == "true"


def test_the_migration_comes_first_with_all_it_needs(production: list[Object]) -> None:
    first = {
        (found["kind"], found["metadata"]["name"].rpartition("-")[0])
        if found["kind"] == "ConfigMap"
        else (found["kind"], found["metadata"]["name"])
        for found in production
        if found["metadata"].get("labels", {}).get("tequipy/deploy") == "first"
    }
    assert {
        ("Namespace", "tequipy-production"),
        ("ServiceAccount", "tequipy"),
        ("ConfigMap", "tequipy-settings"),
        ("Job", "migrate"),
        ("NetworkPolicy", "deny-all"),
        ("NetworkPolicy", "ask-dns"),
        ("NetworkPolicy", "to-postgres-and-redis"),
    } <= first
    assert not {kind for kind, _ in first} & {"Deployment", "CronJob", "Ingress"}


def test_the_example_secrets_hold_what_the_settings_read(
    production: list[Object],
) -> None:
    wanted = {
        name.removesuffix("_FILE")
        for name, value in settings(production).items()
        if value.startswith("/etc/tequipy/secrets/")
    }
    lines = (K8S / "secrets/secret.env.example").read_text().splitlines()
    assert {line.partition("=")[0] for line in lines} == wanted
    (app_secret, migration) = load(
        (K8S / "secrets/external-secret.example.yaml").read_text()
    )
    assert {entry["secretKey"] for entry in app_secret["spec"]["data"]} == wanted
    assert migration["spec"]["target"]["name"] == "tequipy-migration"


def test_filled_in_examples_make_the_secrets_under_their_names(tmp_path: Path) -> None:
    shutil.copytree(K8S / "secrets", tmp_path, dirs_exist_ok=True)
    assert kustomize(tmp_path).returncode != 0  # nothing is filled in yet
    for name in ("secret", "migration"):
        (tmp_path / f"{name}.env.example").rename(tmp_path / f"{name}.env")
    made = load(kustomize(tmp_path).stdout)
    assert {one["metadata"]["name"] for one in made} == {
        "tequipy-secrets",
        "tequipy-migration",
    }


def test_the_backup_jobs_say_what_the_commands_take(production: list[Object]) -> None:
    jobs = [found for found in production if found["kind"] == "CronJob"]
    assert {job["metadata"]["name"]: job["spec"]["schedule"] for job in jobs} == {
        "backup": "0 2 * * *",
        "backup-hourly": "30 * * * *",
        "backup-verify": "0 4 * * *",
        **dict.fromkeys(("restore", "restore-files"), "0 0 1 1 *"),
    }
    suspended = {job["metadata"]["name"] for job in jobs if job["spec"]["suspend"]}
    assert suspended == {"restore", "restore-files"}
    called = [
        container["args"][1:]
        for _, pod_of_job in pods(jobs)
        for container in containers(pod_of_job)
        if container.get("args", [""])[0] == "manage"
    ]
    assert {name for name, *_ in called} == {
        *("backup", "restore", "verify_backup"),
        *("check_custody", "verify_events"),
    }
    wrong = ["backup", "--kind", "yearly"]
    assert refused([*called, wrong]) == [wrong]


PARSE = """
import json, sys, django
django.setup()
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError
refused = []
for name, *arguments in json.loads(sys.argv[1]):
    command = load_command_class(get_commands()[name], name)
    try:
        command.create_parser("manage.py", name).parse_args(arguments)
    except CommandError:
        refused.append([name, *arguments])
print(json.dumps(refused))
"""


def refused(commands: list[list[str]]) -> list[list[str]]:
    """Those whose arguments can't be read; no server is asked."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tequipy.settings",
        "DATABASE_URL": "postgresql://none/none",
        "REDIS_URL": "redis://none",
        "JWT_SECRET_KEY": "x" * 32,
        "EMAIL_URL": "smtp://none:25",
    }
    command = (sys.executable, "-c", PARSE, json.dumps(commands))
    return list(json.loads(told(*command, env=environment)))
