"""The same call of the API, twenty times at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from apps.companies import services as companies
from apps.companies.models import Company
from apps.conftest import Api, make_api, make_asset, make_company, make_user
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import integrity
from apps.returns.models import Return

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 20


@pytest.fixture
def company(reference_data: None) -> Company:
    found = make_company("Acme")
    companies.create_address(
        actor=SYSTEM, company=found, name="Office", is_default=True
    )
    return found


@pytest.fixture
def api(company: Company) -> Api:
    return make_api(company)


@pytest.fixture
def body(company: Company) -> dict[str, Any]:
    user = make_user(company, "Ola")
    ids = [str(make_asset(user, f"SAME-{n}").pk) for n in range(2)]
    return {
        "userId": str(user.pk),
        "offboardingEquipmentIds": ids,
        "lastWorkingDayAt": "2027-05-31T12:00:00Z",
    }


def at_once(call: Callable[[], HttpResponse]) -> list[HttpResponse]:
    barrier = threading.Barrier(TIMES, timeout=30)
    answers: list[HttpResponse] = []

    def run() -> None:
        try:
            barrier.wait()
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def statuses(answers: list[HttpResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_one_offboarding_is_started(api: Api, body: dict[str, Any]) -> None:
    answers = at_once(lambda: api.post("offboardings", body))
    assert statuses(answers) == {200: 1, 409: TIMES - 1}
    ret = Return.objects.get()
    assert ret.lines.count() == 2
    assert Event.objects.filter(type="return.started").count() == 1
    assert list(integrity.problems()) == []


def test_one_cancels_and_all_are_told_so(api: Api, body: dict[str, Any]) -> None:
    path = f"offboardings/{api.post('offboardings', body).json()['id']}/cancel"
    answers = at_once(lambda: api.post(path))
    assert statuses(answers) == {200: TIMES}
    assert len({answer.content for answer in answers}) == 1
    assert Event.objects.filter(type="return.cancelled").count() == 1
    assert api.post("offboardings", body).status_code == 200


def test_one_collection_is_started(api: Api, body: dict[str, Any]) -> None:
    asked = {
        "userId": body["userId"],
        "collectionEquipmentIds": body["offboardingEquipmentIds"],
    }
    answers = at_once(lambda: api.post("collections", asked))
    assert statuses(answers) == {200: 1, 409: TIMES - 1}
    assert Return.objects.get().lines.count() == 2


def test_of_cancel_and_decide_one_is_first(api: Api, body: dict[str, Any]) -> None:
    """Whichever it is, the item ends as the return does."""
    made = api.post("offboardings", body).json()
    path, item = f"offboardings/{made['id']}", body["offboardingEquipmentIds"][0]
    calls = [
        lambda: api.post(f"{path}/cancel"),
        lambda: api.patch(f"{path}/items/{item}", {"decision": "ALREADY_BACK"}),
    ]
    turns = iter(calls * (TIMES // 2))
    answers = at_once(lambda: next(turns)())
    assert statuses(answers).keys() <= {200, 409}
    assert api.found(path)["state"] == "CANCELLED"
    assert list(integrity.problems()) == []
