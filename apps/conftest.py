"""The tests' cast: Acme with Anna (admin), Emil (employee) and Wanda (warehouse);
Globex with Gina, the outsider."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.utils import translation

from apps.accounts import api_sessions, api_tokens, membership
from apps.accounts import services as accounts
from apps.accounts.models import Login, User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies import services as companies
from apps.companies.countries import rows as country_rows
from apps.companies.models import Address, Company, Country, Warehouse
from apps.core.actor import SYSTEM, Actor, ActorKind, Role
from apps.core.api import problems, reading
from apps.core.api.conditions import Where
from apps.core.errors import DomainError
from apps.core.lists import List, understood
from apps.core.lists.exporting import file_of
from apps.core.tables import csv_lines
from apps.core.tests.lock_order import watched
from apps.inventory import services as inventory
from apps.inventory.models import Asset

PASSWORD = "correct-horse-battery"


def mostly_full(values: Iterable[Any], *, every: int = 1000) -> list[Any]:
    """Parameters of a test: one of so many for each change, the others are `full`."""
    return [
        one if number % every == 0 else pytest.param(one, marks=pytest.mark.full)
        for number, one in enumerate(values)
    ]


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> Iterator[None]:
    """A real hash costs 0.4 s, and nearly every test makes people. WhiteNoise would
    look through all static files for each client that a test makes."""
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[hasher], WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests of real transactions empty the tables afterwards, so TRUNCATE of events
    is let through here; apps/events/tests/test_append_only.py tests the refusal."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER events_no_truncate")


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> None:
    """A request leaves its language active in its thread; the next one sets its own."""
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _only_documented_problems() -> Iterator[None]:
    """Whatever a test makes an operation refuse, docs/problems.md has its code."""
    known, respond = documented_problems(), problems.respond

    def checked(
        request: HttpRequest,
        status: int,
        found: Iterable[problems.Problem],
        **options: Any,
    ) -> HttpResponse:
        found = list(found)
        is_of_many = status == 422 and request.path.endswith("/bulk")
        said = {403, 409, 422} if is_of_many else {status}
        new = {one.code for one in found if said.isdisjoint(known[one.code])}
        assert not new or not is_operation(request), (new, status)
        return respond(request, status, found, **options)

    with patch.object(problems, "respond", checked):
        yield


def is_operation(request: HttpRequest) -> bool:
    """Not one that a test has made up."""
    match = request.resolver_match
    view = getattr(match and match.func, "cls", None)
    return view is not None and ".tests." not in view.__module__


def documented_problems() -> dict[str, set[int]]:
    """Codes with the statuses they have."""
    page = Path(settings.BASE_DIR, "docs", "problems.md").read_text()
    found: dict[str, set[int]] = defaultdict(set)
    for code, many in re.findall(r"^\| `(\w+)` \| ([\d, ]+) \|", page, re.MULTILINE):
        found[code] |= {int(one) for one in many.split(",")}
    return found


@pytest.fixture(autouse=True)
def locks_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """No verb of any test locks rows against the law of docs/locking.md. Tests of real
    transactions are left out: there a verb can't be told from the next one."""
    names, marker = request.fixturenames, request.node.get_closest_marker("django_db")
    is_real = marker is not None and marker.kwargs.get("transaction", False)
    if is_real or "db" not in names or {"transactional_db", "live_server"} & set(names):
        yield
        return
    request.getfixturevalue("db")
    with watched() as watch:
        yield
    assert watch.faults == []


@pytest.fixture
def reference_data(db: None) -> None:
    ensure_reference_data()


def ensure_reference_data() -> None:
    """Countries and the platform, also after a test of real transactions has emptied
    the tables."""
    if not Country.objects.exists():
        Country.objects.bulk_create(
            Country(code=code, name=name, currency=currency, time_zone=zone)
            for code, name, currency, zone in country_rows()
        )
    Company.objects.get_or_create(
        kind=Company.Kind.PLATFORM, defaults={"name": "Tequipy", "slug": "tequipy"}
    )


def make_company(name: str, **overrides: Any) -> Company:
    fields = {
        "slug": name.lower(),
        "country_id": "PL",
        "mail_always": True,
        **overrides,
    }
    return companies.create_company(actor=SYSTEM, name=name, **fields)


@pytest.fixture
def acme(reference_data: None) -> Company:
    return make_company("Acme")


@pytest.fixture
def globex(reference_data: None) -> Company:
    return make_company("Globex")


