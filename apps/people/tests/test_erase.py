"""Somebody who has left is made anonymous, for good."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from apps.accounts import erasing, membership, rehiring
from apps.accounts import services as accounts
from apps.accounts.models import Erasure, Invitation, Login, ResetRequest, User
from apps.accounts.states import UserState
from apps.conftest import PASSWORD, let_in, make_asset, make_user
from apps.core import seen as marks
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Custody
from apps.people import services
from apps.returns import links
from apps.returns import services as returns
from apps.returns.models import Return
from apps.shipping import services as shipping
from apps.shipping.models import Shipment

pytestmark = pytest.mark.django_db


def archived(user: User) -> User:
    return accounts.archive(user, actor=SYSTEM, reason="LEFT")


def erased(user: User) -> User:
    return services.erase(archived(user), actor=SYSTEM, reason="ASKED")


def events_of(user: User) -> list[str]:
    found = Event.objects.filter(subject_id=user.id).order_by("id")
    return list(found.values_list("type", flat=True))


def test_empties_everything_that_is_personal(emil):
    facts = dict.fromkeys(
        set(erasing.PERSONAL)
        - {"email", "private_email", "country_id", "time_zone", "language"},
        "Żółć",
    )
    codes = {"time_zone": "Europe/Warsaw", "language": "de"}
    accounts.update(emil, actor=SYSTEM, **facts, **codes)
    user = erased(emil)
    user.refresh_from_db()
    assert user.state == UserState.DELETED
    assert user.login is None
    assert {getattr(user, name) for name in erasing.PERSONAL} == {"", None}
    assert user.search_text.strip() == ""
    assert (user.name, str(user)) == ("Erased person", "Erased person")


def test_history_and_custody_stay_true(emil, office):
    asset = make_asset(emil, "S-1")
    inventory.receive(asset, office, actor=SYSTEM)
    before = list(Custody.objects.filter(asset=asset).values_list("user_id", "period"))
    told = Event.objects.count()
    user = erased(emil)
    after = list(Custody.objects.filter(asset=asset).values_list("user_id", "period"))
    assert after == before
    assert Event.objects.count() == told + 2  # archived, erased
    assert events_of(user)[-1] == "user.erased"
    payload = Event.objects.filter(type="user.erased").get().payload
    assert payload == {
        "role": "EMPLOYEE",
        "state": "DELETED",
        "from": "ARCHIVED",
        "reason": "ASKED",
    }


def test_second_erasure_changes_nothing(emil):
    user = erased(emil)
    at = User.objects.get(pk=user.pk).updated_at
    services.erase(user, actor=SYSTEM, reason="OTHER")
    assert events_of(user).count("user.erased") == 1
    assert User.objects.get(pk=user.pk).updated_at == at


@pytest.mark.parametrize("state", ["CREATED", "ACTIVE", "OFFBOARDING_IN_PROGRESS"])
def test_refuses_whoever_works_here(emil, state):
    User.objects.filter(pk=emil.pk).update(state=state)
    with pytest.raises(Conflict) as refused:
        services.erase(emil, actor=SYSTEM, reason="ASKED")
    assert refused.value.code == "not_left"
    emil.refresh_from_db()
    assert (emil.state, emil.first_name) == (state, "Emil")
    assert "user.erased" not in events_of(emil)


def test_refuses_whoever_holds_something(emil, office):
    asset = make_asset(emil, "S-1")
    User.objects.filter(pk=emil.pk).update(state="ARCHIVED")
    with pytest.raises(Conflict) as refused:
        services.erase(emil, actor=SYSTEM, reason="ASKED")
    assert refused.value.code == "still_holds"
    assert Asset.objects.get(pk=asset.pk).user_id == emil.id
    assert User.objects.get(pk=emil.pk).first_name == "Emil"


def test_refuses_while_a_return_is_open(emil, office):
    asset = make_asset(emil, "S-1")
    ret = returns.start_collection(
        emil, actor=SYSTEM, asset_ids=[asset.id], address=office
    )
    User.objects.filter(pk=emil.pk).update(state="ARCHIVED")
    with pytest.raises(Conflict, match=ret.reference) as refused:
        services.erase(emil, actor=SYSTEM, reason="ASKED")
    assert refused.value.code == "return_open"
    assert Return.objects.get(pk=ret.pk).full_name == "Emil Example"


def test_refuses_while_a_parcel_is_under_way(emil, office):
    shipping.book(actor=SYSTEM, sender=office, recipient=emil, carrier="OTHER")
    with pytest.raises(Conflict) as refused:
        erased(emil)
    assert refused.value.code == "parcel_open"
    assert User.objects.get(pk=emil.pk).first_name == "Emil"


def test_refuses_an_unknown_reason(emil):
    with pytest.raises(Invalid):
        services.erase(archived(emil), actor=SYSTEM, reason="BORED")
    assert User.objects.get(pk=emil.pk).first_name == "Emil"


def test_returns_and_parcels_forget_whose_they_were(emil, office):
    asset = make_asset(emil, "S-1")
    ret = returns.start_collection(
        emil, actor=SYSTEM, asset_ids=[asset.id], address=office
    )
    link = links.url(ret).rsplit("/", 2)[1]
    returns.answer(
        ret, actor=SYSTEM, method="PICKUP", full_name="Emil", message="ring twice"
    )
    parcel = returns.book_parcel(
        ret, actor=SYSTEM, carrier="OTHER", tracking_number="TRACK-EMIL"
    )
    returns.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM, note="at Emil's")
    ret.refresh_from_db()
    returns.receive(
        ret, {line.asset: "B" for line in ret.lines.all()}, office, actor=SYSTEM
    )
    erased(emil)
    ret.refresh_from_db()
    assert ret.state == "COMPLETED"
    texts = (ret.contact_email, ret.full_name, ret.phone, ret.street, ret.city)
    assert {*texts, ret.postal_code, ret.message, ret.country_id} == {"", None}
    parcel = Shipment.objects.get(pk=parcel.pk)
    assert (parcel.tracking_number, parcel.from_user_id) == ("", emil.id)
    assert set(parcel.tracking_events.values_list("note", flat=True)) == {""}
    assert links.open_link(link) is None


# --- Sign-in ----------------------------------------------------------------


def test_a_login_that_is_nobody_any_more_is_gone_with_its_sessions(emil, client):
    client.login(email=emil.email, password=PASSWORD)
    ResetRequest.objects.create(email=emil.email)
    erased(emil)
    assert not Login.objects.filter(email="emil@acme.example").exists()
    assert not ResetRequest.objects.exists()
    assert client.get("/").status_code == 302
    assert set(Invitation.objects.values_list("email", flat=True)) == {""}


def test_a_login_that_is_somebody_elsewhere_stays_its_owners(emil, globex):
    other = accounts.create(
        actor=SYSTEM, company=globex, first_name="Emil", email="emil@acme.example"
    )
    let_in(other)
    erased(emil)
    login = Login.objects.get(email="emil@acme.example")
    assert list(login.users.all()) == [other]
    other.refresh_from_db()
    assert other.name == "Emil"


def test_a_login_whose_membership_had_ended_is_gone_too(emil):
    membership.end(emil, reason="ASKED", actor=SYSTEM)
    erased(User.objects.get(pk=emil.pk))
    assert not Login.objects.filter(email="emil@acme.example").exists()


def test_a_login_nobody_accepted_with_stays(acme, emil):
    stranger = Login.objects.create_user("someone@example.com", PASSWORD)
    user = accounts.create(
        actor=SYSTEM, company=acme, first_name="X", email="someone@example.com"
    )
    membership.invite(user, actor=SYSTEM)
    user = erased(user)
    assert Login.objects.filter(pk=stranger.pk).exists()
    assert "user.invitation_withdrawn" in events_of(user)


# --- For good ---------------------------------------------------------------


def test_nothing_can_be_done_with_whoever_is_erased(emil, office):
    user = erased(emil)
    stored = make_asset(office, "S-1")
    verbs = [
        lambda: accounts.update(user, actor=SYSTEM, first_name="Emil"),
        lambda: accounts.set_end_date(user, actor=SYSTEM, end_on=user.created_at),
        lambda: rehiring.rehire(user, actor=SYSTEM),
        lambda: membership.invite(user, actor=SYSTEM),
        lambda: inventory.hand_over(stored, user, actor=SYSTEM),
        lambda: shipping.book(
            actor=SYSTEM, sender=office, recipient=user, carrier="OTHER"
        ),
        lambda: accounts.archive(user, actor=SYSTEM, reason="LEFT"),
        lambda: accounts.activate(user, actor=SYSTEM),
        lambda: accounts.assign_storage(user, actor=SYSTEM, address=office),
        lambda: returns.start_offboarding(
            user, actor=SYSTEM, last_working_on=user.created_at.date(), decisions={}
        ),
    ]
    for verb in verbs:
        with pytest.raises((Conflict, Invalid)):
            verb()
    assert events_of(user)[-1] == "user.erased"
    assert User.objects.get(pk=user.pk).first_name == ""


def test_the_address_is_free_for_somebody_new(emil, acme):
    accounts.update(emil, actor=SYSTEM, employee_number="E-1")
    gone = erased(emil)
    new = accounts.create(
        actor=SYSTEM,
        company=acme,
        first_name="Emil",
        email="emil@acme.example",
        employee_number="E-1",
    )
    let_in(new)
    assert new.id != gone.id
    assert User.objects.get(pk=gone.pk).login is None


def test_several_may_be_erased(emil, acme):
    erased(emil)
    erased(make_user(acme, "Olga"))
    assert User.objects.filter(state="DELETED").count() == 2


def test_what_copies_are_found_by_is_kept_apart(emil):
    accounts.update(emil, actor=SYSTEM, username="Emil.E", phone="")
    erased(emil)
    assert Erasure.objects.get().traces == {
        "emails": ["emil@acme.example", "emil@home.example"],
        "names": ["emil", "example"],
        "username": ["emil.e"],
        "employee_number": [],
        "phone": [],
        "shared": [],
    }


def test_what_somebody_else_has_too_is_told_apart(emil, acme, globex):
    accounts.update(emil, actor=SYSTEM, username="emil.e", phone="+48 1")
    for company in (acme, globex):
        make_user(company, "Ewa", private_email="Emil@home.example")
    make_user(acme, "Olga", phone="+48 1")
    make_user(globex, "Olga", username="EMIL.E")
    erased(emil)
    assert Erasure.objects.get().traces["shared"] == ["+48 1", "emil@home.example"]


def test_outsider_and_staff_of_another_kind(emil, gina):
    from apps.accounts.sessions import actor_of

    archived(emil)
    reader = make_user(emil.company, "Reader", role=Role.API_CLIENT_READONLY)
    for who in (gina, reader):
        with pytest.raises(NotAllowed):
            services.erase(emil, actor=actor_of(who), reason="ASKED")
    assert User.objects.get(pk=emil.pk).first_name == "Emil"


# --- Pages, admin, command --------------------------------------------------


def url(name: str, user: User) -> str:
    return reverse(f"people:{name}", args=[user.pk])


def test_page_says_what_disappears_and_does_it(emil, anna, client_of):
    client = client_of(anna)
    assert url("erase", emil) not in client.get(url("detail", emil)).text
    user = archived(emil)
    assert url("erase", emil) in client.get(url("detail", emil)).text
    page = client.get(url("erase", user))
    assert "be taken back" in page.text
    answer = client.post(
        url("erase", user), {"reason": "ASKED", "seen": marks.mark(user)}, follow=True
    )
    assert "Erased person" in answer.text
    assert "Emil" not in answer.text.replace("Emil Example?", "")
    assert User.objects.get(pk=user.pk).is_erased


def test_page_asks_whoever_saw_something_else(emil, anna, client_of):
    user = archived(emil)
    answer = client_of(anna).post(url("erase", user), {"reason": "ASKED", "seen": ""})
    assert "Erase Emil Example?" in answer.text
    assert not User.objects.get(pk=user.pk).is_erased


def test_page_wants_a_reason(emil, anna, client_of):
    user = archived(emil)
    client_of(anna).post(url("erase", user), {"seen": marks.mark(user)})
    assert not User.objects.get(pk=user.pk).is_erased


def test_erased_people_are_in_no_list_and_on_a_page_without_a_way(
    emil, anna, client_of
):
    user, client = erased(emil), client_of(anna)
    assert "Erased person" not in client.get(reverse("people:list")).text
    page = client.get(url("detail", user))
    assert page.status_code == 200
    assert "emil" not in page.text.lower()
    for name in ("edit", "archive", "rehire", "erase", "end_sign_in"):
        assert url(name, user) not in page.text
        assert client.get(url(name, user)).status_code == 404
    history = client.get(reverse("events:about", args=[user.pk])).text
    assert "Erased person was erased: They asked for it" in history


def test_no_picker_and_no_search_offers_whoever_is_erased(emil, anna, client_of):
    erased(emil)
    assert not User.objects.people().filter(pk=emil.pk).exists()
    client = client_of(anna)
    for page in (
        reverse("inventory:people_options"),
        reverse("imports:options", args=["person"]),
        reverse("portal:search"),
    ):
        for text in ("", "Erased", "emil"):
            answer = client.get(page, {"q": text})
            assert answer.status_code == 200
            assert "Erased person" not in answer.text


def test_pages_of_what_they_had_and_gave_back_still_work(emil, anna, office, client_of):
    asset = make_asset(emil, "S-1")
    ret = returns.start_collection(
        emil, actor=SYSTEM, asset_ids=[asset.id], address=office
    )
    returns.receive(
        ret, {line.asset: "B" for line in ret.lines.all()}, office, actor=SYSTEM
    )
    erased(emil)
    client = client_of(anna)
    for page in (
        ret.get_absolute_url(),
        asset.get_absolute_url(),
        reverse("returns:list"),
        reverse("events:list"),
        reverse("portal:home"),
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "emil" not in answer.text.lower()


@pytest.mark.parametrize("who", ["gina", "emil", "wanda"])
def test_page_is_for_admins_of_the_company(acme, who, request, client_of):
    user = archived(make_user(acme, "Olga"))
    client = client_of(request.getfixturevalue(who))
    for method in (client.get, client.post):
        assert method(url("erase", user)).status_code == 404
    assert not User.objects.get(pk=user.pk).is_erased


def test_command_erases_once_and_says_so(emil, capsys):
    archived(emil)
    call_command("erase_person", "EMIL@acme.example", company="acme")
    assert "is erased" in capsys.readouterr().out
    call_command("erase_person", str(emil.id), company="acme")
    assert "was erased already" in capsys.readouterr().out
    assert events_of(emil).count("user.erased") == 1


def test_command_says_why_not(emil, gina):
    for person, company, why in [
        ("emil@acme.example", "acme", "works here"),
        ("gina@globex.example", "acme", "Nobody"),
        (str(gina.id), "acme", "Nobody"),
        ("", "acme", "Nobody"),
        ("emil@acme.example", "nowhere", "no company"),
    ]:
        with pytest.raises(CommandError, match=why):
            call_command("erase_person", person, company=company)
