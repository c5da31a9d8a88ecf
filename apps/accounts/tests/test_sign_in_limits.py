"""A whole office signs in; guessing stays slow; the owner gets in meanwhile."""

from contextlib import suppress
from re import sub
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts import known_browsers, limits, resets
from apps.accounts.models import Login
from apps.conftest import PASSWORD
from tequipy.cache import ResilientCache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_counts")]
OFFICE, ATTACKER = "198.51.100.7", "203.0.113.9"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    """Time stands still, so that no window ends in a test by itself."""
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


def sign_in(
    email: str,
    password: str = PASSWORD,
    *,
    address: str = OFFICE,
    client: Client | None = None,
    page: str = "account_login",
):
    client = client or Client()
    client.cookies.pop("sessionid", None)
    return client.post(
        reverse(page), {"login": email, "password": password}, REMOTE_ADDR=address
    )


def is_in(answer) -> bool:
    return answer.status_code == 302


def guess(email: str, times: int, *, address: str = ATTACKER) -> int:
    """How many wrong passwords would be looked at."""
    looked_at = 0
    for _one in range(times):
        with suppress(limits.TooMany):
            limits.take(email, address=address, browser=None)
            looked_at += 1
    return looked_at


def test_wrong_passwords_on_the_page_are_counted(anna):
    answers = [sign_in(anna.email, "wrong") for _one in range(7)]
    assert ["too many" in answer.text for answer in answers] == [False] * 5 + [True] * 2
    assert "Try again in 60 seconds" in answers[-1].text
    assert guess(anna.email, 5, address=OFFICE) == 0


@pytest.mark.full
def test_an_office_of_500_signs_in_within_a_minute(db):
    password = make_password(PASSWORD)
    people = [f"person{number}@office.example" for number in range(500)]
    Login.objects.bulk_create(Login(email=one, password=password) for one in people)
    answers = [sign_in(one) for one in people]
    assert [answer.status_code for answer in answers] == [302] * 500


def test_right_passwords_are_never_counted(anna):
    assert all(is_in(sign_in(anna.email)) for _one in range(40))


@pytest.mark.full
def test_a_thousand_guesses_are_few_tries(anna, clock):
    assert guess(anna.email, 1000) == 5
    clock.now += 60
    assert guess(anna.email, 100) == 5
    clock.now += 60
    assert guess(anna.email, 100) == 0
    clock.now += 3600
    assert guess(anna.email, 100) == 5
    for _hour in range(6):
        clock.now += 3600
        guess(anna.email, 100)
    assert guess(anna.email, 100) == 0


def test_the_right_password_is_not_looked_at_either(anna):
    """Else guesses would go on, and only their answer would be kept back."""
    guess(anna.email, 10)
    assert not is_in(sign_in(anna.email, address=ATTACKER))


def test_guesses_from_many_networks_share_the_account_s_tries(anna):
    networks = [f"203.0.{number}.1" for number in range(100)]
    assert sum(guess(anna.email, 5, address=one) for one in networks) == 30


def test_the_owner_gets_in_elsewhere_while_somebody_guesses(anna):
    guess(anna.email, 1000)
    assert is_in(sign_in(anna.email))


def test_the_owner_gets_in_where_they_signed_in_before(anna):
    """Even where the whole world guesses, their own network included."""
    known = Client()
    sign_in(anna.email, client=known)
    for number in range(10):
        guess(anna.email, 5, address=f"203.0.{number}.1")
    guess(anna.email, 20, address=OFFICE)
    assert not is_in(sign_in(anna.email))
    assert is_in(sign_in(anna.email, client=known))


def test_the_owner_gets_in_by_mail(anna):
    for number in range(10):
        guess(anna.email, 5, address=f"203.0.{number}.1")
    client = Client()
    assert not is_in(sign_in(anna.email, client=client))
    link = resets.link_for(anna.login).removeprefix("http://testserver")
    form = client.get(link).url
    new = "a-quite-different-one"
    client.post(form, {"password1": new, "password2": new})
    assert is_in(sign_in(anna.email, new, client=client))


def test_a_known_browser_is_no_way_to_guess(anna):
    known = Client()
    sign_in(anna.email, client=known)
    answers = [sign_in(anna.email, "wrong", client=known) for _one in range(8)]
    assert sum("too many" not in answer.text for answer in answers) == 5


