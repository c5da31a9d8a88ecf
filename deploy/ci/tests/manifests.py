"""Renders the overlays, and the rules of ours that no tool knows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ci.limits import OURS, PROCESSES, REQUESTS
from ci.machine import CLONE, run, told

BIN = Path(sys.executable).parent
NGINX = "nginx.ingress.kubernetes.io/"

Object = dict[str, Any]


def kustomize(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "kubectl", "kustomize", folder)


def render(name: str) -> str:
    """An overlay's, or what stands beside them."""
    folder = name if name == "monitoring" else f"overlays/{name}"
    return told(BIN / "kubectl", "kustomize", CLONE / "deploy/k8s" / folder)


def load(text: str) -> list[Object]:
    return [found for found in yaml.safe_load_all(text) if found]


def one(objects: list[Object], kind: str, name: str) -> Object:
    return next(
        found
        for found in objects
        if found["kind"] == kind and found["metadata"]["name"] == name
    )


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Every pod template, with the name of what makes it."""
    for found in objects:
        spec = found.get("spec", {})
        if found["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if found["kind"] in {"Deployment", "Job", "CronJob"}:
            yield found["metadata"]["name"], spec["template"]


def containers(pod: Object) -> list[Object]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def app_of(objects: list[Object], name: str) -> Object:
    """The container of a Deployment."""
    deployment = one(objects, "Deployment", name)
    return deployment["spec"]["template"]["spec"]["containers"][0]


def pod_targets(
    objects: list[Object], address: Callable[[str, int], str | None]
) -> list[Object]:
    """What the discovery of pods would find: every port of every Deployment's pod that
    has an address. Debian's Prometheus lacks that discovery, so a file tells it."""
    found = []
    for name in OURS:
        deployment = one(objects, "Deployment", name)
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for port in app_of(objects, name)["ports"]:
            if at := address(name, port["containerPort"]):
                meta = {
                    "namespace": deployment["metadata"]["namespace"],
                    "pod_name": f"{name}-1",
                    "pod_container_port_name": port["name"],
                    **{f"pod_label_{plain(key)}": labels[key] for key in labels},
                }
                marked = {f"__meta_kubernetes_{key}": meta[key] for key in meta}
                found.append({"targets": [at], "labels": marked})
    return found


def plain(label: str) -> str:
    return re.sub(r"\W", "_", label)


def scrape_jobs() -> list[Object]:
    """Those that find our pods."""
    jobs = yaml.safe_load((CLONE / "deploy/k8s/prometheus-scrape.yaml").read_text())
    return [job for job in jobs if "kubernetes_sd_configs" in job]


def find_pods_in(jobs: list[Object], path: str) -> None:
    for job in jobs:
        (kubernetes,) = job.pop("kubernetes_sd_configs")
        assert kubernetes["role"] == "pod"
        job["file_sd_configs"] = [{"files": [path]}]


def settings(objects: list[Object]) -> dict[str, str]:
    return next(
        found["data"]
        for found in objects
        if found["kind"] == "ConfigMap"
        and found["metadata"]["name"].startswith("tequipy-settings-")
    )


def problems(objects: list[Object]) -> list[str]:
    rules = (pod_rules, process_rules, secret_rules, scaling_rules)
    rules += (network_rules, ingress_rules)
    return [problem for rule in rules for problem in rule(objects)]


def pod_rules(objects: list[Object]) -> Iterator[str]:
    ours = set()
    for name, pod in pods(objects):
        spec = pod["spec"]
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: gets a token of the API server"
        if any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{name}: shares a namespace of the node"
        security = spec["securityContext"]
        if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: has no seccomp profile"
        if (security.get("runAsUser"), security.get("runAsNonRoot")) != (10001, True):
            yield f"{name}: does not run as 10001"
        for container in containers(pod):
            yield from container_rules(f"{name}/{container['name']}", container)
            if "tequipy" in container["image"]:
                ours.add(container["image"].replace("frontend", "backend"))
    if len(ours) != 1:
        yield f"not one image: {sorted(ours)}"


def container_rules(name: str, container: Object) -> Iterator[str]:
    wanted = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    security = container.get("securityContext", {})
    if any(security.get(key) != value for key, value in wanted.items()):
        yield f"{name}: is not restricted"
    # The scratch server is the user postgres of its image.
    users = {70} if name == "backup-verify/scratch" else {10001}
    if security.get("runAsUser", 10001) not in users or security.get("privileged"):
        yield f"{name}: runs as another user or privileged"
    tag = container["image"].rpartition("/")[2].partition(":")[2]
    if tag in {"", "latest"}:
        yield f"{name}: {container['image']} names no release"
    if set(container.get("resources", {}).get("limits", {})) != {"cpu", "memory"}:
        yield f"{name}: has no limits"
    logs = container.get("command", [""])[0]
    if container["image"].startswith("postgres:") and "json-lines" not in logs:
        yield f"{name}: logs something else than JSON"
    mounts = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
    if "/tmp" not in mounts:
        yield f"{name}: cannot write /tmp"


