from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.conftest import make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.models import Custody
from apps.people import services

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()


@pytest.fixture
def gone(emil) -> User:
    return services.archive(emil, reason="LEFT", actor=SYSTEM)


def offboarded(user: User, end_on: date) -> User:
    User.objects.filter(pk=user.pk).update(state="OFFBOARDED", end_on=end_on)
    user.refresh_from_db()
    return user


def test_is_at_work_again_with_the_new_day(anna, gone, as_actor):
    day = TODAY + timedelta(days=20)
    services.rehire(gone, actor=as_actor(anna), start_on=day)
    gone.refresh_from_db()
    assert (gone.state, gone.start_on, gone.end_on) == ("ACTIVE", day, None)
    event = Event.objects.get(type="user.rehired")
    assert event.payload["from"] == "ARCHIVED"
    assert event.payload["changes"]["start_on"]["new"] == day.isoformat()


def test_an_offboarded_persons_last_day_is_cleared(anna, emil, as_actor):
    offboarded(emil, TODAY - timedelta(days=5))
    services.rehire(emil, actor=as_actor(anna))
    emil.refresh_from_db()
    assert (emil.state, emil.start_on, emil.end_on) == ("ACTIVE", None, None)


def test_custody_and_history_stay(anna, emil, laptop, shelf, as_actor):
    inventory.receive(laptop, shelf, actor=SYSTEM)
    services.archive(emil, reason="LEFT", actor=SYSTEM)
    rows, events = Custody.objects.count(), Event.objects.count()
    services.rehire(emil, actor=as_actor(anna), start_on=TODAY)
    assert Custody.objects.count() == rows
    assert Event.objects.count() == events + 1
    inventory.hand_over(laptop, User.objects.get(pk=emil.pk), actor=SYSTEM)


def test_signs_in_again_with_the_same_login(anna, gone, client_of, as_actor):
    assert client_of(gone).get("/").status_code == 302
    services.rehire(gone, actor=as_actor(anna))
    assert client_of(gone).get("/").status_code == 200


def test_second_rehire_changes_nothing(anna, gone, as_actor):
    services.rehire(gone, actor=as_actor(anna), start_on=TODAY)
    before = Event.objects.count()
    services.rehire(gone, actor=as_actor(anna), start_on=TODAY)
    assert Event.objects.count() == before
    with pytest.raises(Conflict):  # a day that is not the one they came on is told
        services.rehire(gone, actor=as_actor(anna), start_on=date(2020, 1, 1))


def test_refuses_a_first_day_before_the_last_one(anna, emil, as_actor):
    offboarded(emil, TODAY - timedelta(days=5))
    with pytest.raises(Invalid) as refusal:
        services.rehire(emil, actor=as_actor(anna), start_on=TODAY - timedelta(days=5))
    assert refusal.value.code == "starts_before_end"
    emil.refresh_from_db()
    assert emil.state == "OFFBOARDED"


def test_refuses_whoever_is_here_or_leaving(anna, emil, as_actor):
    accounts.begin_offboarding(emil, actor=SYSTEM, end_on=TODAY)
    before = Event.objects.count()
    with pytest.raises(Conflict):
        services.rehire(emil, actor=as_actor(anna), start_on=TODAY)
    assert Event.objects.count() == before


def test_refuses_platform_staff(root, acme):
    other = make_user(root.company, "Ruth", role=Role.TEQUIPY_ADMIN)
    services.archive(other, reason="LEFT", actor=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        services.rehire(other, actor=SYSTEM)
    assert refusal.value.code == "not_rehired_here"


def test_refuses_an_employee_and_another_company(gone, gina, acme, as_actor):
    before = Event.objects.count()
    for actor in (as_actor(make_user(acme, "Olga")), as_actor(gina)):
        with pytest.raises(NotAllowed):
            services.rehire(gone, actor=actor)
    assert Event.objects.filter(type="user.rehired").count() == 0
    assert Event.objects.count() == before + 3  # Olga, invited, in


def test_the_page_says_what_comes_back_and_takes_back(anna, gone, client_of):
    client = client_of(anna)
    url = reverse("people:rehire", args=[gone.pk])
    assert url in client.get(gone.get_absolute_url()).content.decode()
    page = client.get(url).content.decode()
    assert gone.login.email in page
    answer = client.post(url, {"start_on": TODAY.isoformat()})
    assert answer.status_code == 302
    gone.refresh_from_db()
    assert gone.state == "ACTIVE"


def test_a_wrong_day_is_told_beside_the_field(anna, emil, client_of):
    offboarded(emil, TODAY - timedelta(days=5))
    url = reverse("people:rehire", args=[emil.pk])
    page = client_of(anna).post(url, {"start_on": "2001-01-01"})
    assert "They worked here until" in page.content.decode()


def test_other_company_and_employees_see_404(gone, gina, acme, client_of):
    url = reverse("people:rehire", args=[gone.pk])
    for user in (gina, make_user(acme, "Olga")):
        client = client_of(user)
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
