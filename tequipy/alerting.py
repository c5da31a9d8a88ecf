"""`python -m tequipy.alerting FOLDER`: writes what the environment says of alerts. Whom
Alertmanager tells (alertmanager.yml, which is JSON, as YAML may be), and what is asked
from outside (probes.json, for Prometheus). Needs no other variables than it names."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from tequipy import json_lines
from tequipy.environment import value
from tequipy.variables import VARIABLES

_NAMES = {
    *("ALERT_EMAIL_TO", "ALERT_WEBHOOK_URL", "EMAIL_FROM", "EMAIL_URL"),
    *("PROBE_ADDRESS", "PROBE_VERIFY_CERTIFICATE", "PUBLIC_URL", "CORS_ORIGINS"),
}
_PROBED = ("/accounts/login/", "/api/v1/readiness")
# scheme -> port, and whether the connection is encrypted.
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

Values = dict[str, Any]


def alertmanager(values: Values) -> dict[str, Any]:
    """Critical alerts go to both receivers, warnings by mail; where only one of the two
    is named, it gets all of them, and where none is, nothing is sent."""
    mail, webhook = _mail(values), _webhook(values)
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


def _mail(values: Values) -> dict[str, Any]:
    if not values["ALERT_EMAIL_TO"]:
        return {}
    server = urlsplit(values["EMAIL_URL"])
    port, is_encrypted = _MAIL_SCHEMES.get(server.scheme, (0, False))
    if not port:
        raise ImproperlyConfigured(
            "EMAIL_URL names no mail server, and ALERT_EMAIL_TO needs one."
        )
    # Alertmanager speaks TLS from the first byte on this port alone.
    if server.scheme == "smtp+ssl" and server.port not in {None, 465}:
        raise ImproperlyConfigured(
            "EMAIL_URL must have port 465 with smtp+ssl, for alerts; on others use "
            "smtp+tls."
        )
    config = {
        "to": ", ".join(values["ALERT_EMAIL_TO"]),
        "from": values["EMAIL_FROM"],
        "smarthost": f"{server.hostname}:{server.port or port}",
        # A password is never sent in the open.
        "require_tls": is_encrypted or bool(server.password),
        "send_resolved": True,
        "headers": {"Subject": _SUBJECT},
        "html": "",
        "text": _TEXT,
    }
    if server.username:
        config["auth_username"] = unquote(server.username)
        config["auth_password"] = unquote(server.password or "")
    return {"email_configs": [config]}


def _webhook(values: Values) -> dict[str, Any]:
    if url := values["ALERT_WEBHOOK_URL"]:
        return {"webhook_configs": [{"url": url, "send_resolved": True}]}
    return {}


def probes(values: Values) -> list[dict[str, Any]]:
    """For Prometheus: nginx, or who else, asked for the host that people ask for."""
    public = values["PUBLIC_URL"] or next(iter(values["CORS_ORIGINS"]), "")
    verifies = values["PROBE_VERIFY_CERTIFICATE"]
    labels = {
        "__param_hostname": urlsplit(public).hostname or "localhost",
        "__param_module": "site" if verifies else "site_with_any_certificate",
    }
    base = values["PROBE_ADDRESS"].rstrip("/")
    return [{"targets": [base + path for path in _PROBED], "labels": labels}]


def write(folder: Path) -> None:
    values = {one.name: value(one) for one in VARIABLES if one.name in _NAMES}
    made = {
        "alertmanager.yml": alertmanager(values),
        "probes.json": probes(values),
    }
    for name, content in made.items():
        # Readable by the group alone: there is a password in it.
        new = folder / f"{name}.new"
        new.touch()
        new.chmod(0o640)
        new.write_text(json.dumps(content, indent=2))
        new.replace(folder / name)
    receivers = {"mail": "ALERT_EMAIL_TO", "webhook": "ALERT_WEBHOOK_URL"}
    ways = [way for way, name in receivers.items() if values[name]]
    if ways:
        _log("INFO", f"alerts are sent by {' and '.join(ways)}")
    else:
        _log("WARNING", "alerts are sent to nobody: set ALERT_EMAIL_TO")


def _log(level: str, message: str) -> None:
    told = json_lines.line(message, logger="tequipy.alerting", level=level)
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tequipy.alerting FOLDER")
    try:
        write(Path(sys.argv[1]))
    except ImproperlyConfigured as error:
        sys.stderr.write(f"tequipy does not start: {error}\n")
        sys.exit(78)  # EX_CONFIG