def quantities(found: Object) -> tuple[float, int]:
    """CPUs and MB."""
    cpu, memory = found["cpu"], found["memory"]
    cpus = int(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)
    unit = {"Mi": 1, "Gi": 1024}[memory[-2:]]
    return cpus, int(memory[:-2]) * unit


def process_rules(objects: list[Object]) -> Iterator[str]:
    stops_within = int(settings(objects)["WORKER_STOP_SECONDS"])
    if stops_within > PROCESSES["worker"].stops_within:
        yield "worker: stops later than the table says"
    for name in OURS:
        limits = PROCESSES[name]
        deployment = one(objects, "Deployment", name)
        spec = deployment["spec"]["template"]["spec"]
        app = spec["containers"][0]
        for kind in ("requests", "limits"):
            found = app["resources"][kind]
            if quantities(found) != (limits.cpus, limits.megabytes):
                yield f"{name}: {kind} differ from the table"
        if app["args"] != [name] or app["ports"][0]["containerPort"] != limits.port:
            yield f"{name}: is started as another process or port"
        service = one(objects, "Service", name)["spec"]
        if service["selector"] != {"app.kubernetes.io/component": name}:
            yield f"{name}: its Service finds other pods"
        if service["ports"][0]["port"] != limits.port:
            yield f"{name}: its Service has another port"
        if spec["terminationGracePeriodSeconds"] < limits.killed_after:
            yield f"{name}: is killed before it has stopped"
        yield from probe_rules(name, app)
        yield from rollout_rules(name, deployment["spec"])


def probe_rules(name: str, app: Object) -> Iterator[str]:
    alive = ["python", "-I", "/app/tequipy/alive.py", name]
    paths = {
        "startupProbe": "/api/v1/health",
        "livenessProbe": "/api/v1/health",
        "readinessProbe": "/api/v1/readiness?only=database,migrations",
    }
    for probe, path in paths.items():
        found = app.get(probe, {})
        if name in {"worker", "beat"}:
            is_right = found.get("exec", {}).get("command") == alive
        else:
            is_right = found.get("httpGet") == {"path": path, "port": "http"}
        if not is_right:
            yield f"{name}: {probe} asks something else"
    if name in {"frontend", "backend"} and "preStop" not in app.get("lifecycle", {}):
        yield f"{name}: stops while it is still asked"


def rollout_rules(name: str, spec: Object) -> Iterator[str]:
    pod = spec["template"]["spec"]
    waits = {
        toleration["key"].rpartition("/")[2]: toleration["tolerationSeconds"]
        for toleration in pod.get("tolerations", [])
    }
    if waits != {"not-ready": 30, "unreachable": 30}:
        yield f"{name}: stays on a dead node for longer than the disaster table says"
    if name == "beat":
        if (spec["strategy"], spec.get("replicas")) != ({"type": "Recreate"}, 1):
            yield "beat: could run twice"
        return
    if spec["strategy"]["rollingUpdate"] != {"maxUnavailable": 0, "maxSurge": 1}:
        yield f"{name}: a rolling update takes a replica away"
    if "replicas" in spec:
        yield f"{name}: each deploy would undo the autoscaler's number"
    if not pod.get("topologySpreadConstraints"):
        yield f"{name}: all replicas may land in one zone"
    # Not by a second spread constraint: without zones the scheduler ignores both.
    if "podAntiAffinity" not in pod.get("affinity", {}):
        yield f"{name}: all replicas may land on one node"


def secret_rules(objects: list[Object]) -> Iterator[str]:
    for name, pod in pods(objects):
        secrets = {
            volume["secret"]["secretName"]
            for volume in pod["spec"].get("volumes", [])
            if "secret" in volume
        }
        if ("tequipy-migration" in secrets) != (name in {"migrate", "restore"}):
            yield f"{name}: the owner's URL is for migrate and restore alone"
        for container in containers(pod):
            for variable in container.get("env", []):
                if "secretKeyRef" in variable.get("valueFrom", {}):
                    yield f"{name}: {variable['name']} is a secret in the environment"
    values = settings(objects)
    for key in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"):
        if key in values:
            yield f"{key} stands in the ConfigMap"
    if not values["FILES_URL"].startswith("s3://"):
        yield "FILES_URL: replicas share no folder"
    if values["DEBUG"] != "false":
        yield "DEBUG is on"
    if any(found["kind"] == "Secret" for found in objects):
        yield "a Secret is rendered"


