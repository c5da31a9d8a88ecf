from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services as accounts
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.events import sentences, services
from apps.events.models import Event
from apps.inventory import payloads
from apps.inventory import services as inventory
from apps.inventory.events import ASSET_HANDED_OVER, ASSET_UPDATED, DeviceStep, Place
from apps.inventory.states import AssetState
from apps.returns import services as returns

pytestmark = pytest.mark.django_db

HISTORY = reverse("events:list")


def about(thing) -> str:
    return reverse("events:about", args=[thing.pk])


def texts(page) -> list[str]:
    return [entry.text for entry in page.context["entries"]]


def test_tells_each_step_in_a_sentence(anna, emil, office, client_of, as_actor):
    laptop = make_asset(emil)
    inventory.receive(laptop, office, actor=as_actor(anna))
    inventory.retire(laptop, "SOLD", actor=as_actor(anna))
    entries = client_of(anna).get(about(laptop)).context["entries"]
    assert [(entry.text, entry.actor) for entry in entries] == [
        ("MacBook Pro 14 C02XL0AAA left the register: Sold", "Anna Example"),
        (
            "MacBook Pro 14 C02XL0AAA was put into storage at Warsaw office",
            "Anna Example",
        ),
        (
            "MacBook Pro 14 C02XL0AAA was registered and went to Emil Example",
            "Tequipy",
        ),
    ]
    assert {entry.url for entry in entries} == {""}
    everything = client_of(anna).get(HISTORY, {"thing": laptop.pk})
    links = {entry.url for entry in everything.context["entries"]}
    assert links == {laptop.get_absolute_url()}


def test_tells_a_return_in_every_history_it_touches(
    anna, emil, laptop, shelf, client_of
):
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    client = client_of(anna)
    started = f"{ret.reference} of Emil Example was started"
    for thing in (ret, emil):
        assert started in texts(client.get(about(thing)))


def test_filters_by_kind_day_and_thing(anna, emil, laptop, client_of):
    client = client_of(anna)
    assets = client.get(HISTORY, {"about": "asset"}).context["page"].rows
    assert [event.type for event in assets] == ["asset.created"]
    today = timezone.now().astimezone(ZoneInfo(anna.company.time_zone)).date()
    assert texts(client.get(HISTORY, {"until": today.isoformat()}))
    for day in (today - timedelta(days=2)).isoformat(), "1971-01-01":
        assert texts(client.get(HISTORY, {"until": day})) == []
    one = client.get(HISTORY, {"thing": laptop.pk}).context["page"].rows
    assert {event.subject_id for event in one} == {laptop.pk}
    assert client.get(HISTORY, {"until": "soon", "about": "x"}).status_code == 400


def test_goes_on_where_it_stopped(anna, laptop, client_of):
    payload = payloads.changed(laptop, {"notes": {}})
    draft = services.Draft(ASSET_UPDATED, anna.company_id, laptop.pk, payload)
    services.record_many([draft] * 60, actor=SYSTEM)
    client = client_of(anna)
    first = client.get(HISTORY).context["page"]
    second = client.get(HISTORY, {"after": first.after}).context["page"]
    ids = [event.pk for page in (first, second) for event in page.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == Event.objects.filter(company_id=anna.company_id).count()
    assert f"{HISTORY}?thing={laptop.pk}" in client.get(about(laptop)).text


def test_costs_the_same_for_one_and_fifty(
    anna, emil, office, client_of, django_assert_max_num_queries
):
    for number in range(25):
        inventory.receive(make_asset(emil, f"S{number}"), office, actor=SYSTEM)
    client = client_of(anna)
    with django_assert_max_num_queries(12):
        assert len(texts(client.get(HISTORY))) == 50


def handed_over_and_gone(anna, **facts) -> Event:
    """To somebody who is gone, a device that is gone."""
    values = {"product_name": "Dell U27", "serial_number": "", "asset_tag": "", **facts}
    nobody = anna.company_id
    payload = DeviceStep(
        to=Place(state=AssetState.ACTIVE, user_id=nobody), holder_changed=True, **values
    )
    return services.record(
        ASSET_HANDED_OVER,
        payload,
        actor=SYSTEM,
        company_id=anna.company_id,
        subject_id=nobody,
    )


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "Dell U27 was handed to somebody"),
        ({"product_name": "iPhone 14"}, "iPhone 14 was handed to somebody"),
        (
            {"product_name": "iPhone 14", "asset_tag": "T1"},
            "iPhone 14 T1 was handed to somebody",
        ),
        ({"product_name": None}, "Something was handed to somebody"),
    ],
)
def test_tells_what_is_not_known_any_more_without_a_name(anna, as_actor, facts, text):
    event = handed_over_and_gone(anna, **facts)
    (entry,) = sentences.tell([event], as_actor(anna))
    assert (entry.text, entry.url) == (text, "")