def make_user(company: Company, first_name: str, **overrides: Any) -> User:
    """A person of the company who can sign in."""
    email = f"{first_name.lower()}@{company.slug}.example"
    fields = {
        "first_name": first_name,
        "last_name": "Example",
        "email": email,
        "private_email": f"{first_name.lower()}@home.example",
        "country_id": "PL",
        "street": "Prosta 1",
        "city": "Warszawa",
        "postal_code": "00-001",
        **overrides,
    }
    user = accounts.create(actor=SYSTEM, company=company, **fields)
    let_in(user)
    user.refresh_from_db()
    return user


def let_in(user: User, password: str = PASSWORD) -> Login:
    """Invited, and accepted with the Login of the work e-mail."""
    email = user.email.lower()
    login = Login.objects.filter(email=email).first()
    login = login or Login.objects.create_user(email, password)
    invitation = membership.invite(user, actor=SYSTEM)
    membership.accept(invitation, login=login, link_version=invitation.link_version)
    return login


@pytest.fixture
def anna(acme: Company) -> User:
    return make_user(acme, "Anna", role=Role.COMPANY_ADMIN)


@pytest.fixture
def emil(acme: Company) -> User:
    return make_user(acme, "Emil")


@pytest.fixture
def wanda(acme: Company, shelf: Address) -> User:
    user = make_user(acme, "Wanda", role=Role.STORAGE)
    accounts.assign_storage(user, actor=SYSTEM, address=shelf)
    return user


@pytest.fixture
def gina(globex: Company) -> User:
    return make_user(globex, "Gina", role=Role.COMPANY_ADMIN)


@pytest.fixture
def root(reference_data: None) -> User:
    platform = Company.objects.get(kind=Company.Kind.PLATFORM)
    return make_user(platform, "Root", role=Role.TEQUIPY_ADMIN)


@pytest.fixture
def warehouse(reference_data: None) -> Warehouse:
    site = Warehouse.objects.create(
        name="Poznań", country_id="PL", street="Magazynowa 5", city="Poznań"
    )
    site.serves.set(["PL", "DE"])
    return site


@pytest.fixture
def shelf(acme: Company, warehouse: Warehouse) -> Address:
    """Acme's shelf in the warehouse of Poznań, where returns go."""
    return companies.create_address(
        actor=SYSTEM,
        company=acme,
        type=Address.Type.TEQUIPY,
        name="Poznań shelf",
        warehouse=warehouse,
        country_id="PL",
        is_default=True,
    )


@pytest.fixture
def office(acme: Company) -> Address:
    return companies.create_address(
        actor=SYSTEM,
        company=acme,
        name="Warsaw office",
        street="Prosta 51",
        city="Warszawa",
        country_id="PL",
    )


def text_of(answer: Any) -> str:
    """Of a page, or of a file that is downloaded."""
    content = b"".join(answer)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return content.decode("latin-1" if content.startswith(b"%PDF") else "utf-8")


def exported(of: List, company: Company, *things: Any, columns: str = "all") -> str:
    """The list as an admin of the company takes it out: all of it, or these things."""
    actor = Actor(ActorKind.USER, company_id=company.pk, role=Role.COMPANY_ADMIN)
    form = understood(of, f"columns={columns}", actor)
    ids = [thing.pk for thing in things]
    only = Where(f"{of.reading.column('id')} = ANY(%s)", (ids,)) if ids else None
    return "".join(csv_lines(*file_of(form, only)))


def make_product(
    company: Company, name: str = "MacBook Pro 14", **over: Any
) -> Product:
    existing = Product.objects.filter(company=company, name=name).first()
    fields = {"category": Category.LAPTOP, "manufacturer": "Apple", **over}
    return existing or catalog.create(
        actor=SYSTEM, company=company, name=name, **fields
    )


def make_asset(holder: User | Address, serial: str = "C02XL0AAA", **over: Any) -> Asset:
    """An asset at a person or an address, bought in January."""
    company = holder.company
    fields = {
        "product": make_product(company),
        "name": "",
        "serial_number": serial,
        "purchased_on": date(2026, 1, 15),
        **over,
    }
    return inventory.create(actor=SYSTEM, company=company, holder=holder, **fields)


@pytest.fixture
def laptop(emil: User) -> Asset:
    """Emil's laptop."""
    return make_asset(emil)


def together(*calls: Callable[[], object]) -> list[str]:
    """Runs the calls at once; returns the codes of those that were refused."""
    barrier = threading.Barrier(len(calls), timeout=30)
    refused: list[str] = []
    failures: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            call()
        except DomainError as error:
            refused.append(error.code)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    return refused


@pytest.fixture
def as_actor() -> Callable[[User], Actor]:
    return actor_of