def scaling_rules(objects: list[Object]) -> Iterator[str]:
    scalers = {
        found["metadata"]["name"]: found["spec"]
        for found in objects
        if found["kind"] == "HorizontalPodAutoscaler"
    }
    if set(scalers) != {"frontend", "backend", "worker"}:
        yield f"scaled are {sorted(scalers)}"
        return
    for name in ("frontend", "backend"):
        target = scalers[name]["metrics"][0]["resource"]["target"]
        if target != {"type": "Utilization", "averageUtilization": 70}:
            yield f"{name}: scales at another CPU"
    latency = scalers["backend"]["metrics"][1]["external"]
    if (latency["metric"]["name"], latency["target"]["value"]) != (
        "http_request_duration_p95_seconds",
        "500m",
    ):
        yield "backend: scales at another p95"
    queue = scalers["worker"]["metrics"][0]["external"]
    if (queue["metric"]["name"], queue["target"]["value"]) != (
        "celery_queue_depth",
        "100",
    ):
        yield "worker: scales at another queue depth"
    # 2 web workers of 4 threads hold 5 each, a Celery worker 3, beat 2; one surges.
    most = {name: found["maxReplicas"] + 1 for name, found in scalers.items()}
    held = 10 * (most["frontend"] + most["backend"]) + 3 * most["worker"] + 2
    if held > int(REQUESTS["connections to PostgreSQL"][0]) * 0.9:
        yield f"{held} connections to PostgreSQL at most"
    budgets = {
        found["metadata"]["name"]: found["spec"]
        for found in objects
        if found["kind"] == "PodDisruptionBudget"
    }
    if set(budgets) != set(scalers):
        yield f"budgets are for {sorted(budgets)}"


def network_rules(objects: list[Object]) -> Iterator[str]:
    policies = {
        found["metadata"]["name"]: found["spec"]
        for found in objects
        if found["kind"] == "NetworkPolicy"
    }
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if policies.get("deny-all") != deny:
        yield "not everything is denied by default"
    for name, spec in policies.items():
        for side, peer in (("ingress", "from"), ("egress", "to")):
            for rule in spec.get(side, []):
                if not rule.get(peer) or not rule.get("ports"):
                    yield f"{name}: lets everybody or every port through"
                if any(block == {} for block in rule.get(peer, [])):
                    yield f"{name}: lets everybody through"
    components = {
        pod["metadata"]["labels"].get("app.kubernetes.io/component")
        for _, pod in pods(objects)
    }
    known = {*OURS, "migrate", "backup"}
    if components != known:
        yield f"NetworkPolicies know {sorted(known)}, pods are {components}"


def ingress_rules(objects: list[Object]) -> Iterator[str]:
    host = settings(objects)["PUBLIC_URL"].removeprefix("https://")
    routes = {}
    for found in objects:
        if found["kind"] != "Ingress":
            continue
        name, notes = found["metadata"]["name"], found["metadata"]["annotations"]
        (rule,) = found["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        routes[path["path"]] = (
            path["backend"]["service"]["name"],
            notes[f"{NGINX}proxy-body-size"],
        )
        yield from rate_rules(name, path["path"], notes)
        if rule["host"] != host or found["spec"]["tls"][0]["hosts"] != [host]:
            yield f"Ingress {name}: has another host than PUBLIC_URL"
        if notes.get(f"{NGINX}ssl-redirect") != "true":
            yield f"Ingress {name}: answers plain HTTP"
        is_closed = notes.get(f"{NGINX}denylist-source-range") == "0.0.0.0/0,::/0"
        if is_closed != (path["path"] == "/metrics"):
            yield f"Ingress {name}: /metrics, and only that, is closed"
    (body,), (upload,) = REQUESTS["body"], REQUESTS["body of an import"]
    wanted = {
        "/": ("frontend", f"{body}m"),
        "/accounts/login/": ("frontend", f"{body}m"),
        "/imports": ("frontend", f"{upload}m"),
        "/api": ("backend", f"{body}m"),
        "/api/v1/integration/imports": ("backend", f"{upload}m"),
        "/metrics": ("frontend", "1m"),
    }
    if routes != wanted:
        yield f"Ingress routes are {routes}"


def rate_rules(name: str, path: str, notes: Object) -> Iterator[str]:
    if path == "/metrics":
        return
    is_sign_in = path == "/accounts/login/"
    what = "tries to sign in" if is_sign_in else "requests"
    rate, burst = map(int, REQUESTS[f"{what} from one address"])
    for note, wanted in {
        "limit-rps": rate,
        "limit-burst-multiplier": burst // rate,
        "proxy-connect-timeout": REQUESTS["connection to a replica"][0],
    }.items():
        if notes.get(f"{NGINX}{note}") != str(wanted):
            yield f"Ingress {name}: {note} differs from the table"
