"""Every form that moves something asks whoever acts on a page that is out of date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.conftest import Browser, make_asset, make_user, mostly_full
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.imports.models import Batch
from apps.imports.tests.factories import applied
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.people import services as people
from apps.returns import links
from apps.returns import services as returns
from apps.returns.models import Return, ReturnLine
from apps.shipping.models import Shipment

pytestmark = pytest.mark.django_db

# What accepts POST and moves nothing, with the reason.
NO_MOVE = {
    "accounts:address": "the owner's own sign-in",
    "accounts:address_agree": "the owner's own sign-in",
    "accounts:address_stop": "the owner's own sign-in",
    "accounts:choose": "in which company one acts",
    "accounts:invitation": "compares the version of the link",
    "accounts:language": "the owner's own pages",
    "accounts:language_switch": "kept by the browser alone",
    "accounts:leave": "one's own membership; twice is once",
    "accounts:token_issue": "adds one",
    "accounts:token_revoke": "twice is once",
    "bulk:list": "each row is checked when its turn comes; a form is one job",
    "bulk:stop": "stops at once, whatever has happened",
    "companies:address_create": "adds",
    "imports:apply": "compares the plan that was shown (`as_of`)",
    "imports:columns": "writes a plan, not the register",
    "imports:create": "adds",
    "imports:discard": "writes nothing of the register",
    "imports:plan": "writes a plan, not the register",
    "imports:reading": "writes a plan, not the register",
    "imports:stop": "stops at once, whatever has happened",
    "imports:unknowns": "writes a plan, not the register",
    "inventory:comment_add": "adds",
    "inventory:comment_edit": "compares the version that was shown (`as_of`)",
    "inventory:comment_remove": "compares the words that were shown (`as_of`)",
    "inventory:create": "adds",
    "inventory:edit": "facts: compares the version that was shown",
    "inventory:export": "a file of what was chosen",
    "inventory:export_xlsx": "a file of what was chosen",
    "inventory:fact": "compares the version of this fact that was shown",
    "inventory:file_add": "adds",
    "inventory:file_picture": "a choice of what pages show; refused of a removed file",
    "inventory:file_remove": "files never change; twice is once",
    "labels:options": "a page of what was chosen",
    "labels:pdf": "a file of what was chosen",
    "notifications:retry": "sends the same mail once, however often",
    "people:add": "adds",
    "people:add_workplace": "adds",
    "people:edit": "facts: compares the version that was shown",
    "people:end_sign_in": "twice is once, and an invitation undoes it",
    "people:export": "a file of what was chosen",
    "people:export_xlsx": "a file of what was chosen",
    "people:invite": "a mail; nothing changes before it is accepted",
    "people:personal_data": "a file; what is kept stays as it is",
    "people:withdraw_invitation": "twice is once",
    "returns:leaver_new_link": "sends a mail to the same address",
    "returns:send_link": "sends a mail to the same address",
    "saved_views:columns": "how one sees a list oneself",
    "saved_views:delete": "how one sees a list; twice is once",
    "saved_views:save": "how one sees a list",
}
CONFIRMED = {"confirmed": "yes"}  # of `core.confirm`
# django-allauth's: sign-in, password; and no pages.
NOT_OURS = ("account_", "api:")
EMPTY: frozenset[str] = frozenset()
DAY = timezone.now().date() + timedelta(days=20)


def patterns(
    resolver: URLResolver | None = None, space: str = "", above: frozenset[str] = EMPTY
) -> Iterator[tuple[str, frozenset[str]]]:
    """The names of all URLs, and what each has to be told."""
    for entry in (resolver or get_resolver()).url_patterns:
        told = above | {*entry.pattern.converters}
        if isinstance(entry, URLPattern):
            if entry.name:  # the others say that nothing is there
                yield f"{space}{entry.name}", told
        elif entry.namespace != "admin":
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner, told)


def accepts_post(client: Browser, name: str, told: frozenset[str]) -> bool:
    url = reverse(name, kwargs={key: uuid4() for key in told})
    return client.post_bare(url).status_code != 405


@pytest.fixture
def scene(acme, anna, emil, wanda, laptop, shelf, office) -> SimpleNamespace:
    """Emil's laptop is asked back; a second one too; a third is in storage."""
    return SimpleNamespace(
        acme=acme,
        emil=emil,
        laptop=laptop,
        shelf=shelf,
        office=office,
        stored=make_asset(shelf, "STORED-1"),
        olga=make_user(acme, "Olga"),
    )


