"""Every admin page, for platform staff and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from apps.accounts import api_sessions, api_tokens, kept_answers, sign_in_address
from apps.accounts.models import Erasure, ResetRequest, User, UserExternalId, UserTag
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.bulk.tests import factories as bulk
from apps.catalog.models import (
    KeyboardLayout,
    Kit,
    KitSlot,
    ProductPrice,
    ServicePrice,
    Warranty,
    WarrantyPrice,
)
from apps.companies.models import Address, Company, Country, Entity, Tag, Warehouse
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.admin import ReadOnlyAdmin
from apps.core.ids import uuid7
from apps.events import services as events
from apps.events.models import Cursor, FailedDelivery
from apps.files.models import File
from apps.imports.models import Batch, BatchRow, Made, RememberedColumns, Unknown
from apps.inventory.bulk_verbs import GRADE
from apps.inventory.models import Asset, AssetExternalId, Attachment, Comment
from apps.invoicing import services as invoicing
from apps.notifications.models import Message
from apps.ops.models import BackupRun
from apps.orders.models import BankAccount, CreditLine
from apps.orders.tests.factories import make_credit_line, make_order
from apps.redeployments import services as redeployments
from apps.returns import services as returns
from apps.saved_views.models import SavedView
from apps.shipping.models import TrackingEvent
from apps.shipping.states import ShipmentState

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [m for m in REGISTERED if m.__module__.startswith("apps.")]
READ_ONLY = [m for m in OURS if isinstance(admin.site._registry[m], ReadOnlyAdmin)]
REFERENCE = [
    KeyboardLayout,
    ServicePrice,
    Warranty,
    Company,
    Country,
    Warehouse,
    BankAccount,
    CreditLine,
]


def by_label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.fixture
def world(anna: User, wanda: User, laptop: Asset) -> None:
    """At least one row in every table of ours."""
    actor = actor_of(anna)
    ret = returns.start_collection(laptop.user, actor=actor, asset_ids=[laptop.id])
    parcel = returns.book_parcel(ret, actor=actor, carrier="DHL", tracking_number="1")
    TrackingEvent.objects.create(
        company=ret.company,
        shipment=parcel,
        state=ShipmentState.CREATED,
        occurred_at=ret.created_at,
    )
    make_order(anna)
    make_credit_line(ret.company, "9000")
    BankAccount.objects.create(
        source="EU", currency="EUR", receiver="Tequipy", iban="DE02100100109307118603"
    )
    _redeployed_and_invoiced(anna, ret.address)
    sign_in_address.ask(anna.login, "anna@home.example")
    events.seal()
    Cursor.objects.get_or_create(subscriber="notifications")
    FailedDelivery.objects.create(subscriber="notifications", position=1, error="x")
    _mail(ret.company)
    _catalogue(laptop)
    file = File.objects.create(
        company=ret.company, name="a.csv", sha256="0" * 64, size=1, key="a"
    )
    Attachment.objects.create(company=ret.company, asset=laptop, file=file)
    SavedView.objects.create(
        company=ret.company, owner=anna, list_name="assets", name="Loose ends"
    )
    Comment.objects.create(company=ret.company, asset=laptop, text="Dented.")
    batch = Batch.objects.create(company=ret.company, kind="assets", file=file)
    BatchRow.objects.create(company=ret.company, batch=batch, line=2)
    ours = {"company": ret.company, "batch": batch}
    Unknown.objects.create(**ours, kind="place", key="attic", value="Attic")
    Made.objects.create(**ours, kind="place", target_id=uuid7(), value="Attic")
    bulk.run(bulk.ask(GRADE, [laptop], ret.company, grade="A"))
    RememberedColumns.objects.create(
        company=ret.company,
        kind="assets",
        headers_sha256="0" * 64,
        confirmed_at=ret.created_at,
    )
    ResetRequest.objects.create(email="anna@acme.example")
    Erasure.objects.create(company=ret.company, user=ret.user)
    Entity.objects.create(
        company=ret.company, legal_name="Acme GmbH", country_id="DE", currency="EUR"
    )
    tag = Tag.objects.create(company=ret.company, name="Engineering")
    UserTag.objects.create(company=ret.company, user=anna, tag=tag)
    known = {"system": "hris", "external_id": "7"}
    UserExternalId.objects.create(company=ret.company, user=anna, **known)
    AssetExternalId.objects.create(company=ret.company, asset=laptop, **known)
    client = {"company": ret.company, "name": "HRIS", "role": "API_CLIENT"}
    api_tokens.issue(actor=actor, **client)
    api_sessions.start(anna)
    kept_answers.claim(anna, "order-7", b"")
    BackupRun.objects.create(
        kind="daily",
        key="daily/20261125T020000Z",
        size_bytes=1,
        started_at=ret.created_at,
        finished_at=ret.created_at,
    )


def _catalogue(laptop: Asset) -> None:
    ours = {"company": laptop.company}
    in_euros = {**ours, "currency": "EUR", "amount": 10}
    ProductPrice.objects.create(**in_euros, product=laptop.product)
    ServicePrice.objects.create(**in_euros, kind="COLLECTION", country_id="PL")
    KeyboardLayout.objects.get_or_create(code="DE", name="German (QWERTZ)")
    warranty = Warranty.objects.create(**ours, product=laptop.product, months=36)
    WarrantyPrice.objects.create(**in_euros, warranty=warranty)
    kit = Kit.objects.create(**ours, name="Engineering")
    KitSlot.objects.create(**ours, kit=kit, position=1, category="LAPTOP")


def _redeployed_and_invoiced(anna: User, place: Address) -> None:
    spare, target = make_asset(place, "SPARE-1"), Target(user=anna)
    sent = {"actor": SYSTEM, "company": anna.company}
    redeployment = redeployments.create([spare.id], target, **sent)
    entity = Entity.objects.create(
        company=anna.company, legal_name="Acme SA", country_id="PL", currency="EUR"
    )
    bill = invoicing.Bill(
        items=[invoicing.Item(product_name="Dock", unit_price=Decimal(40))],
        currency="EUR",
        tax_rate=Decimal(23),
        due_at=redeployment.created_at,
    )
    invoicing.create(redeployment, bill, actor=SYSTEM, entity=entity)


def _mail(company: Company) -> Message:
    return Message.objects.create(
        company=company,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=uuid7(),
        recipient="emil@home.example",
        subject="Your laptop",
        body="Please send it.",
        message_id="<1@tequipy>",
        state="FAILED",
        occurred_at=company.created_at,
    )


SEARCHED = ["acme", "01934c5e-0000-7000-8000-000000000000", "Ł 100% _'\"\\"]


@pytest.fixture
def staff(root: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(root)


def url(model: type[models.Model], page: str, *args: Any) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def test_every_model_is_there() -> None:
    ours = {m for m in apps.get_models() if m.__module__.startswith("apps.")}
    assert ours == set(OURS)


def test_what_is_not_read_only_is_reference_data() -> None:
    assert sorted(set(OURS) - set(READ_ONLY), key=by_label) == REFERENCE


def test_list_and_one_row_are_shown(
    world: None, staff: Client, subtests: pytest.Subtests
) -> None:
    for model in REGISTERED:
        with subtests.test(by_label(model)):
            assert staff.get(url(model, "changelist")).status_code == 200
            row = model._default_manager.first()
            if model in OURS:
                assert row is not None
            if row is not None:
                assert staff.get(url(model, "change", row.pk)).status_code == 200


@pytest.mark.full
def test_search_answers(world: None, staff: Client, subtests: pytest.Subtests) -> None:
    for model, text in product(OURS, SEARCHED):
        with subtests.test(by_label(model), text=text):
            if admin.site._registry[model].search_fields:
                found = staff.get(url(model, "changelist"), {"q": text})
                assert found.status_code == 200


def test_what_a_service_owns_is_neither_added_changed_nor_deleted(
    world: None, staff: Client, subtests: pytest.Subtests
) -> None:
    for model in READ_ONLY:
        with subtests.test(by_label(model)):
            row = model._default_manager.first()
            before = model._default_manager.filter(pk=row.pk).values().get()
            data = {field.name: "" for field in model._meta.fields} | {
                "state": "ARCHIVED"
            }
            for page in (
                url(model, "add"),
                url(model, "change", row.pk),
                url(model, "delete", row.pk),
            ):
                assert staff.post(page, {**data, "post": "yes"}).status_code == 403
            assert model._default_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.full
def test_nothing_of_ours_is_deleted_in_bulk(
    world: None, staff: Client, subtests: pytest.Subtests
) -> None:
    for model in OURS:
        with subtests.test(by_label(model)):
            count = model._default_manager.count()
            chosen = [str(model._default_manager.first().pk)]
            data = {
                "action": "delete_selected",
                "_selected_action": chosen,
                "post": "yes",
            }
            staff.post(url(model, "changelist"), data)
            assert model._default_manager.count() == count


def test_reference_data_is_not_deleted(
    world: None, staff: Client, subtests: pytest.Subtests
) -> None:
    for model in REFERENCE:
        with subtests.test(by_label(model)):
            row = model._default_manager.first()
            answer = staff.post(url(model, "delete", row.pk), {"post": "yes"})
            assert answer.status_code == 403


def test_settings_of_a_company_are_changed_and_its_slug_stays(
    acme: Company, staff: Client
) -> None:
    data = {
        "name": "Acme SA",
        "slug": "stolen",
        "kind": "PLATFORM",
        "country": "PL",
        "time_zone": "Europe/Warsaw",
        "currency": "EUR",
        "language": "de",
        "video_url": "https://video.example/welcome",
        "first_contact_days_before": 10,
        "first_reminder_days": 3,
        "second_reminder_days": 6,
        "not_responding_days": 9,
        "mail_from": "09:00",
        "mail_until": "18:00",
        "mail_weekdays": "1,2,3",
    }
    answer = staff.post(url(Company, "change", acme.pk), data)
    assert answer.status_code == 302, answer.context["errors"]
    acme.refresh_from_db()
    assert (acme.first_contact_days_before, acme.language) == (10, "de")
    assert (acme.slug, acme.kind) == ("acme", "CUSTOMER")


@pytest.mark.parametrize("name", ["anna", "emil", "wanda"])
def test_people_of_a_company_find_no_admin(
    name: str,
    request: pytest.FixtureRequest,
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(request.getfixturevalue(name))
    assert client.get("/admin/", follow=True).status_code == 404
    assert client.get(url(Asset, "changelist"), follow=True).status_code == 404


def test_visitors_are_sent_to_the_one_sign_in_page(db: None) -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_staff_who_left_do_nothing_more(
    root: User, anna: User, client_of: Callable[[User], Client]
) -> None:
    from apps.accounts import services as accounts

    accounts.archive(root, reason="LEFT", actor=SYSTEM)
    data = {"action": "archive", "_selected_action": [str(anna.pk)]}
    answer = client_of(root).post(url(User, "changelist"), data, follow=True)
    assert answer.status_code == 404
    anna.refresh_from_db()
    assert anna.state == "ACTIVE"


def test_who_is_no_staff_any_more_finds_no_admin(
    root: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(root)
    assert browser.get(reverse("admin:index")).status_code == 200
    User.objects.filter(pk=root.pk).update(role="EMPLOYEE")
    assert root.login.is_staff
    for page in ("admin:index", "admin:inventory_asset_changelist"):
        assert browser.get(reverse(page), follow=True).status_code == 404