class Browser(Client):
    """Sends, as browsers do, what the form that it posts says it has shown."""

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        is_form = data is None or isinstance(data, dict)
        if is_form and not {"seen", "as_of"} & {*(data or {})}:
            data = {**(data or {}), **self.shown_by(path)}
        return self.post_bare(path, data, *args, **kwargs)

    def post_bare(self, path: str, data: Any = None, *args: Any, **kw: Any) -> Any:
        """Exactly this, as a page from before an update or a script would."""
        return super().post(path, data, *args, **kw)

    def shown_by(self, path: str) -> dict[str, str]:
        """By the form for this address, on a page where a person finds it."""
        for page in _pages_with_form_for(path):
            html = self.get(page).getvalue().decode(errors="replace")
            for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
                action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
                targets = [unescape(action.group(1)) if action else page]
                targets += map(unescape, re.findall(r'\bformaction="([^"]*)"', form))
                shown = re.findall(
                    r'name="(seen[-_0-9a-f]*|as_of)" value="([^"]*)"', form
                )
                if path in targets and shown:
                    return dict(shown)
        return {}


def _pages_with_form_for(path: str) -> list[str]:
    if path.startswith("/receive/items/"):
        return [path.replace("items/", "")]
    if parcel := re.match(r"/receive/parcels/([0-9a-f-]{36})/", path):
        return [f"/receive/?parcel={parcel[1]}"]
    if path.startswith("/returns/leaver/"):
        return [path, f"{path}?change"]
    thing = re.match(r"/\w+/[0-9a-f-]{36}/", path)
    return [path, *([thing.group()] if thing else [])]


@pytest.fixture
def client_of() -> Callable[[User], Browser]:
    """A browser in which this person has signed in."""

    def sign_in(user: User) -> Browser:
        client = Browser()
        client.force_login(
            user.login, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in


class Api:
    """A client of the API with its token; bodies are JSON."""

    PREFIX = "/api/v1/integration/"

    def __init__(self, user: User, token: str) -> None:
        self.user, self.token = user, token

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> HttpResponse:
        """Header names as `If_Match`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(raise_request_exception=False).generic(
            method,
            path if path.startswith("/") else f"{self.PREFIX}{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **named},
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)

    def known(self) -> Api:
        """Has called before, so that no read asks who calls in its own statement."""
        for _twice in range(2):
            assert self.get("keyboard-layouts").status_code == 200
        return self

    def found(self, path: str) -> Any:
        """What GET answers, which is 200."""
        response = self.get(path)
        assert response.status_code == 200, response.content
        return response.json()


def make_api(company: Company, role: Role = Role.API_CLIENT) -> Api:
    token, text = api_tokens.issue(
        actor=SYSTEM, company=company, name=f"{role} of tests", role=role
    )
    return Api(token.user, text)


@pytest.fixture
def api(acme: Company) -> Api:
    """A client of Acme that may do everything."""
    return make_api(acme)


@pytest.fixture
def outsider(globex: Company) -> Api:
    """A client of Globex."""
    return make_api(globex)


@pytest.fixture
def api_as(acme: Company) -> Callable[[Role | User], Api]:
    """A client of Acme with that role, or somebody signed in to the API."""

    def made(who: Role | User) -> Api:
        if isinstance(who, User):
            return Api(who, api_sessions.start(who).access)
        return make_api(acme, who)

    return made


@pytest.fixture
def plan_of(monkeypatch: pytest.MonkeyPatch, api: Api) -> Callable[[str], str]:
    """How PostgreSQL reads what that path answers."""
    asked: list[tuple[str, Any]] = []

    def execute(sql: str, params: Any, *, is_plain: bool) -> list[tuple]:
        asked.append((sql, list(params)))
        return really(sql, params, is_plain=is_plain)

    really = reading.execute
    monkeypatch.setattr(reading, "execute", execute)

    def plan(path: str) -> str:
        asked.clear()
        assert api.found(path)["items"]
        ((sql, params),) = asked
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}", params)
            return "\n".join(row[0] for row in cursor.fetchall())

    return plan


@pytest.fixture
def environment() -> dict[str, str]:
    """That of processes which work on this test's database."""
    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tequipy.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright")
    # Its synchronous interface runs an event loop in this thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as started:
        found = shutil.which("chromium") or started.chromium.executable_path
        if not Path(found).exists():
            pytest.skip("Chromium is not installed")
        chromium = started.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()
        connections.close_all()  # those that were opened inside that loop


@pytest.fixture
def window(browser: Any, live_server: Any) -> Any:
    """Opens a browser of its own for one person; fails on errors of scripts."""

    def open_one(size: dict[str, int], user: User | None = None) -> Any:
        page = browser.new_context(viewport=size, base_url=live_server.url).new_page()
        page.set_default_timeout(10_000)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        if user is not None:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(user.email)
            page.locator("input[name=password]").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(live_server.url + "/")
        return page

    return open_one