def asked_back(scene: Any) -> Return:
    return returns.start_offboarding(
        scene.emil,
        actor=SYSTEM,
        last_working_on=DAY,
        decisions={scene.laptop.id: "RETURN"},
    )


def on_its_way(scene: Any) -> tuple[Return, Shipment]:
    ret = asked_back(scene)
    parcel = returns.book_parcel(ret, actor=SYSTEM, carrier="OTHER")
    returns.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM)
    return ret, parcel


ANSWER = {
    "method": "PICKUP",
    "wants_packaging": "no",
    "full_name": "Emil",
    "street": "Prosta 1",
    "city": "Warszawa",
    "country": "PL",
}


def wants_packaging(scene: Any) -> Return:
    ret = asked_back(scene)
    values = {"street": "Prosta 1", "city": "Warszawa", "country_id": "PL"}
    return returns.answer(
        ret, actor=SYSTEM, method="PICKUP", wants_packaging=True, **values
    )


def _asset(name: str, **data: Any) -> Callable[[Any], tuple[str, dict]]:
    def post(scene: Any) -> tuple[str, dict]:
        values = {k: v(scene) if callable(v) else v for k, v in data.items()}
        return reverse(f"inventory:{name}", args=[scene.stored.pk]), values

    return post


def _return(
    name: str, make: Callable[[Any], Return] = asked_back, **data: Any
) -> Callable[[Any], tuple[str, dict]]:
    return lambda scene: (reverse(f"returns:{name}", args=[make(scene).pk]), data)


def paused(scene: Any) -> Return:
    return returns.pause(asked_back(scene), actor=SYSTEM)


def cancelled(scene: Any) -> Return:
    return returns.cancel(asked_back(scene), reason="STAYS", actor=SYSTEM)


def _decide(scene: Any) -> tuple[str, dict]:
    line = asked_back(scene).lines.get()
    url = reverse("returns:decide", args=[line.ret_id, line.pk])
    return url, {"decision": "WRITE_OFF", "reason": "worn", **CONFIRMED}


def _add_item(scene: Any) -> tuple[str, dict]:
    ret = asked_back(scene)
    more = make_asset(scene.emil, "MORE-1")
    return reverse("returns:add_item", args=[ret.pk, more.pk]), {}


def _receive(scene: Any) -> tuple[str, dict]:
    line = asked_back(scene).lines.get()
    url = reverse("returns:receive", args=[line.ret_id])
    return url, {f"here_{line.asset_id}": "on", f"grade_{line.asset_id}": "B"}


def _book(scene: Any) -> tuple[str, dict]:
    line = asked_back(scene).lines.get()
    url = reverse("returns:book_parcel", args=[line.ret_id])
    data = {"carrier": "DHL", "tracking_number": "00340434161094042557"}
    return url, {**data, "lines": str(line.pk)}


def _parcel(name: str, **data: str) -> Callable[[Any], tuple[str, dict]]:
    def post(scene: Any) -> tuple[str, dict]:
        ret, parcel = on_its_way(scene)
        return reverse(f"returns:{name}", args=[ret.pk, parcel.pk]), data

    return post


def _desk_parcel(scene: Any) -> tuple[str, dict]:
    _ret, parcel = on_its_way(scene)
    return reverse("portal:close_parcel", args=[parcel.pk]), {**CONFIRMED}


def _desk_items(scene: Any) -> tuple[str, dict]:
    pk = scene.laptop.pk
    url = reverse("portal:receive_items", query={"asset": pk})
    return url, {"address": scene.shelf.pk, f"here_{pk}": "on", f"grade_{pk}": "B"}


def _archive(scene: Any) -> tuple[str, dict]:
    return reverse("people:archive", args=[scene.olga.pk]), {
        "way": "ARCHIVED",
        "reason": "LEFT",
    }


