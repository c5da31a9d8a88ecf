"""`python -I tequipy/alerting.py FOLDER`: writes what the environment says of alerts.
Whom Alertmanager tells (alertmanager.yml, which is JSON, as YAML may be), and what
Prometheus asks from outside (probes.json). Run as a file, it imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

Environment = Mapping[str, str]

PROBED = ("/accounts/login/", "/api/v1/readiness")
# scheme -> port, and whether the connection is encrypted; Alertmanager speaks TLS from
# the first byte on port 465 alone.
_MAIL_SCHEMES = {
    "smtp": (25, False),
    "smtps": (587, True),
    "smtp+tls": (587, True),
    "smtp+ssl": (465, True),
}
_SUBJECT = (
    "[Tequipy] {{ .CommonLabels.severity }}: {{ .CommonLabels.alertname }}"
    '{{ if eq .Status "resolved" }} is over{{ end }}'
)
_TEXT = """\
{{ range .Alerts }}{{ .Annotations.summary }}
{{ .Annotations.description }}
{{ .Status }}, since {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC
What to do: {{ .Annotations.runbook_url }}

{{ end }}"""


class WrongValue(Exception):
    pass


def read(environment: Environment, name: str) -> str:
    """`NAME`, or what the file holds that `NAME_FILE` names."""
    if path := environment.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise WrongValue(f"{name}_FILE: {error.strerror}: {path}.") from None
    return environment.get(name, "").strip()


def alertmanager(environment: Environment) -> dict[str, Any]:
    """Critical alerts go to both receivers, warnings by mail; where only one of the two
    is named, it gets all of them, and where none is, nothing is sent."""
    mail, webhook = _mail(environment), _webhook(environment)
    return {
        "route": {
            "receiver": "warning",
            "group_by": ["alertname", "severity", "namespace"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": [
                {
                    "matchers": ['severity="critical"'],
                    "receiver": "critical",
                    "group_wait": "10s",
                    "repeat_interval": "1h",
                }
            ],
        },
        # What is almost full is filling up, too.
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="DiskAlmostFull"'],
                "target_matchers": ['alertname="DiskFillingUp"'],
                "equal": ["instance", "mountpoint"],
            }
        ],
        "receivers": [
            {"name": "critical", **mail, **webhook},
            {"name": "warning", **(mail or webhook)},
        ],
    }


def _mail(environment: Environment) -> dict[str, Any]:
    to = read(environment, "ALERT_EMAIL_TO")
    if not to:
        return {}
    addresses = [address for _name, address in getaddresses([to])]
    if any("@" not in address for address in addresses):
        raise WrongValue("ALERT_EMAIL_TO: is no address, nor several with commas.")
    parts = _split("EMAIL_URL", read(environment, "EMAIL_URL"))
    port, is_encrypted = _MAIL_SCHEMES.get(parts.scheme, (0, False))
    if not port or not parts.hostname:
        raise WrongValue(
            "EMAIL_URL: names no mail server, and ALERT_EMAIL_TO wants one."
        )
    if parts.scheme == "smtp+ssl" and parts.port not in (None, 465):
        raise WrongValue("EMAIL_URL: smtp+ssl has port 465; on others use smtp+tls.")
    sender = read(environment, "EMAIL_FROM") or "Tequipy <hello@tequipy.example>"
    config = {
        "to": ", ".join(addresses),
        "from": sender,
        "smarthost": f"{parts.hostname}:{parts.port or port}",
        # A password is never sent in the open.
        "require_tls": is_encrypted or bool(parts.password),
        "send_resolved": True,
        "headers": {"Subject": _SUBJECT},
        "html": "",
        "text": _TEXT,
    }
    if parts.username:
        config["auth_username"] = unquote(parts.username)
        config["auth_password"] = unquote(parts.password or "")
    return {"email_configs": [config]}


def _webhook(environment: Environment) -> dict[str, Any]:
    url = read(environment, "ALERT_WEBHOOK_URL")
    if not url:
        return {}
    parts = _split("ALERT_WEBHOOK_URL", url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        # The address may hold a key: it is not repeated.
        raise WrongValue("ALERT_WEBHOOK_URL: is no http:// or https:// address.")
    return {"webhook_configs": [{"url": url, "send_resolved": True}]}


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise WrongValue(f"{name}: is no address.") from None
    return parts


def probes(environment: Environment) -> list[dict[str, Any]]:
    """PROBE_ADDRESS is asked for the host that people ask for."""
    base = read(environment, "PROBE_ADDRESS") or "https://nginx"
    parts = _split("PROBE_ADDRESS", base)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        raise WrongValue("PROBE_ADDRESS: is no https:// address without a path.")
    verifies = read(environment, "PROBE_VERIFY_CERTIFICATE") or "false"
    if verifies not in {"true", "false"}:
        raise WrongValue("PROBE_VERIFY_CERTIFICATE: is neither true nor false.")
    module = "site" if verifies == "true" else "site_with_any_certificate"
    labels = {"__param_hostname": _host(environment), "__param_module": module}
    targets = [base.rstrip("/") + path for path in PROBED]
    return [{"targets": targets, "labels": labels}]


def _host(environment: Environment) -> str:
    """As settings.py: of PUBLIC_URL, or the first of CORS_ORIGINS."""
    url = read(environment, "PUBLIC_URL")
    if not url and (origins := read(environment, "CORS_ORIGINS")):
        try:
            listed = (
                json.loads(origins) if origins.startswith("[") else origins.split(",")
            )
            url = str(listed[0]).strip() if listed else ""
        except ValueError:
            raise WrongValue("CORS_ORIGINS: is no list.") from None
    return _split("PUBLIC_URL", url).hostname or "localhost"


def write(folder: Path, environment: Environment) -> None:
    made = {
        "alertmanager.yml": alertmanager(environment),
        "probes.json": probes(environment),
    }
    for name, content in made.items():
        # Readable by the group alone: there is a password in it.
        new = folder / f"{name}.new"
        new.touch()
        new.chmod(0o640)
        new.write_text(json.dumps(content, indent=2))
        new.replace(folder / name)
    asked_for = {"mail": "ALERT_EMAIL_TO", "webhook": "ALERT_WEBHOOK_URL"}
    ways = [way for way, name in asked_for.items() if read(environment, name)]
    if ways:
        _log("INFO", f"alerts are sent by {' and '.join(ways)}")
    else:
        _log("WARNING", "alerts are sent to nobody: set ALERT_EMAIL_TO")


def _log(level: str, message: str) -> None:
    line = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": level,
        "logger": "tequipy.alerting",
        "message": message,
        "correlation_id": "",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: alerting.py FOLDER")
    try:
        write(Path(sys.argv[1]), os.environ)
    except WrongValue as wrong:
        _log("ERROR", f"tequipy does not start: {wrong}")
        sys.exit(78)  # EX_CONFIG
