"""Keys in paths stand in no log line and in no label, for every route that has one."""

import io
import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path, re_path
from django.urls.resolvers import RegexPattern, URLResolver
from prometheus_client import generate_latest

from apps.accounts import session_store
from apps.core import checks
from apps.core.logs import JsonLines
from apps.core.secret_paths import SECRET_PARAMETERS, SECRET_PATHS, is_secret, mask
from apps.ops.metrics.exposition import OURS
from tequipy.access_log import line

ROOT = Path(__file__).resolve().parents[3]
MARK = "MARKEDkey1ab"


def secret_routes() -> list[str]:
    """Each with the marked key in its place."""
    routes = {
        route
        for route, name, _free in checks.parameters(get_resolver())
        if name in SECRET_PARAMETERS
    }
    filled = {
        re.sub(r"<[^>]*>|\(\?P<\w+>(?:[^()]|\[[^]]*\])*\)", MARK, route)
        for route in routes
    }
    return sorted(filled)


@pytest.fixture
def lines():
    """What a web process or a worker writes, as Django's settings have it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter())
    handler.setFormatter(
        JsonLines(django_settings.LOGGING["formatters"]["json"]["format"])
    )
    root = logging.getLogger()
    root.addHandler(handler)
    for name in ("django", "django.server"):
        assert not logging.getLogger(name).handlers
    try:
        yield written
    finally:
        root.removeHandler(handler)


def test_the_walk_finds_the_leaver_s_and_the_reset_s_pages():
    found = secret_routes()
    assert f"/returns/leaver/{MARK}/link/" in found
    assert f"/accounts/password/reset/key/{MARK}-{MARK}/" in found
    assert all(is_secret(route) for route in found)


@pytest.mark.django_db
@pytest.mark.parametrize("route", secret_routes())
def test_no_line_and_no_label_tells_a_key(route, lines, monkeypatch, anna):
    client = Client(enforce_csrf_checks=True)
    client.raise_request_exception = False
    for address in (route, route.rstrip("/"), route + "more/", "/x" + route):
        client.get(address, {"next": address}, headers={"Referer": address})
        client.post(
            address, secure=True, headers={"Referer": f"https://other.example{address}"}
        )
        client.delete(address)
    client.get("/nowhere/", {"next": route})
    client.force_login(anna.login)
    monkeypatch.setattr(session_store, "look", lambda *_asked: 1 / 0)
    assert client.get(route).status_code == 500
    text = lines.getvalue()
    assert "Not Found: " in text
    assert "Forbidden" in text
    assert "MARKED" not in text
    assert r"\u2026" in text
    assert [json.loads(line) for line in text.splitlines()]
    assert b"MARKED" not in generate_latest(OURS)


def test_a_worker_s_traceback_tells_no_key(lines):
    address = f"https://app.example.com{SECRET_PATHS[-1]}{MARK}/?x=1"
    try:
        raise RuntimeError(f"could not send {address}")
    except RuntimeError:
        logging.getLogger("celery.app.trace").exception("Task %s raised", "a.b")
    logging.getLogger("apps.any").info("told", extra={"link": address, "more": [route]})
    assert "MARKED" not in lines.getvalue()
    assert lines.getvalue().count(r"\u2026") >= 2


route = SECRET_PATHS[0] + MARK


def test_gunicorn_s_access_log_tells_no_key():
    path, query = f"/returns/leaver/{MARK}/link/", f"key={MARK}"
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    response = SimpleNamespace(
        status="404 Not Found", sent=7, headers=[("X-Correlation-ID", "an-id-of-it")]
    )
    told = line(response, environ, timedelta(milliseconds=5))
    assert MARK not in told
    found = json.loads(told)
    assert found["path"] == "/returns/leaver/…/link/"
    assert (found["status"], found["bytes"], found["duration_us"]) == (404, 7, 5000)
    assert found["correlation_id"] == "an-id-of-it"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/returns/leaver/a:b-c/link/", "/returns/leaver/…/link/"),
        ("GET /returns/leaver/a?b HTTP/1.1", "GET /returns/leaver/…?b HTTP/1.1"),
        ("?next=%2Freturns%2Fleaver%2Fa%3Ab%2F", "?next=%2Freturns%2Fleaver%2F…%2F"),
        ('{"u": "/returns/leaver/a", "v": 1}', '{"u": "/returns/leaver/…", "v": 1}'),
        ("//returns/leaver/a/ and /returns/leaver/b/", "//returns/leaver/…/ and "
         "/returns/leaver/…/"),
        ("/accounts/password/reset/key/1-a-b", "/accounts/password/reset/key/…"),
        ("/accounts/password/reset/", "/accounts/password/reset/"),
        ("/returns/leaver/", "/returns/leaver/"),
        ("/assets/leaver/a/", "/assets/leaver/a/"),
    ],
)  # fmt: skip
def test_only_the_key_is_replaced(text, masked):
    assert mask(text) == masked


def view(request, **_parameters) -> HttpResponse:
    return HttpResponse()


KNOWN = [path(one[1:] + "<str:key>/", view) for one in SECRET_PATHS]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (KNOWN, []),
        ([*KNOWN, path("assets/<uuid:pk>/<int:page>/", view)], []),
        ([*KNOWN, path("join/<str:key>/", view)], ["tequipy.E002"]),
        ([*KNOWN, path("join/<uuid:token>/", view)], ["tequipy.E002"]),
        ([*KNOWN, path("join/<str:invitation>/", view)], ["tequipy.E001"]),
        ([*KNOWN, re_path("^join/(?P<hash>.+)/$", view)], ["tequipy.E001"]),
        ([*KNOWN, re_path("^join/(?P<key>.+)/$", view)], ["tequipy.E002"]),
        ([*KNOWN, path("of/<uuid:pk>/<str:key>/", view)], ["tequipy.E002"]),
        (KNOWN[1:], ["tequipy.E003"]),
    ],
)
def test_a_route_whose_key_would_be_logged_is_refused(routes, expected):
    resolver = URLResolver(RegexPattern("^/"), routes)
    found = checks.secrets_in_paths_are_known(resolver=resolver)
    assert [one.id for one in found] == expected


def test_the_routes_we_have_pass():
    assert checks.secrets_in_paths_are_known() == []


@pytest.mark.parametrize(
    "file", ["deploy/nginx/nginx.conf", "deploy/k8s/ingress-nginx.yaml"]
)
def test_nginx_masks_the_same_list(file):
    text = (ROOT / file).read_text()
    masked = re.findall(r'"~\(\?s\)\^\(\?<to_key>\.\*(/[^)]+)\)\[\^/\]\+', text)
    assert tuple(masked) == SECRET_PATHS
    assert "$logged_path" in text
    for name in ("$request ", "$request_uri", "$http_referer", '"$uri"', "$args"):
        log_format = text.partition("log_format" if ".conf" in file else "log-format")
        assert name not in log_format[2].split("access_log")[0]


def test_nginx_writes_no_error_lines_about_them():
    text = (ROOT / "deploy/nginx/tequipy/locations.conf").read_text()
    [found] = re.findall(r"location ~ \^/\((\S+)\)/ \{\n    error_log /dev/null", text)
    assert tuple(f"/{one}/" for one in found.split("|")) == SECRET_PATHS


@pytest.mark.django_db
@pytest.mark.parametrize("route", secret_routes())
def test_a_page_with_a_key_passes_it_on_to_nobody(client, route):
    answer = client.get(route)
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