def test_a_browser_is_known_for_one_s_own_account_only(anna, emil):
    known = Client()
    sign_in(emil.email, client=known, address=ATTACKER)
    guess(anna.email, 5)
    assert not is_in(sign_in(anna.email, client=known, address=ATTACKER))


def test_a_forged_cookie_says_nothing(anna):
    client = Client()
    client.cookies["known_browser"] = "forged:1abc:zzz"
    for _one in range(10):
        sign_in(anna.email, "wrong", client=client)
    assert not is_in(sign_in(anna.email, client=client))


def test_the_cookie_is_for_the_sign_in_pages_alone(anna):
    client = Client()
    sign_in(anna.email, client=client)
    cookie = client.cookies["known_browser"]
    assert cookie["path"] == "/accounts/"
    assert cookie["httponly"]
    assert anna.email not in str(cookie)


@pytest.mark.parametrize(
    "spelling", ["ANNA@ACME.EXAMPLE", " anna@acme.example ", "Anna@acme.example"]
)
def test_another_spelling_is_the_same_account(anna, spelling):
    guess(anna.email, 5)
    assert guess(spelling, 5) == 0


def test_letters_that_postgresql_takes_for_others_are_the_same_account():
    assert limits.account_key("ıda@x.example") == limits.account_key("IDA@x.example")
    assert limits.account_key("ſam@x.example") == limits.account_key("sam@x.example")


def test_one_password_on_many_accounts_is_slow_too(db):
    many = [f"person{number}@office.example" for number in range(400)]
    assert sum(guess(one, 1) for one in many) == 300


def test_an_unknown_address_is_answered_as_a_known_one(anna):
    def ask(email: str) -> list[str]:
        answers = [sign_in(email, "wrong", address=ATTACKER) for _one in range(7)]
        return [
            sub(r'(nonce|value)="[^"]*"', "", one.text).replace(email, "")
            for one in answers
        ]

    assert ask(anna.email) == ask("anna@nobody.example")


def test_one_customer_s_ipv6_addresses_are_one_network():
    assert limits.network_of("2001:db8::1") == limits.network_of("2001:db8:0:a::2")
    assert limits.network_of("2001:db8:0:100::") != limits.network_of("2001:db8::1")
    assert limits.network_of("198.51.100.7") != limits.network_of("198.51.100.8")


def test_with_redis_away_limits_stay_in_force(anna, monkeypatch):
    away = ResilientCache(
        "redis://127.0.0.1:1/0", {"KEY_PREFIX": str(uuid4()), "OPTIONS": {}}
    )
    monkeypatch.setattr(limits, "cache", away)
    assert guess(anna.email, 30) == 5
    assert is_in(sign_in(anna.email))


def test_the_admin_has_no_door_of_its_own(anna, root):
    for email in (root.email, anna.email):
        client = Client()
        answer = client.post(
            "/admin/login/?next=/admin/", {"username": email, "password": PASSWORD}
        )
        assert answer.url.startswith(reverse("account_login"))
        assert client.get("/admin/").status_code == 302


def test_a_proxy_fewer_than_we_were_told_is_no_error(anna, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = Client().post(
        reverse("account_login"),
        {"login": anna.email, "password": PASSWORD},
        headers={"X-Forwarded-For": OFFICE},
    )
    assert is_in(answer)


def test_no_address_stands_in_redis_in_plain(anna):
    [key, *_rest] = limits.take(anna.email, address=OFFICE, browser=None)
    assert "anna" not in key
    assert OFFICE not in key
    assert caches["default"].get(key) is None


def test_no_more_accounts_than_people_share_a_machine(rf):
    request = rf.get("/")
    for number in range(20):
        response = HttpResponse()
        known_browsers.remember(request, f"p{number}@x.example")
        known_browsers.write(request, response)
        request.COOKIES = {"known_browser": response.cookies["known_browser"].value}
    assert known_browsers.id_for(request, "p19@x.example")
    assert known_browsers.id_for(request, "p12@x.example")
    assert not known_browsers.id_for(request, "p11@x.example")
    assert len(response.cookies["known_browser"].value) < 1000
