"""Many people in one request."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.companies.models import Company, Tag
from apps.conftest import Api, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.core.keys import key
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.tests.factories import make_wares
from apps.people.changing import Change, change_many
from apps.people.registering import register_many

pytestmark = pytest.mark.django_db
BULK = "users/bulk"


def verdicts(answer: Any) -> list[Any]:
    """Per item: its status, or the codes and pointers of what is wrong."""
    assert answer.status_code == 200, answer.content
    items = answer.json()["items"]
    assert [one["index"] for one in items] == list(range(len(items)))
    return [
        [(e["code"], e.get("pointer")) for e in one["errors"]]
        if one["status"] == "refused"
        else one["status"]
        for one in items
    ]


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"fullName": f"{name} Ruiz", "email": f"{name}@acme.example", **more}


# --- Adding -----------------------------------------------------------------


def test_each_has_a_verdict_of_its_own(
    api: Api, acme: Company, globex: Company, emil: User
) -> None:
    tag, theirs = (
        Tag.objects.create(company=company, name="Field") for company in (acme, globex)
    )
    wares, foreign = make_wares(acme), make_wares(globex)
    User.objects.filter(pk=emil.pk).update(employee_number="E-1")
    items = [
        person("Ada", tags=[str(tag.pk)], externalIds={"hris": "1"}),
        person("Bo", email=emil.email.upper()),
        person("Cy", email="ADA@acme.example"),
        person("Di", employeeNumber="E-1"),
        person("Ed", employeeNumber="E-2", startDate="2031-05-06"),
        person("Fi", employeeNumber="E-2"),
        person("Gil", role="TEQUIPY_ADMIN"),
        person("Hal", address={"countryCode": "Atlantis"}),
        person("Ida", tags=[str(theirs.pk)]),
        person("Jo", externalIds={"hris": "1"}),
        person("Kim", equipmentIds=[str(wares.pk)], address={"countryCode": "PL"}),
        person("Lu", equipmentIds=[str(foreign.pk)]),
        person("Mo", fullName=" "),
        person("Nat", shoeSize=42, email="nobody"),
        "nothing",
    ]
    answer = api.post(BULK, {"items": items})
    assert verdicts(answer) == [
        "created",
        [("email_taken", "/email")],
        [("email_taken", "/email")],
        [("employee_number_taken", "/employeeNumber")],
        "created",
        [("employee_number_taken", "/employeeNumber")],
        [("role_not_allowed", "/role")],
        [("unknown_country", "/address/countryCode")],
        [("unknown_tag", "/tags")],
        [("external_id_taken", "/externalIds/hris")],
        "created",
        [("unknown_equipment", "/equipmentIds")],
        [("blank", "/fullName")],
        [("unknown", "/shoeSize")],
        [("invalid", "")],
    ]
    made = [one["id"] for one in answer.json()["items"] if "id" in one]
    ada, ed, kim = (api.found(f"users/{pk}") for pk in made)
    assert [one["name"] for one in ada["tags"]] == ["Field"]
    assert ada["externalIds"] == {"hris": "1"}
    assert (ada["state"], ed["state"]) == ("ACTIVE", "CREATED")
    assert kim["address"]["country"]["code"] == "PL"
    assert Order.objects.get().user_id == User.objects.get(pk=kim["id"]).pk
    told = Event.objects.filter(type="user.created", company_id=acme.pk)
    assert {str(one.subject_id) for one in told} >= set(made)
    assert not User.objects.filter(last_name="Ruiz").exclude(pk__in=made).exists()


def test_all_or_nothing(api: Api, emil: User) -> None:
    items = [person("Ada"), person("Bo", email=emil.email), person("Cy", phone=7)]
    before = User.objects.count(), Event.objects.count()
    answer = api.post(BULK, {"items": items, "atomic": True})
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("email_taken", "/items/1/email"),
        ("invalid", "/items/2/phone"),
    ]
    assert (User.objects.count(), Event.objects.count()) == before
    answer = api.post(BULK, {"items": items[:1], "atomic": True})
    assert verdicts(answer) == ["created"]


def test_no_statement_more_for_more_people(api: Api) -> None:
    def counts(prefix: str, count: int) -> int:
        items = [
            person(
                f"{prefix}{n}",
                employeeNumber=f"{prefix}-{n}",
                address={"city": "Porto", "countryCode": "PT"},
            )
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            answer = api.post(BULK, {"items": items})
        assert verdicts(answer) == ["created"] * count
        return len(queries)

    counts("w", 2)
    assert counts("a", 2) == counts("b", 50)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"items": []}, "/items"),
        ({"items": [{}] * 1001}, "/items"),
        ({"items": [{}], "dryRun": True}, "/dryRun"),
    ],
)
def test_refuses_what_is_no_list(body: Any, pointer: str, api: Api) -> None:
    for send in (api.post, api.patch):
        answer = send(BULK, body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer


# --- Changing ---------------------------------------------------------------


def test_each_is_changed_by_id_or_email(api: Api, acme: Company, emil: User) -> None:
    tag = Tag.objects.create(company=acme, name="Field")
    olga, ben = make_user(acme, "Olga"), make_user(acme, "Ben")
    client = make_user(acme, "Bot", role=Role.API_CLIENT)
    items = [
        {"id": str(emil.pk), "email": "new.emil@acme.example", "phone": "5"},
        {
            "email": olga.email.upper(),
            "position": "Buyer",
            "tags": [str(tag.pk)],
            "externalIds": {"hris": "7"},
            "address": {"countryCode": "PT", "city": "Porto"},
        },
        {"id": str(ben.pk), "email": olga.email},
        {"id": str(emil.pk), "phone": "6"},
        {"phone": "7"},
        {"id": str(uuid7()), "phone": "7"},
        {"email": "nobody@acme.example", "phone": "7"},
        {"id": str(client.pk), "phone": "7"},
    ]
    answer = api.patch(BULK, {"items": items})
    assert verdicts(answer) == [
        "updated",
        "updated",
        [("email_taken", "/email")],
        [("repeated", "/id")],
        [("no_key", "/id")],
        [("unknown_user", "/id")],
        [("unknown_user", "/email")],
        [("unknown_user", "/id")],
    ]
    changed = api.found(f"users/{emil.pk}")
    assert (changed["email"], changed["phone"]) == ("new.emil@acme.example", "5")
    bought = api.found(f"users/{olga.pk}")
    assert (bought["position"], bought["email"]) == ("Buyer", olga.email)
    assert bought["address"]["city"] == "Porto"
    assert bought["externalIds"] == {"hris": "7"}
    assert [one["name"] for one in bought["tags"]] == ["Field"]
    assert not User.objects.filter(phone__in=["6", "7"]).exists()
    cleared = {"email": olga.email, "position": None, "address": None, "tags": []}
    answer = api.patch(BULK, {"items": [{**cleared, "externalIds": None}]})
    assert verdicts(answer) == ["updated"]
    left = api.found(f"users/{olga.pk}")
    assert left["tags"] == []
    assert not {"position", "address", "externalIds"} & left.keys()
    assert left["fullName"] == olga.name


def test_changes_of_all_or_none(api: Api, acme: Company, emil: User) -> None:
    olga = make_user(acme, "Olga")
    items = [{"email": olga.email, "phone": "1"}, {"id": str(emil.pk), "role": "KING"}]
    before = Event.objects.count()
    answer = api.patch(BULK, {"items": items, "atomic": True})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/items/1/role"
    assert not User.objects.filter(phone="1").exists()
    assert Event.objects.count() == before


def test_leaves_the_company_an_admin(api: Api, acme: Company, anna: User) -> None:
    eva = make_user(acme, "Eva", role=Role.COMPANY_ADMIN)
    items = [{"id": str(one.pk), "role": "EMPLOYEE"} for one in (anna, eva)]
    found = verdicts(api.patch(BULK, {"items": items}))
    assert found == ["updated", [("last_admin", "/role")]]
    assert User.objects.filter(company=acme, role=Role.COMPANY_ADMIN).get() == eva
    (found,) = verdicts(api.patch(BULK, {"items": items[1:]}))
    assert found == [("last_admin", "/role")]
    raised = [{"id": str(anna.pk), "role": "INTERNAL_ADMIN", "phone": "1"}]
    (found,) = verdicts(api.patch(BULK, {"items": raised}))
    assert found == [("role_not_allowed", "/role")]
    assert not User.objects.filter(phone="1").exists()


def test_no_statement_more_for_more_changes(api: Api, acme: Company) -> None:
    def counts(prefix: str, count: int) -> int:
        people = [make_user(acme, f"{prefix}{n}") for n in range(count)]
        items = [
            {
                "email": one.email,
                "employeeNumber": f"{prefix}-{n}",
                "address": {"countryCode": "PT"},
            }
            for n, one in enumerate(people)
        ]
        with CaptureQueriesContext(connection) as queries:
            answer = api.patch(BULK, {"items": items})
        assert verdicts(answer) == ["updated"] * count
        return len(queries)

    counts("w", 2)
    assert counts("a", 2) == counts("b", 50)


# --- Meanwhile --------------------------------------------------------------


def _meanwhile(monkeypatch: Any, verb: str, company: Company, email: str) -> None:
    """Somebody else has added this one when the verb begins to write."""
    original, added = getattr(accounts, verb), []

    def add() -> None:
        make_user(company, "Faster", email=email)
        connection.close()

    def late(*args: Any, **kwargs: Any) -> None:
        if not added:
            added.append(email)
            other = Thread(target=add)
            other.start()
            other.join()
        original(*args, **kwargs)

    monkeypatch.setattr(accounts, verb, late)


@pytest.mark.django_db(transaction=True)
def test_an_e_mail_that_was_taken_meanwhile(
    api: Api, acme: Company, emil: User, monkeypatch: Any
) -> None:
    _meanwhile(monkeypatch, "create_many", acme, "ada@acme.example")
    answer = api.post(BULK, {"items": [person("Bo"), person("Ada")]})
    assert verdicts(answer) == ["created", [("email_taken", "/email")]]
    _meanwhile(monkeypatch, "update_many", acme, "cy@acme.example")
    olga = make_user(acme, "Olga")
    items = [
        {"id": str(emil.pk), "email": "cy@acme.example", "phone": "1"},
        {"id": str(olga.pk), "phone": "2"},
    ]
    answer = api.patch(BULK, {"items": items})
    assert verdicts(answer) == [[("email_taken", "/email")], "updated"]
    assert not User.objects.filter(phone="1").exists()


def test_who_was_named_by_an_e_mail_has_it_still(acme: Company, emil: User) -> None:
    change = Change(emil.pk, {"phone": "1"}, key("was.emil@acme.example"))
    outcome = change_many({0: change}, actor=SYSTEM, company=acme)
    assert outcome.refused[0].code == "unknown_user"
    emil.refresh_from_db()
    assert emil.phone == ""


# --- Who --------------------------------------------------------------------


def test_others_change_nothing(
    outsider: Api, api_as: Callable[[Any], Api], emil: User, acme: Company
) -> None:
    reader, own = api_as(Role.AI_AGENT), api_as(emil)
    changes = [
        {"items": [{"id": str(emil.pk), "phone": "1"}]},
        {"items": [{"email": emil.email, "phone": "1"}]},
    ]
    for body in changes:
        (found,) = verdicts(outsider.patch(BULK, body))
        assert found[0][0] == "unknown_user"
    taken_there = {"items": [person("Ada", email=emil.email)]}
    assert verdicts(outsider.post(BULK, taken_there)) == ["created"]
    for client in (reader, own):
        assert client.post(BULK, {"items": [person("Bo")]}).status_code == 403
        assert client.patch(BULK, changes[0]).status_code == 403
    assert not User.objects.filter(phone="1").exists()
    assert not User.objects.filter(company=acme, last_name="Ruiz").exists()


def test_many_are_what_each_alone_would_be(acme: Company) -> None:
    said = {
        n: {"full_name": f"Kai {n}", "email": f"kai{n}@acme.example", "phone": str(n)}
        for n in range(4)
    }
    register_many({n: said[n] for n in (0, 1, 2)}, actor=SYSTEM, company=acme)
    columns = {"first_name": "Kai", "last_name": "3", "phone": "3"}
    accounts.create(actor=SYSTEM, company=acme, email="kai3@acme.example", **columns)
    people = User.objects.filter(first_name="Kai").order_by("last_name")
    assert {(one.state, one.role, one.phone == one.last_name) for one in people} == {
        ("ACTIVE", Role.EMPLOYEE, True)
    }
    told = Event.objects.filter(subject_id__in=[one.pk for one in people])
    assert [one.type for one in told] == ["user.created"] * 4
    assert len({str(one.payload) for one in told}) == 1


def test_a_key_makes_them_once(api: Api) -> None:
    body = {"items": [person("Ada"), person("Bo", fullName="")]}
    answers = [api.post(BULK, body, Idempotency_Key="batch-9") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert User.objects.filter(last_name="Ruiz").count() == 1
