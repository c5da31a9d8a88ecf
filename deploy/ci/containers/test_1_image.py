"""The image, from outside."""

from __future__ import annotations

import json
import time

import pytest

from ci.machine import CLONE, wait_for

from .engine import Engine

IMAGE = "tequipy-backend:ci"
GOOD = {
    "DATABASE_URL": "postgresql://a:b@127.0.0.1/c",
    "REDIS_URL": "redis://127.0.0.1",
    "JWT_SECRET_KEY": "x" * 40,
}


def sh(engine: Engine, command: str) -> str:
    run = ("run", "--rm", "--network", "none", "--entrypoint", "sh", IMAGE, "-c")
    return engine.run(*run, command).stdout.strip()


def start(engine: Engine, *arguments: str, **environment: str):
    settings = [part for pair in environment.items() for part in ("-e", "=".join(pair))]
    hardened = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
    return engine.run(
        "run", "--rm", *hardened, *settings, IMAGE, *arguments, check=False
    )


def test_our_layers_are_at_most_230_mb(engine):
    sizes = {
        name: int(engine.inspect(name)["Size"]) for name in (IMAGE, "python:3.12-slim")
    }
    assert sizes[IMAGE] - sizes["python:3.12-slim"] <= 230_000_000


def test_it_runs_as_an_ordinary_user_that_owns_no_code(engine):
    assert engine.inspect(IMAGE)["Config"]["User"] == "10001:10001"
    assert sh(engine, "id -u") == "10001"
    assert sh(engine, "find /app /opt/venv -writable -not -type l | head -3") == ""


def test_it_has_curl_and_age_but_no_compiler_and_no_installer(engine):
    assert sh(engine, "which curl age openssl | wc -l") == "3"
    assert sh(engine, "which gcc cc make | wc -l") == "0"
    assert sh(engine, "ls /opt/venv/bin | grep -c '^pip' || true") == "0"


def test_no_program_of_it_gives_rights(engine):
    assert sh(engine, "find / -xdev -type f -perm /6000 | head -3") == ""


def test_no_secret_and_nothing_of_the_workplace_is_in_it(engine):
    config = json.dumps(engine.inspect(IMAGE)["Config"]["Env"])
    assert "SECRET" not in config
    assert (
        sh(engine, "ls -A /app | grep -E '^\\.(env|git|venv)' || echo none") == "none"
    )
    assert sh(engine, "find /app -name tests -o -name conftest.py | head -3") == ""


def test_labels_follow_oci(engine):
    labels = engine.inspect(IMAGE)["Config"]["Labels"]
    for name in ("title", "version", "revision", "created", "licenses"):
        assert labels[f"org.opencontainers.image.{name}"]


def test_the_dockerfile_needs_no_frontend_from_elsewhere():
    assert "# syntax=" not in (CLONE / "deploy" / "Dockerfile").read_text()


def test_an_unknown_process_is_refused(engine):
    answer = start(engine, "webserver", **GOOD)
    assert answer.returncode == 64
    assert "'webserver' is none of" in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://a"),
        ("REDIS_URL", ""),
        ("JWT_SECRET_KEY", "short"),
        ("CORS_ORIGINS", "[oops"),
        ("PUBLIC_URL", "example"),
        ("WEB_THREADS", "many"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(engine, name, value):
    answer = start(engine, "backend", **{**GOOD, name: value})
    assert answer.returncode == 78
    assert name in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_sigterm_reaches_gunicorn(engine):
    settings = [part for pair in GOOD.items() for part in ("-e", "=".join(pair))]
    run = ("run", "-d", "--read-only", "--tmpfs", "/tmp", *settings, IMAGE, "backend")
    container = engine.run(*run).stdout.strip()
    try:
        ask = ("exec", container, "curl", "-fs", "http://localhost:8000/api/v1/health")
        wait_for("it", lambda: engine.run(*ask, check=False).returncode == 0, 60)
        started = time.monotonic()
        engine.run("stop", "--time", "20", container)
        assert time.monotonic() - started < 8
        assert engine.inspect(container)["State"]["ExitCode"] == 0
    finally:
        engine.run("rm", "-f", container)
