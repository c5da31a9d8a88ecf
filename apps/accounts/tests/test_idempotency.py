"""The same request many times is one effect and one answer, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.client import encode_multipart
from django.urls import path
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import api_tokens, kept_answers, operations
from apps.accounts.kept_answers import IdempotencyKey
from apps.accounts.models import User
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.conftest import ensure_reference_data, make_company
from apps.core.actor import SYSTEM, Permission, Role
from apps.core.api import fields
from apps.core.api.json import OnlyJson
from apps.core.api.uploads import Upload
from apps.core.api.views import Operation
from apps.core.errors import Conflict
from apps.core.ids import uuid7
from apps.events import services as events
from apps.events.models import Event
from apps.files.models import File

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
DIES = "TEST_OPERATION_DIES"


class Place(fields.Body):
    name = fields.Text(max_length=100)
    city = fields.Text(required=False)


class PlacesView(Operation):
    """Adds a place of this name and a number; one called "refused" or "answered" is
    refused after it was written."""

    permission = Permission.PLACES_EDIT
    bodies = {"post": Place, "patch": Place}

    def post(self, request: Request) -> Response:
        body = self.body(Place)
        assert request.body
        company = Company.objects.get(pk=self.actor.company_id)
        facts = {**body, "name": f"{body['name']} {uuid7()}"}
        place = companies.create_address(actor=self.actor, company=company, **facts)
        if DIES in os.environ:
            os.kill(os.getpid(), signal.SIGKILL)
        if body["name"] == "refused":
            raise Conflict("closed", "It is closed.")
        if body["name"] == "answered":
            return Response({"no": True}, status=409)
        return Response(
            {"id": place.id, "name": place.name},
            headers={"ETag": f'"{place.id}"', "Location": f"/places/{place.id}"},
        )

    def patch(self, request: Request) -> Response:
        self.post(request)
        return Response(status=204)

    def get(self, request: Request) -> Response:
        return Response({"now": timezone.now()})


class QueryView(Operation):
    def post(self, request: Request) -> Response:
        return Response({"now": timezone.now()})


class AnyBody(OnlyJson):
    def select_parser(self, request: Any, parsers: list[Any]) -> Any:
        return parsers[0]


class FileView(Operation):
    bodies = {"post": Upload}
    parser_classes = [MultiPartParser]

    content_negotiation_class = AnyBody

    def post(self, request: Request) -> Response:
        sent = request.data["file"]
        file = File.objects.create(
            company_id=self.actor.company_id,
            name=sent.name,
            sha256="0" * 64,
            size=len(sent.read()),
            key=str(File.objects.count()),
        )
        return Response({"id": file.id, "size": file.size})


urlpatterns = [
    path("api/places", PlacesView.as_view()),
    path("api/places/query", QueryView.as_view()),
    path("api/files", FileView.as_view()),
]
operations.govern(urlpatterns)


def client_of(company: Company, role: Role = Role.API_CLIENT) -> str:
    issue = {"actor": SYSTEM, "company": company, "name": "HRIS", "role": role}
    return api_tokens.issue(**issue)[1]


@pytest.fixture
def token(acme: Company) -> str:
    return client_of(acme)


def call(
    token: str,
    body: Any,
    key: str | None = "key-1",
    *,
    method: str = "POST",
    to: str = "/api/places",
) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return Client(raise_request_exception=False).generic(
        method,
        to,
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def code(answer: Any) -> str:
    return answer.json()["errors"][0]["code"]


def added() -> list[str]:
    """Names of the places that stand in the register and in the history."""
    found = Address.objects.order_by("name").values_list("name", flat=True)
    names = [name.split()[0] for name in found]
    assert Event.objects.filter(type="address.created").count() == len(names)
    return names


def test_second_time_does_nothing_and_answers_the_same(token: str) -> None:
    first = call(token, {"name": "Attic", "city": "Gdynia"})
    assert first.status_code == 200, first.content
    assert "Idempotent-Replayed" not in first
    again = call(token, {"city": "Gdynia", "name": "Attic"})
    assert again["Idempotent-Replayed"] == "true"
    assert again.status_code == first.status_code
    assert again.content == first.content
    for name in ("Content-Type", "ETag", "Location", "Cache-Control"):
        assert again[name] == first[name]
    assert added() == ["Attic"]


def test_without_a_key_each_request_counts(token: str) -> None:
    for _time in range(2):
        assert call(token, {"name": "Attic"}, None).status_code == 200
    assert added() == ["Attic", "Attic"]
    assert not IdempotencyKey.objects.exists()


def test_answer_without_a_body_is_repeated(token: str) -> None:
    first = call(token, {"name": "Attic"}, method="PATCH")
    again = call(token, {"name": "Attic"}, method="PATCH")
    assert (first.status_code, again.status_code) == (204, 204)
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == b""
    assert "Content-Type" not in again
    assert added() == ["Attic"]


@pytest.mark.parametrize(
    ("body", "method", "to"),
    [
        ({"name": "Cellar"}, "POST", "/api/places"),
        ({"name": "Attic"}, "PATCH", "/api/places"),
        ({"name": "Attic"}, "POST", "/api/places?x=1"),
    ],
)
def test_key_of_something_else_is_refused(
    token: str, body: Any, method: str, to: str
) -> None:
    first = call(token, {"name": "Attic"})
    other = call(token, body, method=method, to=to)
    assert other.status_code == 422
    assert code(other) == "idempotency_key_reused"
    assert call(token, {"name": "Attic"}).content == first.content
    assert added() == ["Attic"]


def test_keys_of_two_clients_are_two(token: str, acme: Company) -> None:
    other = client_of(acme)
    ours, theirs = call(token, {"name": "Attic"}), call(other, {"name": "Cellar"})
    assert (ours.status_code, theirs.status_code) == (200, 200)
    assert added() == ["Attic", "Cellar"]


def test_key_gives_nothing_to_who_may_not(token: str, acme: Company) -> None:
    call(token, {"name": "Attic"})
    User.objects.filter(role=Role.API_CLIENT).update(role=Role.AI_AGENT)
    assert call(token, {"name": "Attic"}).status_code == 403
    assert call("", {"name": "Attic"}).status_code == 401


@pytest.mark.parametrize("key", ["", " ", "ü", "a\tb", "x" * 256])
def test_bad_key_is_named(token: str, key: str) -> None:
    answer = call(token, {"name": "Attic"}, key)
    assert answer.status_code == 400
    assert code(answer) == "bad_idempotency_key"
    assert added() == []


def test_longest_key_is_taken(token: str) -> None:
    answers = [call(token, {"name": "Attic"}, "~" * 255) for _time in range(2)]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert added() == ["Attic"]


def test_what_only_reads_is_read_anew(token: str) -> None:
    for method, to in (("POST", "/api/places/query"), ("GET", "/api/places")):
        first, again = (
            call(token, {}, "" if method == "GET" else "k", method=method, to=to)
            for _time in range(2)
        )
        assert first.status_code == 200
        assert first.content != again.content
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("name", ["refused", "answered", ""])
def test_refusal_leaves_nothing_and_can_be_sent_again(token: str, name: str) -> None:
    for _time in range(2):
        answer = call(token, {"name": name})
        assert answer.status_code == (409 if name else 422)
        assert "Idempotent-Replayed" not in answer
    assert added() == []
    assert not IdempotencyKey.objects.exists()
    assert call(token, {"name": "Attic"}).status_code == 200
    assert added() == ["Attic"]


@pytest.mark.parametrize("name", ["refused", "answered"])
def test_refusal_without_a_key_leaves_nothing_either(token: str, name: str) -> None:
    assert call(token, {"name": name}, None).status_code == 409
    assert added() == []


def test_too_long_a_body_is_named(token: str) -> None:
    answer = call(token, {"name": "x" * 5_000_001})
    assert (answer.status_code, code(answer)) == (413, "too_large")


def test_body_that_is_no_json_takes_no_key(token: str) -> None:
    assert call(token, "{").status_code == 400
    assert not IdempotencyKey.objects.exists()


def test_form_is_known_whatever_parts_it_from_the_next(token: str) -> None:
    def send(content: bytes, boundary: str) -> Any:
        file = SimpleUploadedFile("photo.jpg", content, "image/jpeg")
        return Client().generic(
            "POST",
            "/api/files",
            encode_multipart(boundary, {"file": file}),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
        )

    first, again = send(b"abc", "x"), send(b"abc", "y")
    assert first.json()["size"] == 3
    assert again.content == first.content
    assert send(b"abd", "x").status_code == 422
    assert File.objects.count() == 1


def test_keys_are_forgotten_after_a_day(token: str) -> None:
    call(token, {"name": "Attic"}, "old")
    call(token, {"name": "Cellar"}, "young")
    old = IdempotencyKey.objects.filter(key="old")
    old.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert kept_answers.forget_old() == 1
    assert IdempotencyKey.objects.get().key == "young"
    assert call(token, {"name": "Attic"}, "old").status_code == 200
    assert added() == ["Attic", "Attic", "Cellar"]


# --- In real transactions ---------------------------------------------------


@pytest.fixture
def real_token(transactional_db: None) -> str:
    ensure_reference_data()
    return client_of(make_company("Initech"))


def at_once(work: Callable[[], Any], times: int) -> list[Any]:
    barrier = threading.Barrier(times, timeout=30)

    def run(_number: int) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_twenty_at_once_are_one(real_token: str) -> None:
    answers = at_once(lambda: call(real_token, {"name": "Attic"}), 20)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 19
    assert added() == ["Attic"]


def test_sealer_is_told_once_after_commit(
    real_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    poke = lambda: told.append(Event.objects.count())  # noqa: E731
    monkeypatch.setattr(events, "_send_poke", poke)
    before = Event.objects.count()
    for _time in range(2):
        assert call(real_token, {"name": "Attic"}).status_code == 200
    assert told == [before + 1]


def test_twin_of_what_is_refused_does_the_work(real_token: str) -> None:
    """Whoever waits for one that fails is not given its failure."""
    took, go_on = threading.Event(), threading.Event()
    user = User.objects.get(role=Role.API_CLIENT)

    def fails() -> None:
        try:
            with transaction.atomic():
                kept_answers.claim(user, "key-1", b"another")
                took.set()
                go_on.wait(10)
                transaction.set_rollback(True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(fails)
        took.wait(10)
        waiting = pool.submit(at_once, lambda: call(real_token, {"name": "Attic"}), 1)
        go_on.set()
        failing.result()
        answer = waiting.result()[0]
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer
    assert added() == ["Attic"]


def test_nobody_waits_for_ever(
    real_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_answers, "PATIENCE_SECONDS", 0.2)
    user = User.objects.get(role=Role.API_CLIENT)
    with transaction.atomic():
        kept_answers.claim(user, "key-1", b"")
        answer = at_once(lambda: call(real_token, {"name": "Attic"}), 1)[0]
        transaction.set_rollback(True)
    assert answer.status_code == 409
    assert code(answer) == "idempotency_key_in_use"
    assert int(answer["Retry-After"]) > 0
    assert call(real_token, {"name": "Attic"}).status_code == 200
    assert added() == ["Attic"]


_DYING = """
import django
django.setup()
from django.conf import settings
settings.ROOT_URLCONF = "{urls}"
from {urls} import call
call("{token}", {{"name": "Attic"}})
"""


def test_killed_in_between_leaves_nothing(
    real_token: str, environment: dict[str, str]
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _DYING.format(urls=__name__, token=real_token)],
        env={**environment, DIES: "1"},
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert added() == []
    assert not IdempotencyKey.objects.exists()
    answer = call(real_token, {"name": "Attic"})
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer
    assert added() == ["Attic"]
