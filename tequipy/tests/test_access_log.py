"""One line for each request, with numbers as numbers and the visitor as the client."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tequipy.access_log import line


def told(**environ: str) -> dict:
    answer = SimpleNamespace(status="404 Not Found", sent=12, headers=[])
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/assets/", "QUERY_STRING": "q=1"}
    return json.loads(line(answer, asked | environ, timedelta(milliseconds=3)))


def test_what_is_a_number_is_one():
    found = told(REMOTE_ADDR="10.0.0.9")
    assert (found["status"], found["bytes"], found["duration_us"]) == (404, 12, 3000)
    assert {"timestamp", "level", "message", "correlation_id"} <= set(found)
    assert "q=1" not in json.dumps(found)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (3, "203.0.113.7,10.0.0.1,10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_client_is_the_visitor(settings, proxies, forwarded, client):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert told(REMOTE_ADDR="10.0.0.9", **headers)["client"] == client
