"""Who calls is remembered by the process, and proven by each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import api_sessions, api_tokens, callers
from apps.accounts.models import ApiSession, ApiToken, Login, User
from apps.conftest import Api, make_api
from apps.core.actor import SYSTEM, Role
from apps.core.api import proof
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db
LIST = "user-equipments"
# What asks the database and what is answered without a row of it: each is proven.
READS = [
    ("GET", LIST, None, 200),
    ("GET", f"{LIST}?states=STORAGE&limit=1", None, 200),
    ("POST", f"{LIST}/query", {}, 200),
    ("GET", "user-equipment/{laptop}", None, 200),
    ("GET", "user-equipment/none", None, 404),
    ("GET", f"{LIST}?no=such", None, 400),
    ("POST", f"{LIST}/query", {"no": "such"}, 422),
    ("GET", "countries", None, 200),
    ("GET", "stock-levels", None, 200),
    ("GET", "events", None, 200),
    ("GET", "/api/v1/auth/me", None, 200),
]


def revoke(api: Api) -> None:
    api_tokens.revoke(ApiToken.objects.get(user=api.user), actor=SYSTEM)


def leave(api: Api) -> None:
    User.objects.filter(pk=api.user.pk).update(state="ARCHIVED")


def expire(api: Api) -> None:
    ApiToken.objects.filter(user=api.user).update(expires_at="2020-01-01T00:00Z")


def vanish(api: Api) -> None:
    ApiToken.objects.filter(user=api.user).delete()


@pytest.mark.parametrize("end", [revoke, leave, expire, vanish])
@pytest.mark.parametrize(("method", "path", "body", "status"), READS)
def test_who_may_no_more_is_refused_by_the_next_request(
    method: str,
    path: str,
    body: Any,
    status: int,
    end: Callable[[Api], None],
    api: Api,
    laptop: Asset,
) -> None:
    path = path.format(laptop=laptop.pk)
    assert api.known().send(method, path, body).status_code == status
    end(api)
    answer = api.send(method, path, body)
    assert answer.status_code == 401, answer.content
    assert answer.json()["errors"][0]["code"] == "bad_token"


def test_another_role_has_its_rights_at_once(api: Api, laptop: Asset) -> None:
    assert api.known().get(f"user-equipment/{laptop.pk}").status_code == 200
    User.objects.filter(pk=api.user.pk).update(role=Role.EMPLOYEE)
    assert api.get(f"user-equipment/{laptop.pk}").status_code in {403, 404}
    User.objects.filter(pk=api.user.pk).update(role=Role.API_CLIENT)
    assert api.get(f"user-equipment/{laptop.pk}").status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        lambda anna, session: api_sessions.end(session),
        lambda anna, session: Login.objects.filter(pk=anna.login_id).update(
            is_active=False
        ),
        lambda anna, session: Login.objects.filter(pk=anna.login_id).update(
            password="another"
        ),
        lambda anna, session: User.objects.filter(pk=anna.pk).update(state="ARCHIVED"),
    ],
    ids=["ended", "inactive", "another password", "left"],
)
def test_a_session_that_is_over_reads_nothing_more(
    end: Callable[[User, Any], Any], anna: User
) -> None:
    pair = api_sessions.start(anna)
    api = Api(anna, pair.access).known()
    session = ApiSession.objects.get(login=anna.login).pk
    end(anna, session)
    assert api.get(LIST).status_code == 401


def test_what_changes_between_look_and_answer_is_met_anew(
    api: Api, laptop: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another process does it while this one reads."""
    api.known()
    remembered = callers.remembered

    def changed(named: Any) -> Any:
        found = remembered(named)
        User.objects.filter(pk=api.user.pk).update(notes="another")
        return found

    monkeypatch.setattr(callers, "remembered", changed)
    with CaptureQueriesContext(connection) as queries:
        answer = api.get(f"user-equipment/{laptop.pk}")
    assert answer.json()["id"] == str(laptop.pk)
    assert answer["RateLimit-Remaining"] == str(int(answer["RateLimit-Limit"]) - 3)
    # The change, the read in vain, who calls, the read.
    assert len(queries) == 4


def test_a_read_asks_nothing_of_its_own(api: Api, laptop: Asset) -> None:
    api.known()
    with CaptureQueriesContext(connection) as queries:
        assert api.get(f"user-equipment/{laptop.pk}").status_code == 200
    assert len(queries) == 1


def test_a_change_asks_first(
    api: Api, laptop: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.known()
    monkeypatch.setattr(proof.Proof, "check", lambda *_args: None)
    revoke(api)
    answer = api.patch(f"user-equipment/{laptop.pk}", {"notes": "x"})
    assert answer.status_code == 401
    laptop.refresh_from_db()
    assert laptop.notes != "x"


def test_one_is_not_taken_for_another(
    api: Api, outsider: Api, laptop: Asset, acme: Any
) -> None:
    reader = make_api(acme, Role.API_CLIENT_READONLY)
    for _twice in range(3):
        assert api.get(f"user-equipment/{laptop.pk}").status_code == 200
        assert outsider.get(f"user-equipment/{laptop.pk}").status_code == 404
        assert reader.get(f"user-equipment/{laptop.pk}").status_code == 200
        answer = reader.patch(f"user-equipment/{laptop.pk}", {"notes": "x"})
        assert answer.status_code == 403


def test_who_works_at_other_places_now_is_asked_each_time(
    wanda: User, api_as: Callable[..., Api]
) -> None:
    """Which places a warehouse worker has stands in rows of its own."""
    api = api_as(wanda)
    for _thrice in range(3):
        with CaptureQueriesContext(connection) as queries:
            api.get(LIST)
    assert len(queries) > 1


def test_no_more_are_remembered_than_fit(
    api: Api, acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "_MOST", 2)
    callers._known.clear()
    for _client in range(5):
        make_api(acme).known()
        assert len(callers._known) <= 2
