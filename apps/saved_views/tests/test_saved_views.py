from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.sessions import actor_of
from apps.accounts.states import ErasedBecause
from apps.conftest import make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Invalid, NotAllowed
from apps.events import services as events
from apps.events.models import Event
from apps.inventory.lists import ASSETS
from apps.people import services as people
from apps.saved_views import services
from apps.saved_views.models import SavedView

pytestmark = pytest.mark.django_db
SPARE = "state=STORAGE&sort=-since"


def url(name: str, *args) -> str:
    return reverse(f"saved_views:{name}", args=args)


def kinds() -> list[str]:
    told = Event.objects.filter(subject_type="view").order_by("id")
    return list(told.values_list("type", flat=True))


@pytest.fixture
def olga(acme):
    return make_user(acme, "Olga", role=Role.COMPANY_ADMIN)


# --- Verbs ------------------------------------------------------------------


def test_a_view_of_the_same_name_is_replaced(anna, as_actor):
    kept = {"actor": as_actor(anna), "of": ASSETS}
    first = services.save(anna, name=" Spare  ones ", query=SPARE, **kept)
    again = services.save(anna, name="Spare ones", query="state=ORDERED", **kept)
    services.save(anna, name="Spare ones", query="state=ORDERED", **kept)
    assert (again.pk, again.name, again.query) == (
        first.pk,
        "Spare ones",
        "state=ORDERED",
    )
    assert kinds() == ["view.saved", "view.changed"]


def test_own_and_shared_views_of_one_name_are_two(anna, olga, as_actor):
    for owner, is_shared in ((anna, False), (olga, False), (anna, True), (olga, True)):
        services.save(
            owner,
            actor=as_actor(owner),
            of=ASSETS,
            name="Spare",
            query=SPARE,
            is_shared=is_shared,
        )
    found = SavedView.objects.values_list("owner__first_name", "is_shared")
    assert sorted(found) == [("Anna", False), ("Anna", True), ("Olga", False)]


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("  ", SPARE, "no_name"),
        ("x" * 65, SPARE, "too_long"),
        ("x", "state=GONE", "bad_query"),
        ("x", "nonsense=1", "bad_query"),
        ("x", "columns=nonsense", "bad_query"),
        ("x", "sort=status", "bad_query"),
        ("x", f"q={'y' * 3000}", "too_long"),
    ],
)
def test_what_the_list_does_not_understand_is_not_kept(
    anna, as_actor, name, query, code
):
    with pytest.raises(Invalid) as refusal:
        services.save(anna, actor=as_actor(anna), of=ASSETS, name=name, query=query)
    assert refusal.value.code == code
    assert (SavedView.objects.count(), kinds()) == (0, [])


