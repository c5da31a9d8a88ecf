"""Input nobody means: a clear refusal, nothing stored, never a 500."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.template import engines
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.inventory.fields import FIELDS
from apps.inventory.models import Asset
from apps.returns import services as returns
from apps.returns import tasks
from apps.returns.models import Return

pytestmark = pytest.mark.django_db
SOME_ID = "01a21381-ceab-71dc-987d-80d5d66602c9"


def cursor(value: object, pk: object) -> str:
    raw = json.dumps([value, str(pk)]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


BAD_CURSORS = [
    "x",
    cursor("a\0b", SOME_ID),
    cursor("\ud800", SOME_ID),
    cursor("9999-12-31T23:59:59-23:59", SOME_ID),
    cursor("0001-01-01T00:00:00+23:59", SOME_ID),
    cursor(float("inf"), SOME_ID),
    cursor({"a": 1}, "b"),
    cursor(None, None),
]


@pytest.mark.parametrize("path", ["/assets/", "/people/", "/returns/", "/history/"])
def test_made_up_cursors_are_refused(anna, client_of, path):
    client = client_of(anna)
    sorts = ("", "name", "serial") if path == "/assets/" else ("",)
    for sort in sorts:
        for after in BAD_CURSORS:
            asked = {"after": after, "sort": sort} if sort else {"after": after}
            answer = client.get(path, asked)
            assert answer.status_code == 400, (sort, after)


@pytest.mark.parametrize(
    "url",
    ["/receive/?code=%00", "/assets/people/?q=%00", "/assets/products/?q=%00"],
)
def test_nul_is_a_bad_request(anna, client_of, url):
    assert client_of(anna).get(url).status_code == 400


@pytest.mark.parametrize("user", ["bad", "", "é", "1" * 500])
def test_choosing_nobody_is_404(anna, client_of, user):
    answer = client_of(anna).post("/accounts/choose/", {"user": user})
    assert answer.status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
class TestDays:
    def test_start_is_refused(self, anna, emil, laptop, shelf, client_of, day):
        url = f"/returns/new/?kind=OFFBOARDING&user={emil.pk}"
        client = client_of(anna)
        assert client.get(f"{url}&day={day}&address={shelf.pk}").status_code == 400
        data = {"day": day, "address": shelf.pk, f"decision_{laptop.pk}": "RETURN"}
        assert client.post(url, data).status_code == 200
        assert not Return.objects.exists()

    def test_moving_the_day_is_refused(self, anna, emil, laptop, shelf, client_of, day):
        ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.pk])
        client_of(anna).post(f"/returns/{ret.pk}/reschedule/", {"day": day})
        before = ret.closes_at
        ret.refresh_from_db()
        assert ret.closes_at == before

    def test_nobody_is_told_who_has_it_then(self, anna, laptop, client_of, day):
        answer = client_of(anna).get(f"{laptop.get_absolute_url()}?on={day}")
        assert answer.status_code == 400
        assert "alert-box grey" not in answer.text


def test_one_return_that_breaks_holds_up_no_other(
    emil, anna, laptop, shelf, monkeypatch
):
    other = make_asset(anna, "OTHER1")
    broken = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.pk])
    sound = returns.start_collection(anna, actor=SYSTEM, asset_ids=[other.pk])
    take = returns.contact_due

    def breaks_on_one(return_id, **kwargs):
        if return_id == broken.pk:
            raise ArithmeticError("broken row")
        return take(return_id, **kwargs)

    monkeypatch.setattr(tasks.services, "contact_due", breaks_on_one)
    tasks.advance_due()
    sound.refresh_from_db()
    assert sound.state == "FIRST_EMAIL_SENT"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purchase_price", "-5"),
        ("currency", "ßßß"),
        ("currency", "€€€"),
        ("purchased_on", "9999-12-31"),
        ("serial_number", "ŉ" * 128),
    ],
)
def test_facts_of_an_asset_are_refused_beside_their_field(
    anna, laptop, client_of, field, value
):
    data = {
        "product": laptop.product.name,
        "serial_number": "NEW1",
        "purchase_price": "5",
        "currency": "EUR",
        "seen": FIELDS.version(laptop),
        field: value,
    }
    answer = client_of(anna).post(f"/assets/{laptop.pk}/edit/", data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Asset.objects.get(pk=laptop.pk).serial_number == laptop.serial_number


def test_an_older_form_overwrites_nothing_unseen(anna, laptop, client_of):
    client = client_of(anna)
    data = {
        "product": laptop.product.name,
        "serial_number": laptop.serial_number,
        "seen": FIELDS.version(laptop),
    }
    url = f"/assets/{laptop.pk}/edit/"
    assert client.post(url, {**data, "notes": "first"}).status_code == 302
    second = client.post(url, {**data, "supplier": "second"})
    assert "meanwhile" in second.text
    laptop.refresh_from_db()
    assert (laptop.notes, laptop.supplier) == ("first", "")


def test_names_are_one_line(anna, acme):
    user = make_user(acme, "Eve\r\nBcc:\u200b x", email="eve@acme.example")
    assert user.first_name == "Eve Bcc: x"


def test_the_only_admin_stays_one(anna, client_of):
    from apps.accounts import services as accounts
    from apps.core.errors import Conflict

    with pytest.raises(Conflict, match="only admin"):
        accounts.update(anna, actor=SYSTEM, role=Role.EMPLOYEE)
    with pytest.raises(Conflict, match="only admin"):
        accounts.archive(anna, reason="LEFT", actor=SYSTEM)


def test_nobody_has_left_while_they_hold_something(emil, laptop, shelf):
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.pk: "RETURN"},
    )
    late = make_asset(emil, "LATE1")
    ret = returns.receive(ret, {ret.lines.get().asset: None}, ret.address, actor=SYSTEM)
    assert not ret.is_finished
    assert ret.lines.get(asset=late).is_undecided


def test_private_pages_are_not_kept_by_browsers(anna, client_of):
    for path in ("/", "/assets/", "/assets/export.csv"):
        assert "no-store" in client_of(anna).get(path)["Cache-Control"]


def test_every_template_compiles(settings):
    folder = settings.BASE_DIR / "templates"
    for template in folder.rglob("*.html"):
        engines["django"].get_template(str(template.relative_to(folder)))
