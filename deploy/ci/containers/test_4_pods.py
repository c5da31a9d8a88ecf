"""The production overlay's pods, run by `podman play kube` as they are rendered.

Podman is no cluster, so a test sets: the node's network (the throwaway servers are on
its loopback), loopback ports, a folder in place of each Secret (Podman 4.3 does not
decode them), and a Pod in place of the Job.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import socket
import socketserver
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from ci.limits import OURS, PROCESSES
from ci.machine import free_port, run, wait_for
from ci.tests.manifests import Object, load, one, render
from tequipy.local.embedded import APPLICATION, DATABASE, OWNER, EmbeddedPostgres
from tequipy.local.throwaway import ThrowawayServers

from .engine import Engine

pytestmark = pytest.mark.full
IMAGE = "tequipy-backend:ci"
ENGINE = """
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
log_driver = "k8s-file"
"""
WEB = ("frontend", "backend")


class PostgresOnLoopback(socketserver.ThreadingTCPServer):
    """The throwaway server listens on a socket file, which no container sees."""

    daemon_threads = True

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.postgres = postgres
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self.postgres.sockets / ".s.PGSQL.5432"))
            back = threading.Thread(target=copy_all, args=(server, request))
            back.start()
            copy_all(request, server)
            back.join()

    def url(self, role: str) -> str:
        password = self.postgres.passwords[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.server_address[1]}/{DATABASE}"


def copy_all(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@dataclass
class Node:
    engine: Engine
    folder: Path
    secrets: dict[str, dict[str, str]]
    objects: list[Object]
    ports: dict[str, int] = field(default_factory=dict)
    played: list[Path] = field(default_factory=list)

    def podman(self, *arguments: str | Path, check: bool = True) -> str:
        config = str(self.folder / "containers.conf")
        environment = {**os.environ, "CONTAINERS_CONF": config}
        done = run("podman", *arguments, env=environment)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def log(self, container: str) -> str:
        done = run("podman", "logs", "--tail", "10", container)
        lines = (done.stdout + done.stderr).splitlines()
        # The end of a traceback names the reason.
        return "\n".join(line[-400:] for line in lines)

    def prepare(self) -> None:
        (self.folder / "containers.conf").write_text(ENGINE)
        for name, values in self.secrets.items():
            folder = self.folder / name
            folder.mkdir()
            for key, value in values.items():
                (folder / key).write_text(value)
                (folder / key).chmod(0o440)
                os.chown(folder / key, 0, 10001)
        (config,) = (
            found
            for found in self.objects
            if found["kind"] == "ConfigMap" and "DEBUG" in found["data"]
        )
        self.config = config
        self.load_image()
        for name in WEB:
            spec = self.template("Deployment", name)["spec"]
            self.podman("tag", IMAGE, spec["containers"][0]["image"])

    def load_image(self) -> None:
        """Docker's, which may be newer than one that Podman has."""
        image = self.engine.inspect(IMAGE)["Id"]
        if image not in self.podman("images", "--quiet", "--no-trunc"):
            archive = self.folder / "image.tar"
            self.engine.run("save", "--output", str(archive), IMAGE)
            self.podman("load", "--quiet", "--input", archive)
            archive.unlink()

    def port(self, name: str) -> int:
        return self.ports.setdefault(name, free_port())

    def play(self, name: str, template: Object) -> str:
        """Starts a pod of this template; returns its container's name."""
        spec = copy.deepcopy(template["spec"])
        spec["hostNetwork"] = True
        spec["containers"][0].pop("ports", None)
        spec["containers"][0].setdefault("env", []).extend(
            {"name": key, "value": value}
            for key, value in {
                "BIND": f"127.0.0.1:{self.port(name)}",
                "METRICS_HOST": "127.0.0.1",
                "METRICS_PORT": str(self.port(f"{name}-metrics")),
            }.items()
        )
        for volume in spec["volumes"]:
            if secret := volume.pop("secret", None):
                path = str(self.folder / secret["secretName"])
                volume["hostPath"] = {"path": path, "type": "Directory"}
        pod = {"apiVersion": "v1", "kind": "Pod", "spec": spec}
        pod["metadata"] = {**template["metadata"], "name": f"tequipy-{name}"}
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump_all([self.config, pod]))
        self.played.append(path)
        self.podman("play", "kube", path)
        return f"tequipy-{name}-app"

    def template(self, kind: str, name: str) -> Object:
        return one(self.objects, kind, name)["spec"]["template"]

    def get(self, name: str, path: str) -> tuple[int, dict[str, str]]:
        # As the ingress controller asks.
        headers = {"Host": "app.example.com", "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port(name)}{path}", headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers)

    def is_probed(self, name: str, probe: str) -> bool:
        """What the kubelet would find, by the rendered probe."""
        app = self.template("Deployment", name)["spec"]["containers"][0]
        if "httpGet" in app[probe]:
            return self.get(name, app[probe]["httpGet"]["path"])[0] == 200
        command = app[probe]["exec"]["command"]
        said = self.podman(
            *("exec", f"tequipy-{name}-app", "sh", "-c", '"$@" && echo alive', "sh"),
            *command,
            check=False,
        )
        return said.endswith("alive")

    def clear(self) -> None:
        for path in self.played:
            self.podman("play", "kube", "--down", path, check=False)


