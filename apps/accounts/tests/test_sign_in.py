import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import Login
from apps.conftest import PASSWORD, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import NotAllowed

pytestmark = pytest.mark.django_db


def sign_in(email: str, password: str = PASSWORD):
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": email, "password": password}
    )
    return client, answer


def test_signs_in_by_email_whatever_its_case(anna):
    client, answer = sign_in("ANNA@acme.example")
    assert answer.status_code == 302
    assert client.get("/").status_code == 200


def test_wrong_password_says_so_beside_the_form(anna):
    client, answer = sign_in("anna@acme.example", "wrong")
    assert "not correct" in answer.text
    assert client.get("/").status_code == 302


def test_who_has_left_sees_nothing(emil):
    services.archive(emil, reason="LEFT", actor=SYSTEM)
    client, _answer = sign_in("emil@acme.example")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/accounts/choose/"
    assert client.get("/assets/").status_code == 302


def test_one_login_of_two_companies_chooses(anna, globex):
    other = make_user(globex, "Anna", email="anna@acme.example")
    assert other.login == anna.login
    client, _answer = sign_in("anna@acme.example")
    assert client.get("/").url == "/accounts/choose/"
    client.post("/accounts/choose/", {"user": other.pk})
    assert client.get("/").status_code == 200
    assert client.get("/assets/").status_code == 404  # an employee there


def test_nobody_chooses_to_be_somebody_else(emil, anna):
    client, _answer = sign_in("emil@acme.example")
    assert client.post("/accounts/choose/", {"user": anna.pk}).status_code == 404


def test_nobody_signs_up_alone():
    visitor = Client()
    visitor.post(
        "/accounts/signup/",
        {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not Login.objects.filter(email="x@y.example").exists()


def test_company_admin_can_not_make_platform_staff(anna, as_actor, acme):
    with pytest.raises(NotAllowed):
        services.create(
            actor=as_actor(anna),
            company=acme,
            first_name="Root",
            email="r@acme.example",
            role=Role.TEQUIPY_ADMIN,
        )


def test_archived_platform_staff_are_out_of_the_admin(root):
    client, _answer = sign_in("root@tequipy.example")
    assert client.get("/admin/").status_code == 200
    services.archive(root, reason="LEFT", actor=SYSTEM)
    assert client.get("/admin/").status_code in (302, 404)