def test_names_keep_their_letters(anna, emil, client_of):
    phone = make_asset(emil, "F17", name="iPhone 14")
    assert texts(client_of(anna).get(about(phone))) == [
        "iPhone 14 F17 was registered and went to Emil Example"
    ]


def test_tells_changed_fields_by_their_labels(anna, emil, laptop, client_of):
    inventory.update(laptop, actor=SYSTEM, supplier="Alza", notes="Emil's")
    inventory.update(laptop, actor=SYSTEM, supplier="X-Kom", notes="")
    accounts.update(emil, actor=SYSTEM, private_email="e@x.example", country_id="DE")
    client = client_of(anna)
    of_laptop, everything = client.get(about(laptop)), client.get(HISTORY)
    assert texts(of_laptop)[:2] == [
        "MacBook Pro 14 C02XL0AAA was changed: Supplier Alza → X-Kom; Notes",
        "MacBook Pro 14 C02XL0AAA was changed: Supplier – → Alza; Notes",
    ]
    assert texts(everything)[0] == "Emil Example was changed: Private e-mail, Country"
    for page in (of_laptop, everything):
        assert "Emil&#x27;s" not in page.text
        assert "Emil's" not in page.text
        assert "e@x.example" not in page.text


@pytest.mark.parametrize(
    "row",
    [
        {"type": "gone.long_ago", "version": 1, "payload": {}},
        {"type": "asset.stored", "version": 9, "payload": {"to": []}},
        {"type": "asset.stored", "version": 2, "payload": {"to": []}},
        {"type": "asset.stored", "version": 1, "payload": {}},
        {"type": "return.answered", "version": 1, "payload": {"method": "PIGEON"}},
    ],
)
def test_says_so_where_a_row_is_not_understood(anna, laptop, client_of, row):
    """Of a newer release, or of an app that is gone: the page shows the others."""
    Event.objects.create(
        company_id=anna.company_id,
        subject_type="asset",
        subject_id=laptop.pk,
        refs=[laptop.pk],
        actor_kind="SYSTEM",
        occurred_at=timezone.now(),
        **row,
    )
    shown = texts(client_of(anna).get(about(laptop)))
    assert shown[0] == f"Something happened that is not known here: {row['type']}"
    assert len(shown) == 2


def test_other_people_see_nothing(gina, emil, wanda, laptop, client_of):
    client = client_of(gina)
    assert client.get(about(laptop)).status_code == 404
    assert laptop.serial_number not in client.get(HISTORY).text
    assert texts(client.get(HISTORY, {"thing": laptop.pk})) == []
    for other in (emil, wanda):
        assert client_of(other).get(HISTORY).status_code == 404
        assert client_of(other).get(about(laptop)).status_code == 404


def test_wrong_methods_are_refused(anna, laptop, client_of):
    client = client_of(anna)
    assert client.post(HISTORY).status_code == 405
    assert client.post(about(laptop)).status_code == 405