def _erase(scene: Any) -> tuple[str, dict]:
    people.archive(scene.olga, reason="LEFT", actor=SYSTEM)
    return reverse("people:erase", args=[scene.olga.pk]), {"reason": "ASKED"}


def _rehire(scene: Any) -> tuple[str, dict]:
    people.archive(scene.olga, reason="LEFT", actor=SYSTEM)
    return reverse("people:rehire", args=[scene.olga.pk]), {"start_on": DAY.isoformat()}


def _create(scene: Any) -> tuple[str, dict]:
    url = reverse("returns:create") + f"?kind=OFFBOARDING&user={scene.emil.pk}"
    data = {"day": DAY.isoformat(), "address": scene.shelf.pk}
    return url, {**data, f"decision_{scene.laptop.pk}": "RETURN"}


def _undo(scene: Any) -> tuple[str, dict]:
    batch = applied(scene.acme, "First name,Email\nNew,new@acme.example\n")
    return reverse("imports:undo", args=[batch.pk]), {"reason": "WRONG_FILE"}


def _address(scene: Any) -> tuple[str, dict]:
    url = reverse("companies:address_edit", args=[scene.office.pk])
    return url, {"name": "Office", "type": "INTERNAL", "country": "PL"}


MOVES: dict[str, Callable[[Any], tuple[str, dict]]] = {
    "companies:address_edit": _address,
    "imports:undo": _undo,
    "inventory:hand_over": _asset("hand_over", person=lambda s: s.emil.email),
    "inventory:repair": _asset("repair", address=lambda s: s.office.pk),
    "inventory:retire": _asset("retire", reason="SOLD"),
    "inventory:store": _asset("store", address=lambda s: s.office.pk),
    "people:archive": _archive,
    "people:erase": _erase,
    "people:rehire": _rehire,
    "portal:close_parcel": _desk_parcel,
    "portal:receive_items": _desk_items,
    "returns:add_item": _add_item,
    "returns:answer": _return("answer", **ANSWER),
    "returns:book_parcel": _book,
    "returns:cancel": _return("cancel", reason="STAYS"),
    "returns:close_parcel": _parcel("close_parcel", **CONFIRMED),
    "returns:create": _create,
    "returns:decide": _decide,
    "returns:delete": _return("delete", cancelled, **CONFIRMED),
    "returns:materials_arrived": _return(
        "materials_arrived",
        lambda s: returns.send_materials(wants_packaging(s), actor=SYSTEM),
    ),
    "returns:pause": _return("pause"),
    "returns:receive": _receive,
    "returns:reschedule": _return(
        "reschedule", day=(DAY + timedelta(days=3)).isoformat()
    ),
    "returns:resume": _return("resume", paused),
    "returns:send_materials": _return("send_materials", wants_packaging),
    "returns:track_parcel": _parcel("track_parcel", state="LOST", **CONFIRMED),
}
# What ends something, without the part of the form that confirms or gives the reason.
ENDS = {
    "imports:undo": "reason",
    "inventory:retire": "reason",
    "people:archive": "reason",
    "people:erase": "reason",
    "portal:close_parcel": "confirmed",
    "returns:cancel": "reason",
    "returns:close_parcel": "confirmed",
    "returns:decide": "confirmed",
    "returns:delete": "confirmed",
    "returns:track_parcel": "confirmed",
}
ON_ITS_OWN_PAGE = {"returns:leaver": "asked on the page itself, by the tests below"}


def everything() -> list[Any]:
    """Where all is, and how much has happened."""
    return [
        list(model.objects.order_by("pk").values_list("pk", *names))
        for model, names in (
            (Asset, ("state", "user", "address", "shipment", "archive_reason")),
            (Return, ("state", "method", "last_working_on")),
            (ReturnLine, ("decision", "outcome", "shipment")),
            (Shipment, ("state",)),
            (User, ("state", "start_on", "end_on")),
            (Batch, ("state",)),
            (Event, ("type",)),
        )
    ]


