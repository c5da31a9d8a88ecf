"""Dockerfiles, Compose files and nginx's configuration, by their own tools; each tool
must refuse a bad file, else a green check says nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.ci.containers.engine import CLONE, compose_binary

from . import proxy

BAD = CLONE / "deploy" / "ci" / "bad" / "containers"
HADOLINT = CLONE / ".venv" / "bin" / "hadolint"
PRODUCTION = """\
DATABASE_URL=postgresql://user:pass@rds-endpoint:5432/tequipy
REDIS_URL=redis://elasticache-endpoint:6379/0
JWT_SECRET_KEY=a-secret-of-more-than-thirty-two-bytes
CORS_ORIGINS=["https://app.example.com"]
"""


def run(*command: object, cwd: Path = CLONE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


@pytest.mark.parametrize("path", ["deploy/Dockerfile", "deploy/ci/images/Dockerfile"])
def test_dockerfiles_pass_hadolint(path):
    done = run(HADOLINT, path)
    assert done.returncode == 0, done.stdout


def test_hadolint_refuses_a_bad_one():
    assert run(HADOLINT, BAD / "Dockerfile").returncode == 1


def test_compose_files_are_valid(tmp_path):
    (tmp_path / ".env").write_text(PRODUCTION)
    development = run(compose_binary(), "-f", "compose.yaml", "config", "-q")
    assert development.returncode == 0, development.stderr
    production = run(
        compose_binary(),
        *("--env-file", tmp_path / ".env", "-f", "compose.yaml"),
        *("-f", "deploy/compose.production.yaml", "config", "-q"),
    )
    assert production.returncode == 0, production.stderr


def test_production_does_not_start_without_its_secrets(tmp_path):
    (tmp_path / ".env").write_text("")
    done = run(
        compose_binary(),
        *("--env-file", tmp_path / ".env", "-f", "compose.yaml"),
        *("-f", "deploy/compose.production.yaml", "config", "-q"),
    )
    assert done.returncode != 0
    assert "is missing a value: set it in .env" in done.stderr


def test_compose_refuses_an_unknown_key():
    assert run(compose_binary(), "-f", BAD / "compose.yaml", "config").returncode != 0


def nginx(configuration: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """`nginx -t` on the files as they are mounted in the container."""
    root = tmp_path / "nginx"
    shutil.copytree(CLONE / "deploy" / "nginx", root)
    run(CLONE / "deploy" / "nginx" / "make-certificate.sh", root)
    shutil.copy(configuration, root / "nginx.conf")
    proxy.moved(
        root,
        {
            "/tmp/": f"{tmp_path}/",
            "/etc/nginx/certificates": str(root),
            "/etc/nginx/load-balancers": str(root / "load-balancers"),
            "/etc/nginx/tequipy": str(root / "tequipy"),
        },
    )
    return run(proxy.binary(), "-t", "-c", root / "nginx.conf")


def test_nginx_takes_its_configuration(tmp_path):
    done = nginx(CLONE / "deploy" / "nginx" / "nginx.conf", tmp_path)
    assert done.returncode == 0, done.stderr


def test_nginx_refuses_a_bad_one(tmp_path):
    assert nginx(BAD / "nginx.conf", tmp_path).returncode != 0


@pytest.mark.parametrize(
    "script", sorted((CLONE / "deploy").glob("**/*.sh")), ids=lambda path: path.name
)
def test_scripts_parse(script):
    shell = script.read_text().splitlines()[0].split("/")[-1].split()[-1]
    assert run(shell, "-n", script).returncode == 0
    assert script.stat().st_mode & 0o111