@pytest.fixture(scope="module")
def node(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    assert shutil.which("podman"), "podman is missing: see deploy/ci/install.sh"
    with ExitStack() as stack:
        servers = ThrowawayServers()
        environment = servers.start()
        stack.callback(servers.stop)
        postgres = stack.enter_context(PostgresOnLoopback(servers.postgres))
        stack.callback(postgres.shutdown)
        secrets = {
            "tequipy-secrets": {
                "DATABASE_URL": postgres.url(APPLICATION),
                "REDIS_URL": environment["REDIS_URL"],
                "JWT_SECRET_KEY": "only-for-this-test-" + "x" * 32,
                "EMAIL_URL": "smtp://127.0.0.1:9",
            },
            "tequipy-migration": {"MIGRATION_DATABASE_URL": postgres.url(OWNER)},
        }
        folder = tmp_path_factory.mktemp("node")
        # The way there must be open for the user of the containers.
        for parent in (folder, *folder.parents[:2]):
            parent.chmod(0o755)
        node = Node(engine, folder, secrets, load(render("production")))
        stack.callback(node.clear)
        node.prepare()
        yield node


@pytest.fixture(scope="module")
def migrated(node: Node) -> int:
    container = node.play("migrate", node.template("Job", "migrate"))
    return int(node.podman("wait", container))


@pytest.fixture(scope="module")
def cluster(node: Node, migrated: int) -> Node:
    assert migrated == 0, node.log("tequipy-migrate-app")
    for name in OURS:
        node.play(name, node.template("Deployment", name))
    for name in OURS:
        try:
            wait_for(name, lambda n=name: node.is_probed(n, "startupProbe"), 60)
        except AssertionError as error:
            log = node.log(f"tequipy-{name}-app")
            raise AssertionError(f"{error}\n{log}") from None
    return node


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("probe", ["readinessProbe", "livenessProbe"])
def test_each_process_passes_its_probes(cluster: Node, name: str, probe: str) -> None:
    wait_for(probe, lambda: cluster.is_probed(name, probe), seconds=20)


@pytest.mark.parametrize("name", OURS)
def test_each_process_is_confined(cluster: Node, name: str) -> None:
    container = f"tequipy-{name}-app"
    (found,) = json.loads(cluster.podman("inspect", container))
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert found["EffectiveCaps"] in (None, [])
    assert host["Memory"] == PROCESSES[name].megabytes * 1024 * 1024
    assert cluster.podman("exec", container, "id", "-u") == "10001"
    status = cluster.podman("exec", container, "cat", "/proc/1/status")
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status


def test_pages_come_with_the_security_headers(cluster: Node) -> None:
    status, headers = cluster.get("frontend", "/accounts/login/")
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]


def test_metrics_are_closed_to_what_came_through_a_proxy(cluster: Node) -> None:
    assert [cluster.get(name, "/metrics")[0] for name in WEB] == [404, 404]


def test_only_the_migration_sees_the_owner(cluster: Node) -> None:
    for name in OURS:
        variables = cluster.podman("exec", f"tequipy-{name}-app", "env")
        assert "MIGRATION" not in variables
        seen = cluster.podman("exec", f"tequipy-{name}-app", "ls", "/etc/tequipy")
        assert seen.split() == ["secrets"]


def test_without_a_place_to_write_a_process_does_not_start(cluster: Node) -> None:
    template = copy.deepcopy(cluster.template("Deployment", "backend"))
    app = template["spec"]["containers"][0]
    app["volumeMounts"] = [
        mount for mount in app["volumeMounts"] if mount["mountPath"] != "/tmp"
    ]
    template["spec"]["restartPolicy"] = "Never"
    container = cluster.play("without-tmp", template)
    assert int(cluster.podman("wait", container)) != 0


@pytest.mark.parametrize("name", OURS)
def test_each_process_stops_within_its_grace_period(cluster: Node, name: str) -> None:
    spec = cluster.template("Deployment", name)["spec"]
    grace = spec["terminationGracePeriodSeconds"]
    container = f"tequipy-{name}-app"
    started = time.monotonic()
    cluster.podman("stop", "--time", str(grace), container)
    assert time.monotonic() - started < grace
    (found,) = json.loads(cluster.podman("inspect", container))
    # 137 is a kill. A worker that put tasks back ends with 1.
    assert found["State"]["ExitCode"] in ({0, 1} if name == "worker" else {0})