def test_each_url_that_takes_a_post_is_known_here(anna, client_of):
    client = client_of(anna)
    ours = [one for one in patterns() if not one[0].startswith(NOT_OURS)]
    found = {name for name, told in ours if accepts_post(client, name, told)}
    assert found == {*MOVES, *NO_MOVE, *ON_ITS_OWN_PAGE}


@pytest.mark.parametrize("shown", ["0123456789abcdef0123-1764355555", None])
@pytest.mark.parametrize("name", mostly_full(MOVES, every=5))
def test_asks_and_moves_nothing_until_confirmed(name, shown, scene, anna, client_of):
    client = client_of(anna)
    url, data = MOVES[name](scene)
    before = everything()
    asked = client.post_bare(url, data if shown is None else {**data, "seen": shown})
    assert asked.status_code == 409
    page = asked.content.decode()
    assert "Nothing has been done yet" in page
    assert "What happened" in page
    assert everything() == before
    form = page[page.rindex(f'action="{url.replace("&", "&amp;")}"') :]
    hidden = re.findall(r'type="hidden" name="(\w[^"]*)" value="([^"]*)"', form)
    again = {key: unescape(value) for key, value in hidden}
    assert {**again, **{k: str(v) for k, v in data.items()}} == again
    assert client.post_bare(url, again).status_code == 302
    assert everything() != before


@pytest.mark.parametrize("name", mostly_full(MOVES, every=5))
def test_the_page_itself_carries_what_it_shows(name, scene, anna, client_of):
    client = client_of(anna)
    url, data = MOVES[name](scene)
    before = everything()
    assert all(client.shown_by(url).values())
    assert client.shown_by(url)
    assert client.post(url, data).status_code == 302
    assert everything() != before


@pytest.mark.parametrize(("name", "part"), ENDS.items())
def test_nothing_ends_without_a_word(name, part, scene, anna, client_of):
    client = client_of(anna)
    url, data = MOVES[name](scene)
    shown = client.shown_by(url)
    before = everything()
    asked = client.post_bare(url, {**data, **shown, part: ""})
    page = asked.content.decode()
    assert asked.status_code == 200
    assert "btn-danger" in page
    assert everything() == before
    form = page[page.index('<form method="post"', page.index("<main")) :]
    if part == "confirmed":
        hidden = re.findall(r'type="hidden" name="(\w[^"]*)" value="([^"]*)"', form)
        assert client.post_bare(url, dict(hidden)).status_code == 302
        assert everything() != before
    else:
        assert 'name="reason"' in form


def test_the_leaver_is_asked_on_their_page(scene):
    ret = asked_back(scene)
    url = reverse("returns:leaver", args=[links.url(ret).rstrip("/").split("/")[-1]])
    browser = Browser()
    shown = browser.shown_by(url)
    returns.decide(ret.lines.get(), "WRITE_OFF", actor=SYSTEM, reason="worn")
    before = everything()
    asked = browser.post_bare(url, {**ANSWER, **shown, "message": "My words"})
    page = asked.content.decode()
    assert "nothing was sent yet" in page
    assert "My words" in page
    assert everything() == before
    mark = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    browser.post_bare(url, {**ANSWER, "seen": mark})
    ret.refresh_from_db()
    assert ret.answered_at is not None


def test_the_leaver_is_not_asked_because_of_a_reminder(scene):
    ret = asked_back(scene)
    url = reverse("returns:leaver", args=[links.url(ret).rstrip("/").split("/")[-1]])
    browser = Browser()
    shown = browser.shown_by(url)
    Return.objects.filter(pk=ret.pk).update(state="FIRST_REMINDER_SENT")
    browser.post_bare(url, {**ANSWER, **shown})
    ret.refresh_from_db()
    assert ret.answered_at is not None


def test_the_warehouse_is_told_too(scene, wanda, client_of):
    client = client_of(wanda)
    url, data = _desk_items(scene)
    shown = client.shown_by(url)
    inventory.hand_over(scene.laptop, scene.olga, actor=SYSTEM)
    asked = client.post_bare(url, {**data, **shown})
    assert asked.status_code == 409
    assert "was handed to" in asked.content.decode()
