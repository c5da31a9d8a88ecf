"""What Alertmanager is told by the environment; and a real one, which tells it on, by
mail with a password and TLS, and to a webhook."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci.machine import free_port, told, wait_for

from .catchers import Mailbox, Webhook, text_of
from .monitored import Processes, fetch
from .stack import RULES, alertmanager, impatient, render_alerting

RECEIVERS = {
    "EMAIL_URL": "smtp://mail.example.org",
    "ALERT_EMAIL_TO": "a@example.org, Night Shift <b@example.org>",
    "ALERT_WEBHOOK_URL": "https://pager.example.org/key-4711",
}


def written(folder: Path, **environment: str) -> tuple[dict[str, Any], list[Any]]:
    done = render_alerting(folder, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    told("amtool", "check-config", folder / "alertmanager.yml")
    return tuple(
        json.loads((folder / name).read_text())
        for name in ("alertmanager.yml", "probes.json")
    )


def test_says_who_is_told_and_where_the_site_is_asked(tmp_path: Path) -> None:
    config, probes = written(
        tmp_path, **RECEIVERS, CORS_ORIGINS='["https://app.example.org"]'
    )
    critical, warning = config["receivers"]
    (mail,) = critical["email_configs"]
    assert mail["to"] == "a@example.org, b@example.org"
    assert mail["smarthost"] == "mail.example.org:25"
    assert mail["require_tls"] is False
    assert critical["webhook_configs"][0]["url"] == RECEIVERS["ALERT_WEBHOOK_URL"]
    assert "webhook_configs" not in warning
    (probe,) = probes
    assert probe["targets"] == [
        "https://nginx/accounts/login/",
        "https://nginx/api/v1/readiness",
    ]
    assert probe["labels"] == {
        "__param_hostname": "app.example.org",
        "__param_module": "site_with_any_certificate",
    }
    for name in ("alertmanager.yml", "probes.json"):
        assert (tmp_path / name).stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    ("url", "smarthost", "is_encrypted"),
    [
        ("smtp://mail.example.org:2525", "mail.example.org:2525", False),
        ("smtp://u:p@mail.example.org:587", "mail.example.org:587", True),
        ("smtp+tls://u:p@mail.example.org", "mail.example.org:587", True),
        ("smtp+ssl://u:p@mail.example.org", "mail.example.org:465", True),
    ],
)
def test_a_password_goes_by_tls(
    tmp_path: Path, url: str, smarthost: str, is_encrypted: bool
) -> None:
    config, _ = written(tmp_path, **{**RECEIVERS, "EMAIL_URL": url})
    (mail,) = config["receivers"][1]["email_configs"]
    assert (mail["smarthost"], mail["require_tls"]) == (smarthost, is_encrypted)


@pytest.mark.parametrize(
    ("given", "ways"),
    [
        ({}, (set(), set())),
        ({"ALERT_EMAIL_TO"}, ({"email_configs"}, {"email_configs"})),
        ({"ALERT_WEBHOOK_URL"}, ({"webhook_configs"}, {"webhook_configs"})),
    ],
)
def test_one_receiver_gets_everything(
    tmp_path: Path, given: set[str], ways: tuple[set[str], set[str]]
) -> None:
    chosen = {name: RECEIVERS[name] for name in {*given, "EMAIL_URL"}}
    config, _ = written(tmp_path, **chosen)
    found = tuple(set(receiver) - {"name"} for receiver in config["receivers"])
    assert found == ways


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALERT_EMAIL_TO", "nobody"),
        ("EMAIL_URL", "filemail:///var/mails"),
        ("EMAIL_URL", "smtp://mail.example.org:many"),
        ("EMAIL_URL", "smtp+ssl://u:p@mail.example.org:587"),
        ("EMAIL_URL", ""),
        ("ALERT_WEBHOOK_URL", "pager.example.org/key-4711"),
        ("PROBE_ADDRESS", "http://nginx"),
        ("PROBE_ADDRESS", "https://nginx/sign-in"),
        ("PROBE_VERIFY_CERTIFICATE", "perhaps"),
        ("CORS_ORIGINS", '["https://app'),
        ("ALERT_WEBHOOK_URL_FILE", "/nowhere"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(
    tmp_path: Path, name: str, value: str
) -> None:
    done = render_alerting(tmp_path, **{**RECEIVERS, name: value})
    assert done.returncode == 78
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"tequipy does not start: {name}")
    assert "key-4711" not in line
    assert list(tmp_path.iterdir()) == []


# --- A real one -----------------------------------------------------------------

LOGIN = ("operator@tequipy.test", "p/s:s@w%rd")


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """Wants TLS and a password; Alertmanager knows its authority."""
    authority = tmp_path / "authority.pem"
    told(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", tmp_path / "key.pem", "-out", authority),
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, tmp_path / "key.pem")
    made = Mailbox(free_port(), LOGIN, context)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook(free_port())
    yield made
    made.stop()


@pytest.fixture
def app(tmp_path: Path, mailbox: Mailbox, webhook: Webhook) -> Iterator[Processes]:
    written(
        tmp_path,
        EMAIL_URL=f"smtp+tls://operator%40tequipy.test:p%2Fs%3As%40w%25rd@localhost:{mailbox.port}",
        ALERT_EMAIL_TO="a@example.org",
        ALERT_WEBHOOK_URL=f"http://127.0.0.1:{webhook.port}/",
    )
    impatient(tmp_path / "alertmanager.yml")
    with Processes() as made:
        alertmanager(made, tmp_path)
        yield made


def post(app: Processes, alerts: list[dict[str, Any]]) -> None:
    kind = {"Content-Type": "application/json"}
    body = json.dumps(alerts).encode()
    address = app.url("alertmanager", "/api/v2/alerts")
    assert fetch(address, 5, "POST", body, **kind)[0] == 200


def test_each_alert_goes_by_its_severity(
    app: Processes, mailbox: Mailbox, webhook: Webhook
) -> None:
    """Every rule there is, as Prometheus would send it."""
    alerts = [
        {
            "labels": {"alertname": rule["alert"], **rule["labels"]},
            "annotations": rule["annotations"],
        }
        for group in yaml.safe_load(RULES.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    # What is almost full fills up: of one mount point (here none) only that is told.
    everything = {(a["labels"]["severity"], a["labels"]["alertname"]) for a in alerts}
    expected = everything - {("warning", "DiskFillingUp")}
    critical = {one for one in expected if one[0] == "critical"}
    assert len(critical) > 5
    post(app, [a for a in alerts if a["labels"]["severity"] == "critical"])
    wait_for("the critical ones", lambda: mailbox.alerts() == critical)
    post(app, alerts)
    wait_for("all mails", lambda: mailbox.alerts() == expected)
    wait_for("all calls", lambda: webhook.alerts() == critical)
    for mail in mailbox.mails:
        assert mail["X-Recipients"] == "a@example.org"
        text = text_of(mail)
        name = re.findall("#alert-([a-z0-9]+)", text)
        assert name == [str(mail["Subject"]).split(": ")[1].lower()]
        assert "<no value>" not in text


def test_what_is_over_is_told_too(
    app: Processes, mailbox: Mailbox, webhook: Webhook
) -> None:
    alert = {"labels": {"alertname": "RedisDown", "severity": "critical"}}
    post(app, [alert])
    wait_for("it began", lambda: bool(mailbox.mails))
    post(app, [{**alert, "endsAt": "2020-01-01T00:00:00Z"}])
    wait_for(
        "it is over",
        lambda: (
            str(mailbox.mails[-1]["Subject"]) == "[Tequipy] critical: RedisDown is over"
        ),
    )
    wait_for("the call", lambda: webhook.calls[-1]["status"] == "resolved")