def test_there_is_an_end_to_a_row_of_tabs(anna, as_actor, monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    kept = {"actor": as_actor(anna), "of": ASSETS, "query": ""}
    services.choose_columns(anna, actor=as_actor(anna), of=ASSETS, columns=["status"])
    for name in ("one", "two"):
        services.save(anna, name=name, **kept)
    services.save(anna, name="two", **kept)
    with pytest.raises(Invalid):
        services.save(anna, name="three", **kept)


def test_only_admins_share(wanda, anna, as_actor):
    kept = {"of": ASSETS, "name": "Mine", "query": ""}
    services.save(wanda, actor=as_actor(wanda), **kept)
    with pytest.raises(NotAllowed):
        services.save(wanda, actor=as_actor(wanda), is_shared=True, **kept)
    shared = services.save(anna, actor=as_actor(anna), is_shared=True, **kept)
    with pytest.raises(NotAllowed):
        services.delete(shared, actor=as_actor(wanda))
    with pytest.raises(NotAllowed):
        services.save(anna, actor=as_actor(wanda), **kept)


def test_events_tell_neither_name_nor_filters(anna, as_actor):
    view = services.save(
        anna, actor=as_actor(anna), of=ASSETS, name="Emil's", query="q=emil"
    )
    services.delete(view, actor=as_actor(anna))
    services.delete(view, actor=as_actor(anna))
    assert kinds() == ["view.saved", "view.deleted"]
    for event in Event.objects.filter(subject_type="view"):
        assert event.payload == {"list": "assets", "is_shared": False}


def test_own_views_go_with_who_is_erased(acme, anna, as_actor):
    zoe = make_user(acme, "Zoë", role=Role.COMPANY_ADMIN)
    for is_shared in (False, True):
        services.save(
            zoe, actor=SYSTEM, of=ASSETS, name="V", query="", is_shared=is_shared
        )
    accounts.archive(zoe, actor=as_actor(anna), reason="LEFT")
    zoe.refresh_from_db()
    people.erase(zoe, actor=as_actor(anna), reason=ErasedBecause.values[0])
    while events.seal():
        pass
    while events.deliver("saved_views"):
        pass
    assert [view.is_shared for view in SavedView.objects.all()] == [True]


# --- Pages ------------------------------------------------------------------


def test_a_saved_view_is_a_tab(anna, olga, client_of):
    client = client_of(anna)
    said = {"name": "Spare", "query": SPARE}
    answer = client.post(url("save", "assets"), said)
    assert answer.headers["Location"] == f"/assets/?{SPARE}"
    client.post(url("save", "assets"), {**said, "name": "Ours", "is_shared": "1"})

    def tabs(user, query="") -> list[str]:
        page = client_of(user).get(f"/assets/?{query}").context["page"]
        return [f"{tab.label}*" if tab.is_current else tab.label for tab in page.tabs]

    assert tabs(anna) == ["All*", "Ours", "Spare"]
    assert tabs(olga) == ["All*", "Ours"]
    assert tabs(anna, "sort=-since&state=STORAGE") == ["All", "Ours*", "Spare*"]


def test_columns_are_remembered_per_person_and_list(anna, olga, laptop, client_of):
    client = client_of(anna)

    def headings(user=anna, query="") -> list[str]:
        page = client_of(user).get(f"/assets/?{query}").context["page"]
        return [one.label for one in page.headings]

    usual = headings()
    said = {"column": ["supplier", "status"], "query": "state=ACTIVE"}
    answer = client.post(url("columns", "assets"), said)
    assert answer.headers["Location"] == "/assets/?state=ACTIVE"
    assert headings() == ["Asset", "Supplier", "State"]
    assert headings(query="columns=asset,notes") == ["Asset", "Notes"]
    assert headings(olga) == usual
    client.post(url("columns", "assets"), {"usual": "1"})
    assert headings() == usual
    assert kinds() == []


def test_a_column_that_is_gone_is_left_out(anna, laptop, client_of):
    SavedView.objects.create(
        company=anna.company, owner=anna, list_name="assets", query="columns=old,status"
    )
    page = client_of(anna).get("/assets/").context["page"]
    assert [one.label for one in page.headings] == ["Asset", "State"]


def test_deletes_a_view(anna, gina, client_of):
    view = services.save(anna, actor=SYSTEM, of=ASSETS, name="V", query="")
    assert client_of(gina).post(url("delete", view.pk)).status_code == 404
    assert client_of(anna).get(url("delete", view.pk)).status_code == 405
    client_of(anna).post(url("delete", view.pk))
    assert not SavedView.objects.exists()


def test_lists_that_one_does_not_see_have_no_views(emil, wanda, client_of):
    said = {"name": "V", "query": ""}
    assert client_of(emil).post(url("save", "assets"), said).status_code == 404
    assert client_of(wanda).post(url("save", "people"), said).status_code == 404
    assert client_of(wanda).post(url("save", "nothing"), said).status_code == 404
    assert client_of(wanda).post(url("save", "assets"), said).status_code == 302
    assert actor_of(wanda).id == SavedView.objects.get().owner_id


def test_a_query_of_another_list_is_refused(anna, client_of):
    said = {"name": "V", "query": "department=Sales"}
    answer = client_of(anna).post(url("save", "assets"), said)
    assert answer.status_code == 422
    assert "department" in answer.text
    assert not SavedView.objects.exists()
