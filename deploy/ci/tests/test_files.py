"""Dockerfiles, Compose files and nginx's configuration, by their own tools; each tool
must refuse a bad file, else a green check says nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci.containers.engine import compose_binary
from ci.limits import PROCESSES, REQUESTS
from ci.machine import CLONE, run, told

from . import proxy

BAD = CLONE / "deploy" / "ci" / "bad" / "containers"
HADOLINT = CLONE / ".venv" / "bin" / "hadolint"
# The founding one, and the version, without which production does not start.
PRODUCTION = """\
TEQUIPY_VERSION=1.4.0
DEBUG=false
DATABASE_URL=postgresql://user:pass@rds-endpoint:5432/tequipy
REDIS_URL=redis://elasticache-endpoint:6379/0
JWT_SECRET_KEY=a-secret-of-more-than-thirty-two-bytes
CORS_ORIGINS=["https://app.example.com"]
ENABLE_HSTS=true
"""
BUNDLED = (
    PRODUCTION
    + """\
COMPOSE_PROFILES=bundled
MIGRATION_DATABASE_URL=postgresql://owner:owners-own@postgres:5432/tequipy
POSTGRES_PASSWORD=administrators-own
OWNER_PASSWORD=owners-own
"""
)


@pytest.mark.parametrize("path", ["deploy/Dockerfile", "deploy/ci/images/Dockerfile"])
def test_dockerfiles_pass_hadolint(path):
    done = run(HADOLINT, path)
    assert done.returncode == 0, done.stdout


def test_hadolint_refuses_a_bad_one():
    assert run(HADOLINT, BAD / "Dockerfile").returncode == 1


def composed(tmp_path: Path, environment: str) -> subprocess.CompletedProcess[str]:
    """What Compose makes of its files: with an environment, those of production."""
    (tmp_path / ".env").write_text(environment)
    overlay = ("-f", "deploy/compose.production.yaml") if environment else ()
    return run(
        compose_binary(),
        *("--env-file", tmp_path / ".env", "-f", "compose.yaml", *overlay),
        *("config", "--format", "json"),
    )


def services(tmp_path: Path, environment: str = "") -> dict[str, Any]:
    done = composed(tmp_path, environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout)["services"])


def keeps_the_table(name: str, service: dict[str, Any], *, is_open: bool) -> None:
    found, limits = service["deploy"]["resources"]["limits"], PROCESSES[name]
    wanted = (limits.cpus, limits.megabytes * 1024 * 1024, limits.pids)
    assert (float(found["cpus"]), int(found["memory"]), found["pids"]) == wanted, name
    minutes, seconds = re.fullmatch(
        r"(?:(\d+)m)?(\d+)s", service.get("stop_grace_period", "10s")
    ).groups()
    assert int(minutes or 0) * 60 + int(seconds) >= limits.killed_after, name
    published = [(int(p["published"]), p["target"]) for p in service.get("ports", [])]
    inside = limits.ports if is_open or name == "nginx" else []
    assert published == list(zip(limits.published, inside, strict=False)), name


@pytest.mark.parametrize("environment", ["", PRODUCTION, BUNDLED])
def test_every_service_has_the_limits_of_the_table(tmp_path, environment):
    found = services(tmp_path, environment)
    for name, service in found.items():
        keeps_the_table(name, service, is_open=not environment)
    if not environment:
        assert {*found, "acme"} == set(PROCESSES)
        connections = f"max_connections={REQUESTS['connections to PostgreSQL'][0]}"
        assert connections in found["postgres"]["command"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "JWT_SECRET_KEY", "TEQUIPY_VERSION"])
def test_production_does_not_start_without(tmp_path, name):
    lines = PRODUCTION.splitlines()
    done = composed(tmp_path, "\n".join(x for x in lines if not x.startswith(name)))
    assert done.returncode != 0
    assert f"{name} is missing a value: set it in .env" in done.stderr


def test_production_runs_the_version_that_is_named(tmp_path):
    images = {one["image"] for one in services(tmp_path, PRODUCTION).values()}
    ours = {image for image in images if image.startswith("tequipy-")}
    assert ours == {"tequipy-backend:1.4.0", "tequipy-frontend:1.4.0"}
    assert not [image for image in images if image.endswith(":latest")]


def test_what_is_kept_lies_on_named_volumes(tmp_path):
    found = {
        (name, volume["target"]): volume["source"]
        for name, service in services(tmp_path).items()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }
    assert found["redis", "/data"] == "redis-data"
    founding = {"postgres-data", "prometheus-data", "grafana-data", "pgadmin_data"}
    assert founding <= set(found.values())


@pytest.mark.parametrize("environment", ["", PRODUCTION, BUNDLED])
def test_backups_tell_whether_they_are_well(tmp_path, environment):
    found = services(tmp_path, environment)
    for name in ("dump", "backup"):
        assert found[name]["healthcheck"]["test"][0] == "CMD"


def test_the_owner_s_password_is_for_who_needs_it(tmp_path):
    """.env as a whole reaches every process of ours."""
    for name, service in services(tmp_path, BUNDLED).items():
        told = json.dumps(service.get("environment", {}))
        owners = {"migrate", "backup", "dump", "postgres"}
        assert ("owners-own" in told) is (name in owners), name
        assert ("administrators-own" in told) is (name == "postgres"), name


@pytest.mark.parametrize("environment", [PRODUCTION, BUNDLED])
def test_prometheus_asks_nobody_who_does_not_run(tmp_path, environment):
    """A name that DNS does not know has no target; a static one is down for ever."""
    jobs = yaml.safe_load((CLONE / "prometheus/prometheus.yml").read_text())
    hosts = {
        target.partition(":")[0]
        for job in jobs["scrape_configs"]
        for config in job.get("static_configs", [])
        for target in config["targets"]
        if "//" not in target  # what a probe asks for
    }
    assert hosts - {"localhost"} <= set(services(tmp_path, environment))


def test_postgresql_17_gets_a_volume_and_tools_of_its_own():
    done = run(
        *(compose_binary(), "-f", "compose.yaml"),
        *("-f", "deploy/compose.postgres17.yaml", "config", "--format", "json"),
    )
    found = json.loads(done.stdout)["services"]
    assert {found[name]["image"] for name in ("postgres", "dump")} == {
        "postgres:17-alpine"
    }
    volumes = {one["source"] for one in found["postgres"]["volumes"]}
    assert "postgres-17-data" in volumes
    assert "postgres-data" not in volumes


def test_a_certificate_by_acme_is_one_more_file(tmp_path):
    (tmp_path / ".env").write_text(
        "CERTIFICATE_HOST=app.example.com\nACME_EMAIL=a@example.com\n"
    )
    command = (
        *(compose_binary(), "--env-file", tmp_path / ".env", "-f", "compose.yaml"),
        *("-f", "deploy/compose.acme.yaml", "config", "--format", "json"),
    )
    found = json.loads(run(*command).stdout)["services"]
    keeps_the_table("acme", found["acme"], is_open=True)
    assert found["nginx"]["command"][:2] == ["/bin/sh", "/reloading.sh"]
    (tmp_path / ".env").write_text("CERTIFICATE_HOST=app.example.com\n")
    assert "ACME_EMAIL is missing a value" in run(*command).stderr


def test_no_file_of_the_image_gives_rights():
    image = (CLONE / "deploy" / "Dockerfile").read_text().split("\nFROM ")[-1]
    assert "find / -xdev -type f -perm /6000 -exec chmod a-s {} +" in image


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


def test_nginx_has_the_limits_of_the_table():
    folder = CLONE / "deploy" / "nginx"
    main = (folder / "nginx.conf").read_text()
    locations = (folder / "tequipy" / "locations.conf").read_text()
    (line,) = REQUESTS["request line, and each header"]
    assert f" large_client_header_buffers 4 {line}k;" in main
    assert f" client_max_body_size {REQUESTS['body'][0]}m;" in main
    sizes = set(re.findall(r"client_max_body_size (\w+);", locations))
    assert sizes == {"0", f"{REQUESTS['body of an import'][0]}m"}
    for zone, what in (("pages", "requests"), ("sign_in", "tries to sign in")):
        rate, burst = REQUESTS[f"{what} from one address"]
        assert f" zone={zone}:10m rate={rate}r/s;" in main
        assert f"\nlimit_req zone={zone} burst={burst} nodelay;" in locations
    waits = {
        "any": "its answer, where another replica may be asked",
        "quick": "its answer, where another replica may be asked",
        "patient": "its answer, where nobody else may be asked",
        "long": "an import's or export's answer",
    }
    for name, what in waits.items():
        (seconds,) = REQUESTS[what]
        found = (folder / "tequipy" / f"{name}.conf").read_text()
        (wait,) = re.findall(r"^proxy_read_timeout (\d+m?)s;", found, re.M)
        thousandths = int(wait[:-1]) if wait[-1] == "m" else int(wait) * 1000
        assert thousandths == float(seconds) * 1000, name
    (seconds,) = REQUESTS["connection to a replica"]
    proxied = (folder / "tequipy" / "proxy.conf").read_text()
    assert f"\nproxy_connect_timeout {seconds}s;" in proxied


def test_nginx_refuses_a_bad_one(tmp_path):
    assert nginx(BAD / "nginx.conf", tmp_path).returncode != 0


@pytest.mark.parametrize(
    "script", sorted((CLONE / "deploy").glob("**/*.sh")), ids=lambda path: path.name
)
def test_scripts_parse(script):
    shell = script.read_text().splitlines()[0].split("/")[-1].split()[-1]
    assert run(shell, "-n", script).returncode == 0
    assert script.stat().st_mode & 0o111


# --- Digests ----------------------------------------------------------------

DOCKER = """\
#!/bin/sh
case "$1 $2" in
  "compose pull" | "pull --quiet") ;;
  "compose config") shift; exec {compose} "$@" ;;
  "image inspect")
    [ "$5" = "$LOCAL" ] && exit
    echo "${{5%:*}}@sha256:$(echo "$5" | sha256sum | cut -d' ' -f1)" ;;
  *) exit 9 ;;
