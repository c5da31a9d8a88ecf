"""A Docker Engine of our own, with our image and stand-ins for the official ones."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path
from typing import Any

from ci.machine import CLONE, run, wait_for

IMAGES = CLONE / "deploy" / "ci" / "images"
# Docker's own client: a newer one that stands first on PATH may lack the builder.
DOCKER = "/usr/bin/docker"
STAND_INS = (
    "nginx",
    "postgres",
    "redis",
    "prometheus",
    "postgres-exporter",
    "redis-exporter",
    "process-exporter",
    "alertmanager",
    "blackbox-exporter",
    "node-exporter",
    "mail",
)


def compose_binary() -> str:
    # Its console script loses the exit code; the program lies in the package.
    spec = util.find_spec("compose")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "docker-compose")


class Engine:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tequipy-engine-"))
        self.process: subprocess.Popen[bytes] | None = None
        host = os.environ.get("TEQUIPY_DOCKER_HOST", "")
        self.environment = {
            **os.environ,
            "DOCKER_HOST": host or f"unix://{self.folder / 'docker.sock'}",
            "DOCKER_BUILDKIT": "1",
            "TEQUIPY_VERSION": "ci",
        }

    def start(self) -> None:
        if os.environ.get("TEQUIPY_DOCKER_HOST"):
            return
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    "dockerd",
                    f"--host={self.environment['DOCKER_HOST']}",
                    f"--data-root={self.folder / 'data'}",
                    f"--exec-root={self.folder / 'exec'}",
                    f"--pidfile={self.folder / 'pid'}",
                    "--default-ulimit=nofile=20000:20000",
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for("the engine", self._answers, 60)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        return self.run("info", check=False).returncode == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(
        self, *arguments: str, check: bool = True, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        done = run(DOCKER, *arguments, env=self.environment, **options)
        if check and done.returncode:
            raise AssertionError(f"docker {arguments}: {done.stdout}{done.stderr}")
        return done

    def inspect(self, name: str) -> dict[str, Any]:
        return dict(json.loads(self.run("inspect", name).stdout)[0])

    def prepare(self) -> None:
        """The base image, ours from the real Dockerfile, and the stand-ins, under the
        names that compose.yaml says."""
        if self.run("image", "inspect", "python:3.12-slim", check=False).returncode:
            self._make_base()
        ours = ("deploy/Dockerfile", "tequipy-backend:ci", "tequipy-frontend:ci")
        with ThreadPoolExecutor() as pool:
            for building in (pool.submit(self.build, *ours), pool.submit(self._others)):
                building.result()

    def _others(self) -> None:
        names = _image_names()
        for stand_in in STAND_INS:
            self.build(
                "deploy/ci/images/Dockerfile",
                names[stand_in],
                target=stand_in,
                context=IMAGES,
            )

    def build(
        self, dockerfile: str, *tags: str, target: str = "", context: Path = CLONE
    ) -> None:
        named = [part for tag in tags for part in ("-t", tag)]
        chosen = ["--target", target] if target else []
        command = ["build", "--network", "host", "-f", str(CLONE / dockerfile)]
        self.run(*command, *chosen, *named, str(context))

    def _make_base(self) -> None:
        making = subprocess.Popen([str(IMAGES / "base.sh")], stdout=subprocess.PIPE)
        self.run(
            "import",
            *("-c", "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/bin"),
            *("-c", "ENV LANG=C.UTF-8", "-c", 'CMD ["python3"]'),
            *("-", "python:3.12-slim"),
            stdin=making.stdout,
        )
        assert making.wait() == 0


def _image_names() -> dict[str, str]:
    """By service, as compose.yaml has them."""
    text = (CLONE / "compose.yaml").read_text()
    pattern = r"^  ([a-z-]+):\n    image: (\S+)$"
    return dict(re.findall(pattern, text, re.MULTILINE))


class Project:
    """One `docker compose` project of the real files."""

    def __init__(
        self, engine: Engine, *files: str, env: str, without: tuple[str, ...]
    ) -> None:
        self.engine = engine
        self.without = [part for name in without for part in ("--scale", f"{name}=0")]
        self.env_file = engine.folder / f"{len(files)}.env"
        self.env_file.write_text(env)
        named = [part for name in files for part in ("-f", str(CLONE / name))]
        self.command = [
            compose_binary(),
            *("--project-directory", str(CLONE), "--env-file", str(self.env_file)),
            *named,
        ]

    def compose(self, *arguments: str, check: bool = True, stdin: str = "") -> str:
        command = (*self.command, *arguments)
        done = run(*command, env=self.engine.environment, input=stdin)
        if check and done.returncode:
            raise AssertionError(f"compose {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def up(self, *services: str) -> None:
        """All of them, or these and what they depend on."""
        self.compose(
            *("up", "-d", "--build", "--wait", "--wait-timeout", "180"),
            *("--pull", "never", *(services or self.without)),
        )

    def down(self) -> None:
        self.compose("down", "--volumes", "--timeout", "5", "--remove-orphans")

    def containers(self, service: str) -> list[str]:
        return self.compose("ps", "--quiet", service).split()

    def log_lines(self) -> Iterator[tuple[str, str]]:
        """Every line of every container, one-shot ones too, with its service."""
        for container in self.compose("ps", "--all", "--quiet").split():
            found = self.engine.inspect(container)
            if found["HostConfig"]["LogConfig"]["Type"] == "none":
                continue
            service = found["Config"]["Labels"]["com.docker.compose.service"]
            told = self.engine.run("logs", container)
            for line in (told.stdout + told.stderr).splitlines():
                yield service, line

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """manage.py in a container that no test restarts."""
        return self.compose(
            *("exec", "-T", "backup", "python", "manage.py", *arguments), stdin=stdin
        )

    def wait_healthy(self, container: str, seconds: float = 60) -> None:
        def is_healthy() -> bool:
            state = self.engine.inspect(container)["State"]
            return bool(state.get("Health", {}).get("Status") == "healthy")

        wait_for(f"{container} is healthy", is_healthy, seconds)
