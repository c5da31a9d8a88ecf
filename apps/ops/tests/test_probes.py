"""Health, readiness and metrics as orchestrators call them; CORS on the API."""

import pytest
from django.test import override_settings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/v1/health", "/metrics"])
@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["testserver"])
def test_any_host_and_plain_http_will_do(client, path):
    answer = client.get(path, headers={"host": "10.1.2.3:8000"})
    assert answer.status_code == 200


@override_settings(ALLOWED_HOSTS=["app.example.com"])
def test_other_pages_insist_on_the_host(client):
    assert client.get("/", headers={"host": "10.1.2.3"}).status_code == 400


def test_an_unknown_check_is_named(client):
    answer = client.get("/api/v1/readiness?only=databse")
    assert answer.status_code == 400
    assert "databse" in answer.json()["detail"]


@override_settings(CORS_ALLOWED_ORIGINS=["https://app.example.com"])
@pytest.mark.parametrize(
    ("path", "origin", "allowed"),
    [
        ("/api/v1/health", "https://app.example.com", "https://app.example.com"),
        ("/api/v1/health", "https://evil.example.com", None),
        ("/accounts/login/", "https://app.example.com", None),
    ],
)
def test_cors_is_obeyed_on_the_api_alone(client, path, origin, allowed):
    answer = client.get(path, headers={"origin": origin})
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