esac
"""


def pin(tmp_path: Path, local: str = "") -> subprocess.CompletedProcess[str]:
    """By a copy of the files, and a docker that has pulled all but one image."""
    shutil.copytree(CLONE / "deploy", tmp_path / "deploy")
    shutil.copy(CLONE / "compose.yaml", tmp_path)
    (tmp_path / "docker").write_text(DOCKER.format(compose=compose_binary()))
    (tmp_path / "docker").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    environment = {"PATH": path, "LOCAL": local, "HOME": str(tmp_path)}
    return run("deploy/pin.sh", env=environment, cwd=tmp_path)


def test_every_image_that_is_not_ours_is_pinned(tmp_path):
    assert pin(tmp_path).returncode == 0
    done = run(
        *(compose_binary(), "-f", "compose.yaml", "-f", "deploy/compose.pinned.yaml"),
        *("config", "--format", "json"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["services"]
    for name, service in found.items():
        is_ours = service["image"].startswith("tequipy-")
        assert ("@sha256:" in service["image"]) is not is_ours, name
    assert found["nginx"]["image"].startswith("nginx:1.27-alpine@sha256:")
    [(base, pinned)] = found["backend"]["build"]["additional_contexts"].items()
    assert pinned.startswith(f"docker-image://{base}@sha256:")
    assert f"\nFROM {base}\n" in (CLONE / "deploy" / "Dockerfile").read_text()


def test_an_image_without_a_digest_pins_nothing(tmp_path):
    done = pin(tmp_path, local="redis:7-alpine")
    assert done.returncode == 1
    assert "redis:7-alpine has no digest" in done.stderr
    assert not (tmp_path / "deploy" / "compose.pinned.yaml").exists()


# --- postgres-exporter's TLS ------------------------------------------------

HOST = "postgresql://u:p%40s@127.0.0.1:{port}/tequipy"


def exporter(tmp_path: Path, url: str) -> str:
    """What the exporter is told, by busybox as in its image."""
    programs = {
        "postgres_exporter": '#!/bin/sh\necho "$DATA_SOURCE_NAME $*"\n',
        "nc": '#!/bin/sh\nexec busybox nc "$@"\n',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return told(
        *("busybox", "sh", "deploy/postgres/exporter.sh", "--some=flag"),
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATA_SOURCE_NAME": url},
        timeout=30,
    ).strip()


@pytest.mark.parametrize(("says", "mode"), [(b"S", "require"), (b"N", "disable")])
def test_the_exporter_speaks_tls_where_the_server_does(tmp_path, says, mode):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _address = server.accept()
            with connection:
                asked.append(connection.recv(8))
                connection.sendall(says)

        threading.Thread(target=answer, daemon=True).start()
        url = HOST.format(port=server.getsockname()[1])
        told = exporter(tmp_path, f"{url}?sslmode=prefer&application_name=x")
    assert told == f"{url}?sslmode={mode} --some=flag"
    assert asked == [bytes([0, 0, 0, 8, 4, 210, 22, 47])]


@pytest.mark.parametrize("mode", ["disable", "require", "verify-full&sslrootcert=/ca"])
def test_what_the_url_says_of_tls_stands(tmp_path, mode):
    url = HOST.format(port=1)
    assert exporter(tmp_path, f"{url}?sslmode={mode}").startswith(
        f"{url}?sslmode={mode} "
    )


# --- The health of schedule.sh ----------------------------------------------


def is_healthy(folder: Path) -> bool:
    return run("sh", "deploy/backup/healthy.sh", folder).returncode == 0


def test_a_schedule_is_well_while_it_ticks_or_works(tmp_path):
    assert not is_healthy(tmp_path)
    (tmp_path / ".alive").touch()
    assert is_healthy(tmp_path)
    os.utime(tmp_path / ".alive", (time.time() - 600,) * 2)
    assert not is_healthy(tmp_path)
    working = tmp_path / ".work-daily-20261125T020000Z"
    working.mkdir()
    assert is_healthy(tmp_path)
    os.utime(working, (time.time() - 4 * 3600,) * 2)
    assert not is_healthy(tmp_path)


def test_a_schedule_whose_last_dump_failed_is_not(tmp_path):
    (tmp_path / ".alive").touch()
    (tmp_path / ".failed-hourly").write_text("hourly-1 was NOT made\n")
    assert not is_healthy(tmp_path)
