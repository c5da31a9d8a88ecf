"""First start in production: a company, its admin, the platform's staff."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.companies.models import Company
from apps.core.actor import Role

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-secret"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def follow(client, printed: str) -> None:
    """What the invited person does in the browser."""
    path = re.search(r"http://[^/]+(\S+)", printed).group(1)
    assert client.get(path).status_code == 200
    form = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(path, form).status_code == 302
    client.logout()


def sign_in(client, email: str) -> None:
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302


def test_a_new_company_s_admin_sets_a_password_and_signs_in(client):
    printed = run(
        "create_company", "Acme", "--slug", "acme", "--admin", "anna@acme.example"
    )
    user = User.objects.get(email="anna@acme.example")
    assert (user.company.slug, user.role) == ("acme", Role.COMPANY_ADMIN)
    follow(client, printed)
    sign_in(client, "anna@acme.example")
    assert client.get("/assets/").status_code == 200


def test_the_link_works_once(client):
    printed = run(
        "create_company", "Acme", "--slug", "acme", "--admin", "anna@acme.example"
    )
    follow(client, printed)
    path = re.search(r"http://[^/]+(\S+)", printed).group(1)
    page = client.get(path)
    assert page.status_code == 404
    assert "password1" not in page.text


def test_staff_come_into_django_admin(client):
    printed = run("create_staff", "root@tequipy.example")
    follow(client, printed)
    sign_in(client, "root@tequipy.example")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("Acme", "--slug", "a b", "--admin", "a@b.example"), "a b"),
        (("Acme", "--slug", "ab", "--admin", "nobody"), "nobody"),
        (("A", "--slug", "a", "--admin", "a@b.example", "--country", "ZZ"), "ZZ"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(arguments, named):
    with pytest.raises(CommandError, match=named):
        run("create_company", *arguments)
    assert not Company.objects.filter(kind=Company.Kind.CUSTOMER).exists()


def test_a_slug_that_is_taken_is_refused():
    run("create_company", "Acme", "--slug", "acme", "--admin", "anna@acme.example")
    with pytest.raises(CommandError, match="slug"):
        run("create_company", "Other", "--slug", "acme", "--admin", "eve@x.example")
    assert not User.objects.filter(email="eve@x.example").exists()


def test_staff_need_a_sign_in_of_their_own(client):
    """Who runs the platform is nobody in a customer's company."""
    follow(client, run("create_staff", "root@tequipy.example"))
    printed = run(
        "create_company", "Acme", "--slug", "acme", "--admin", "root@tequipy.example"
    )
    sign_in(client, "root@tequipy.example")
    path = re.search(r"http://[^/]+(\S+)", printed).group(1)
    assert "needs a sign-in of its own" in client.post(path, {"answer": "accept"}).text
    admin = User.objects.get(company__slug="acme")
    assert admin.login is None
