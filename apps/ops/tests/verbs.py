"""Every public verb with the permission it asks for and arguments that are valid: a
new verb is one line in VERBS. `test_every_verb.py` calls them as everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from inspect import Parameter, getmembers, isfunction, signature
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, NamedTuple

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts import api_tokens, membership
from apps.accounts import services as accounts
from apps.accounts.models import ApiToken, Invitation, User
from apps.accounts.sessions import actor_of
from apps.accounts.targets import Target
from apps.bulk.models import BulkJob
from apps.bulk.services import Selection
from apps.bulk.tests import factories as bulk
from apps.catalog.models import Kit, Product
from apps.catalog.services import Slot, create_kit
from apps.companies.models import Address, Company, Entity, Tag, Warehouse
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM, Actor, ActorKind, Role
from apps.core.ids import uuid7
from apps.core.permissions import Permission as P
from apps.imports.models import Batch
from apps.imports.targets.unresolved import NameChoice
from apps.imports.tests import factories as imports
from apps.inventory import services as inventory
from apps.inventory.bulk_verbs import ARCHIVE
from apps.inventory.changing import Change
from apps.inventory.lists import ASSETS
from apps.inventory.models import Asset, Attachment, Comment
from apps.invoicing import services as invoicing
from apps.invoicing.models import Invoice
from apps.notifications.models import Message
from apps.orders import services as orders
from apps.orders.models import Order
from apps.orders.tests.factories import make_order, make_wares
from apps.people import changing as people
from apps.redeployments import services as redeployments
from apps.redeployments.models import Redeployment
from apps.returns import services as returns
from apps.returns.models import Return
from apps.saved_views import services as saved_views
from apps.saved_views.models import SavedView
from apps.shipping import services as shipping
from apps.shipping.models import Shipment

DAY = date(2030, 1, 31)
Call = tuple[tuple[Any, ...], dict[str, Any]]


class World:
    """Acme's things, none of them Emil's, none at a place where Wanda works."""

    def __init__(self, cast: Any) -> None:
        self.acme, self.globex, self.office = (
            cast("acme"),
            cast("globex"),
            cast("office"),
        )
        self.olga = make_user(self.acme, "Olga")
        self.wanda, self.emil = cast("wanda"), cast("emil")
        self.company = {"company": self.acme}
        self.batch = {"company": self.acme, "batch_id": uuid7()}
        self.actors = {
            "system": SYSTEM,
            "staff": actor_of(cast("root")),
            "admin": actor_of(cast("anna")),
            "client": self._member("Client", Role.API_CLIENT),
            "outsider": actor_of(cast("gina")),
            "employee": actor_of(self.emil),
            "warehouse": actor_of(self.wanda),
            "read-only client": self._member("Reader", Role.API_CLIENT_READONLY),
            "AI agent": self._member("Agent", Role.AI_AGENT),
            "leaver": Actor(ActorKind.LEAVER, self.emil.id, self.acme.id),
        }

    def _member(self, name: str, role: Role) -> Actor:
        return actor_of(make_user(self.acme, name, role=role))

    def person(self, name: str, **fields: Any) -> User:
        fields = {"first_name": name, "email": f"{name}@acme.example", **fields}
        return accounts.build(self.acme, fields, today=timezone.now().date())

    def device(self, serial: str) -> Asset:
        product = make_product(self.acme)
        return inventory.build(
            self.acme, product=product, holder=self.office, serial_number=serial
        )

    @cached_property
    def joiner(self) -> User:
        fields = {"first_name": "Jo", "email": "jo@acme.example", "start_on": DAY}
        return accounts.create(actor=SYSTEM, company=self.acme, **fields)

    @cached_property
    def bulk_job(self) -> BulkJob:
        return bulk.ask(ARCHIVE, [self.stored], self.acme, reason="LOST")

    @cached_property
    def invitation(self) -> Invitation:
        return membership.invite(self.joiner, actor=SYSTEM)

    @cached_property
    def api_token(self) -> ApiToken:
        client = {"company": self.acme, "name": "MDM", "role": Role.API_CLIENT}
        return api_tokens.issue(actor=SYSTEM, **client)[0]

    @cached_property
    def leaver(self) -> User:
        user = make_user(self.acme, "Lea")
        return accounts.begin_offboarding(user, actor=SYSTEM, end_on=DAY)

    @cached_property
    def former(self) -> User:
        return accounts.archive(
            make_user(self.acme, "Frida"), reason="LEFT", actor=SYSTEM
        )

    @cached_property
    def place(self) -> Address:
        return Address.objects.create(company=self.acme, name="Attic")

    @cached_property
    def site(self) -> Warehouse:
        return Warehouse.objects.create(name="Gdańsk", country_id="PL")

    @cached_property
    def entity(self) -> Entity:
        return Entity.objects.create(
            company=self.acme,
            legal_name="Acme GmbH",
            country_id="DE",
            currency="EUR",
            vat_id="DE136695976",
        )

    @cached_property
    def tag(self) -> Tag:
        return Tag.objects.create(company=self.acme, name="Engineering")

    @property
    def view(self) -> SavedView:
        return saved_views.save(
            self.olga, actor=SYSTEM, of=ASSETS, name="Spare", query="state=STORAGE"
        )

    @cached_property
    def spare_product(self) -> Product:
        return make_product(self.acme, "Spare")

    @cached_property
    def platform_product(self) -> Product:
        return make_product(Company.objects.get(kind="PLATFORM"), "Sold")

    @cached_property
    def kit(self) -> Kit:
        slots = [Slot("LAPTOP")]
        return create_kit(actor=SYSTEM, company=self.acme, name="Desk", slots=slots)

    @cached_property
    def stored(self) -> Asset:
        return make_asset(self.office, "STORED-1")

    @cached_property
    def attached(self) -> Attachment:
        return inventory.attach(self.stored, _file(), actor=SYSTEM)

    @cached_property
    def photo(self) -> Attachment:
        photo = SimpleUploadedFile("dent.png", b"\x89PNG\r\n\x1a\n")
        return inventory.attach(self.stored, photo, actor=SYSTEM, kind="PHOTO")

    @cached_property
    def comment(self) -> Comment:
        return inventory.comment(self.stored, "It has a dent.", actor=SYSTEM)

    @cached_property
    def held(self) -> Asset:
        return make_asset(self.olga, "HELD-1")

    @cached_property
    def parcel(self) -> Shipment:
        return shipping.book(
            actor=SYSTEM, sender=self.office, recipient=self.olga, carrier="OTHER"
        )

    @cached_property
    def offboarding(self) -> Return:
        return returns.start_offboarding(
            self.olga,
            actor=SYSTEM,
            last_working_on=DAY,
            decisions={self.held.id: "RETURN"},
            address=self.office,
        )

    @cached_property
    def order(self) -> Order:
        return make_order(self.olga)

    @cached_property
    def draft(self) -> Order:
        wares = make_wares(self.acme)
        return orders.draft_onboarding(self.olga, [wares.id], actor=SYSTEM)

    @cached_property
    def paused(self) -> Return:
        return returns.pause(self.offboarding, actor=SYSTEM)

    @cached_property
    def cancelled(self) -> Return:
        return returns.cancel(self.offboarding, reason="STAYS", actor=SYSTEM)

    @cached_property
    def collection(self) -> Return:
        """Due at once."""
        return returns.start_collection(
            self.olga, actor=SYSTEM, asset_ids=[self.held.id], address=self.office
        )

    @cached_property
    def redeployment(self) -> Redeployment:
        target = Target(user=self.olga)
        return redeployments.create(
            [self.stored.id], target, actor=SYSTEM, **self.company
        )

    @cached_property
    def bill(self) -> invoicing.Bill:
        item = invoicing.Item(product_name="Dock", unit_price=Decimal(40))
        return invoicing.Bill(
            items=[item],
            currency="EUR",
            tax_rate=Decimal(23),
            due_at=timezone.now() - timedelta(days=1),
        )

    @cached_property
    def invoice(self) -> Invoice:
        who = {"actor": SYSTEM, "entity": self.entity}
        return invoicing.create(self.redeployment, self.bill, **who)

    @cached_property
    def sent_invoice(self) -> Invoice:
        return invoicing.send(self.invoice, actor=SYSTEM)

    @cached_property
    def answered(self) -> Return:
        return returns.answer(
            self.collection, actor=SYSTEM, method="DROPOFF", wants_packaging=True
        )

    @cached_property
    def packaging_sent(self) -> Return:
        return returns.send_materials(self.answered, actor=SYSTEM)

    @cached_property
    def booked(self) -> tuple[Return, Shipment]:
        parcel = returns.book_parcel(self.collection, actor=SYSTEM, carrier="OTHER")
        return self.collection, parcel

    @cached_property
    def on_its_way(self) -> tuple[Return, Shipment]:
        ret, parcel = self.booked
        return returns.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM), parcel

    @cached_property
    def mail(self) -> Message:
        return Message.objects.create(
            company=self.acme,
            event_id=1,
            event_type="return.first_email_sent",
            subject_id=self.olga.id,
            recipient="olga@home.example",
            message_id="<1@tequipy>",
            state="FAILED",
            occurred_at=timezone.now(),
        )

    @cached_property
    def uploaded(self) -> Batch:
        return imports.upload(self.acme, "Serial;Model;Location\nS1;XPS;Attic\n")

    @cached_property
    def planned(self) -> Batch:
        return imports.make_plan(self.uploaded)

    @cached_property
    def applying(self) -> Batch:
        return _import_services().request_apply(
            self.planned, actor=SYSTEM, in_background=False
        )

    @cached_property
    def applied(self) -> Batch:
        return imports.applied(self.acme, "Serial;Model;Location\nS1;XPS;Warsaw office")


def _import_services() -> Any:
    return import_module("apps.imports.services")


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


def _changed_person(w: World) -> Call:
    user = User.objects.get(pk=w.olga.pk)
    draft = accounts.apply_changes(user, {"notes": "x"}, actor=SYSTEM)
    return call([user], ["notes"], [draft], **w.company)


def _changed_asset(w: World) -> Call:
    asset = Asset.objects.get(pk=w.stored.pk)
    draft = inventory.apply_changes(asset, {"notes": "x"})
    return call([asset], ["notes"], [draft])


def _said_of_a_device(w: World) -> dict[str, Any]:
    place = {"id": w.office.id}
    return {"serial_number": "NEW-1", "name": "XPS", "company_address": place}


def _claimed(w: World) -> Call:
    return call(
        w.stored, held_by=w.office, kind="X", reference="X-1", workflow_id=uuid7()
    )


def _placed(w: World) -> Call:
    items = [orders.Item(product_id=make_wares(w.acme).id)]
    return call(items, Target(user=w.olga), **w.company)


def _ordered(w: World) -> Call:
    unit = inventory.build(w.acme, product=make_product(w.acme), holder=None)
    order = {"kind": "X", "reference": "X-1", "workflow_id": uuid7()}
    return call([unit], **w.company, **order)


def _reserved(w: World) -> Call:
    workflow = {"kind": "X", "reference": "X-1", "workflow_id": uuid7()}
    return call([w.stored.id], company_id=w.acme.id, **workflow)


def _asked_of_many(w: World) -> Call:
    form = {"company": w.acme, "form_token": "form-1"}
    return call(ARCHIVE, Selection([w.stored.pk]), {"reason": "LOST"}, **form)


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", b"Serial;Model\nS9;XPS\n")


class Verb(NamedTuple):
    permission: P
    arguments: Callable[[World], Call]


VERBS: dict[str, Verb] = {
    name: Verb(*row)
    for name, row in {
        "companies.create_company": (
            P.COMPANIES_CREATE,
            lambda w: call(name="Initech", slug="initech"),
        ),
        "companies.create_address": (
            P.PLACES_EDIT,
            lambda w: call(name="Cellar", **w.company),
        ),
        "companies.create_addresses": (
            P.PLACES_EDIT,
            lambda w: call([Address(name="Cellar", **w.company)], **w.company),
        ),
        "companies.update_address": (
            P.PLACES_EDIT,
            lambda w: call(w.place, name="Loft"),
        ),
        "companies.remove_addresses": (
            P.PLACES_EDIT,
            lambda w: call([w.place.id], **w.batch),
        ),
        "companies.move_shelves": (P.WAREHOUSES_EDIT, lambda w: call(w.site)),
        "companies.forget_contact": (
            P.PEOPLE_ERASE,
            lambda w: call(["a@b.example"], company_id=w.acme.id),
        ),
        "companies.create_entity": (
            P.ENTITIES_EDIT,
            lambda w: call(
                legal_name="Acme SA", country_id="FR", currency="EUR", **w.company
            ),
        ),
        "companies.update_entity": (
            P.ENTITIES_EDIT,
            lambda w: call(w.entity, city="Lyon"),
        ),
        "companies.note_vat_check": (
            P.ENTITIES_CHECK_VAT,
            lambda w: call(w.entity, is_valid=True),
        ),
        "companies.archive_entity": (P.ENTITIES_EDIT, lambda w: call(w.entity)),
        "companies.create_tag": (
            P.TAGS_EDIT,
            lambda w: call(name="Sales", **w.company),
        ),
        "companies.rename_tag": (P.TAGS_EDIT, lambda w: call(w.tag, name="Builders")),
        "companies.delete_tag": (P.TAGS_EDIT, lambda w: call(w.tag)),
        "accounts.set_external_ids": (
            P.PEOPLE_EDIT,
            lambda w: call(w.olga, {"hris": "7"}),
        ),
        "accounts.set_tags": (P.PEOPLE_EDIT, lambda w: call(w.olga, [w.tag.id])),
        "accounts.create": (
            P.PEOPLE_ADD,
            lambda w: call(first_name="New", email="new@acme.example", **w.company),
        ),
        "people.register_many": (
            P.PEOPLE_ADD,
            lambda w: call(
                {0: {"full_name": "New", "email": "new@acme.example"}}, **w.company
            ),
        ),
        "people.change_many": (
            P.PEOPLE_EDIT,
            lambda w: call({0: people.Change(w.olga.id, {"notes": "x"})}, **w.company),
        ),
        "people.change_named_many": (
            P.PEOPLE_EDIT,
            lambda w: call({0: {"id": w.olga.id, "notes": "x"}}, **w.company),
        ),
        "accounts.create_many": (
            P.PEOPLE_ADD,
            lambda w: call([w.person("New")], **w.batch),
        ),
        "accounts.update": (P.PEOPLE_EDIT, lambda w: call(w.olga, notes="x")),
        "accounts.apply_changes": (
            P.PEOPLE_EDIT,
            lambda w: call(User.objects.get(pk=w.olga.pk), {"notes": "x"}),
        ),
        "accounts.set_language": (
            P.PEOPLE_SET_LANGUAGE,
            lambda w: call(w.olga, language="de"),
        ),
        "accounts.update_many": (P.PEOPLE_EDIT, _changed_person),
        "accounts.activate": (P.PEOPLE_ACTIVATE, lambda w: call(w.joiner)),
        "accounts.begin_offboarding": (
            P.PEOPLE_OFFBOARD,
            lambda w: call(w.olga, end_on=DAY),
        ),
        "accounts.cancel_offboarding": (P.PEOPLE_OFFBOARD, lambda w: call(w.leaver)),
        "accounts.set_end_date": (
            P.PEOPLE_OFFBOARD,
            lambda w: call(w.leaver, end_on=DAY + timedelta(days=1)),
        ),
        "accounts.mark_offboarded": (P.PEOPLE_OFFBOARD, lambda w: call(w.leaver)),
        "accounts.rehire": (P.PEOPLE_REHIRE, lambda w: call(w.former)),
        "people.rehire": (P.PEOPLE_REHIRE, lambda w: call(w.former)),
        "accounts.archive": (P.PEOPLE_ARCHIVE, lambda w: call(w.olga, reason="LEFT")),
        "accounts.erase": (
            P.PEOPLE_ERASE,
            lambda w: call(w.former, reason="ASKED"),
        ),
        "people.export_person": (P.PEOPLE_DISCLOSE, lambda w: call(w.olga)),
        "people.erase": (P.PEOPLE_ERASE, lambda w: call(w.former, reason="ASKED")),
        "returns.forget": (P.PEOPLE_ERASE, lambda w: call(w.former)),
        "redeployments.forget": (P.PEOPLE_ERASE, lambda w: call(w.former)),
        "shipping.forget": (P.PEOPLE_ERASE, lambda w: call(w.former)),
        "accounts.invite": (P.PEOPLE_LET_SIGN_IN, lambda w: call(w.joiner)),
        "accounts.withdraw": (P.PEOPLE_LET_SIGN_IN, lambda w: call(w.invitation)),
        "accounts.end": (P.PEOPLE_LET_SIGN_IN, lambda w: call(w.olga, reason="ASKED")),
        "accounts.issue": (
            P.API_TOKENS_ISSUE,
            lambda w: call(name="HRIS", role=Role.API_CLIENT, **w.company),
        ),
        "accounts.revoke": (P.API_TOKENS_ISSUE, lambda w: call(w.api_token)),
        "accounts.ask": (
            P.LOGINS_CHANGE_ADDRESS,
            lambda w: call(w.olga.login, "o@new.example", staff_reason="ticket 7"),
        ),
        "accounts.remove_many": (
            P.PEOPLE_REMOVE,
            lambda w: call({w.joiner.id: w.joiner.updated_at}, **w.batch),
        ),
        "accounts.allow_sign_in": (P.LOGINS_LOCK, lambda w: call(w.olga.login)),
        "accounts.forbid_sign_in": (
            P.LOGINS_LOCK,
            lambda w: call(w.olga.login, reason="ABUSE"),
        ),
        "accounts.assign_storage": (
            P.PEOPLE_ASSIGN_PLACE,
            lambda w: call(w.wanda, address=w.office),
        ),
        "saved_views.save": (
            P.VIEWS_SAVE,
            lambda w: call(w.olga, of=ASSETS, name="Spare", query="state=STORAGE"),
        ),
        "saved_views.choose_columns": (
            P.VIEWS_SAVE,
            lambda w: call(w.olga, of=ASSETS, columns=["status"]),
        ),
        "saved_views.delete": (P.VIEWS_SAVE, lambda w: call(w.view)),
        "catalog.create": (P.PRODUCTS_EDIT, lambda w: call(name="XPS", **w.company)),
        "catalog.create_many": (
            P.PRODUCTS_EDIT,
            lambda w: call([Product(name="XPS", **w.company)], **w.company),
        ),
        "catalog.remove_many": (
            P.PRODUCTS_EDIT,
            lambda w: call([w.spare_product.id], **w.batch),
        ),
        "catalog.update": (
            P.PRODUCTS_EDIT,
            lambda w: call(w.spare_product, sku="SPARE-1"),
        ),
        "catalog.set_orderable": (
            P.PRODUCTS_PUBLISH,
            lambda w: call(w.spare_product, is_orderable=True),
        ),
        "catalog.publish": (
            P.PRODUCTS_PUBLISH,
            lambda w: call([w.platform_product], **w.company),
        ),
        "catalog.set_price": (
            P.PRICES_EDIT,
            lambda w: call(w.spare_product, currency="EUR", amount=Decimal(5)),
        ),
        "catalog.set_service_price": (
            P.PRICES_EDIT,
            lambda w: call(
                w.acme,
                kind="COLLECTION",
                country=w.acme.country,
                currency="EUR",
                amount=Decimal(5),
            ),
        ),
        "catalog.set_warranty": (
            P.PRICES_EDIT,
            lambda w: call(w.acme, months=36, category="LAPTOP", prices={}),
        ),
        "catalog.create_kit": (
            P.KITS_EDIT,
            lambda w: call(name="Sales", slots=[Slot("PHONE")], **w.company),
        ),
        "catalog.update_kit": (P.KITS_EDIT, lambda w: call(w.kit, name="Sales")),
        "catalog.remove_kit": (P.KITS_EDIT, lambda w: call(w.kit)),
        "shipping.book": (
            P.PARCELS_BOOK,
            lambda w: call(sender=w.olga, recipient=w.office, carrier="OTHER"),
        ),
        "shipping.track": (P.PARCELS_TRACK, lambda w: call(w.parcel, "IN_TRANSIT")),
        "shipping.deliver": (P.PARCELS_TRACK, lambda w: call(w.parcel)),
        "inventory.create": (
            P.ASSETS_ADD,
            lambda w: call(
                product=make_product(w.acme), serial_number="NEW-1", **w.company
            ),
        ),
        "inventory.create_many": (
            P.ASSETS_ADD,
            lambda w: call([w.device("NEW-1")], **w.company),
        ),
        "inventory.register_many": (
            P.ASSETS_ADD,
            lambda w: call({0: _said_of_a_device(w)}, **w.company),
        ),
        "inventory.change_many": (
            P.ASSETS_EDIT,
            lambda w: call(
                {0: Change(w.stored.id, {"notes": "x"})}, company_id=w.acme.id
            ),
        ),
        "inventory.change_named_many": (
            P.ASSETS_EDIT,
            lambda w: call(
                {0: {"id": w.stored.id, "notes": "x"}}, company_id=w.acme.id
            ),
        ),
        "inventory.set_external_ids": (
            P.ASSETS_EDIT,
            lambda w: call(w.stored, {"mdm": "7"}),
        ),
        "inventory.update": (P.ASSETS_EDIT, lambda w: call(w.stored, notes="x")),
        "inventory.update_many": (P.ASSETS_EDIT, _changed_asset),
        "inventory.remove_many": (
            P.ASSETS_REMOVE,
            lambda w: call({w.stored.id: w.stored.updated_at}, **w.batch),
        ),
        "inventory.grade": (P.ASSETS_INSPECT, lambda w: call(w.stored, "B")),
        "inventory.claim": (P.ASSETS_CLAIM, _claimed),
        "inventory.order": (P.ASSETS_CLAIM, _ordered),
        "inventory.call_off": (
            P.ASSETS_CLAIM,
            lambda w: call(w.offboarding.id, company_id=w.acme.id),
        ),
        "inventory.release": (
            P.ASSETS_CLAIM,
            lambda w: call(w.offboarding.id, company_id=w.acme.id),
        ),
        "inventory.reserve": (P.ASSETS_CLAIM, _reserved),
        "inventory.unreserve": (
            P.ASSETS_CLAIM,
            lambda w: call(w.redeployment.id, company_id=w.acme.id),
        ),
        "inventory.move_many": (
            P.ASSETS_HAND_OVER,
            lambda w: call([inventory.Move(w.stored.id, "ACTIVE", w.olga)]),
        ),
        "inventory.hand_over": (
            P.ASSETS_HAND_OVER,
            lambda w: call(w.stored, w.olga),
        ),
        "inventory.send": (P.ASSETS_SEND, lambda w: call(w.stored, w.parcel)),
        "inventory.receive": (P.ASSETS_RECEIVE, lambda w: call(w.held, w.office)),
        "inventory.receive_many": (
            P.ASSETS_RECEIVE,
            lambda w: call({w.held.id: "B"}, w.office),
        ),
        "inventory.attach": (P.ASSETS_EDIT, lambda w: call(w.stored, _file())),
        "inventory.detach": (P.ASSETS_EDIT, lambda w: call(w.attached)),
        "inventory.choose_picture": (P.ASSETS_EDIT, lambda w: call(w.photo)),
        "inventory.comment": (P.COMMENTS_ADD, lambda w: call(w.stored, "Works.")),
        "inventory.edit_comment": (
            P.COMMENTS_EDIT,
            lambda w: call(w.comment, "It has two."),
        ),
        "inventory.remove_comment": (P.COMMENTS_EDIT, lambda w: call(w.comment)),
        "inventory.forget": (P.PEOPLE_ERASE, lambda w: call(w.former)),
        "inventory.relocate": (P.ASSETS_RECEIVE, lambda w: call(w.stored, w.place)),
        "inventory.repair": (P.ASSETS_REPAIR, lambda w: call(w.held, w.office)),
        "inventory.retire": (P.ASSETS_RETIRE, lambda w: call(w.held, "SOLD")),
        "orders.create": (P.ORDERS_PLACE, _placed),
        "orders.draft_onboarding": (
            P.ORDERS_PLACE,
            lambda w: call(w.olga, [make_wares(w.acme).id]),
        ),
        "orders.approve": (P.ORDERS_APPROVE, lambda w: call(w.draft)),
        "orders.decline": (P.ORDERS_APPROVE, lambda w: call(w.draft)),
        "orders.cancel": (P.ORDERS_CANCEL, lambda w: call(w.order)),
        "orders.mark_invoiced": (P.ORDERS_SETTLE, lambda w: call(w.order)),
        "orders.mark_paid": (P.ORDERS_SETTLE, lambda w: call(w.order)),
        "orders.forget": (P.PEOPLE_ERASE, lambda w: call(w.former)),
        "returns.start_offboarding": (
            P.RETURNS_START,
            lambda w: call(
                w.held.user, last_working_on=DAY, decisions={}, address=w.office
            ),
        ),
        "returns.start_collection": (
            P.RETURNS_START,
            lambda w: call(w.olga, asset_ids=[w.held.id], address=w.office),
        ),
        "returns.decide": (
            P.RETURNS_DECIDE,
            lambda w: call(w.offboarding.lines.get(), "GIVE_AWAY", reason="a present"),
        ),
        "returns.add_item": (
            P.RETURNS_DECIDE,
            lambda w: call(w.offboarding, make_asset_of_olga(w)),
        ),
        "returns.pause": (P.RETURNS_PAUSE, lambda w: call(w.offboarding)),
        "returns.resume": (P.RETURNS_PAUSE, lambda w: call(w.paused)),
        "returns.reschedule": (
            P.RETURNS_RESCHEDULE,
            lambda w: call(w.offboarding, day=DAY + timedelta(days=1)),
        ),
        "returns.cancel": (
            P.RETURNS_CANCEL,
            lambda w: call(w.offboarding, reason="STAYS"),
        ),
        "returns.delete": (P.RETURNS_DELETE, lambda w: call(w.cancelled)),
        "returns.contact_due": (P.RETURNS_ADVANCE, lambda w: call(w.collection.id)),
        "returns.close_due": (P.RETURNS_ADVANCE, lambda w: call(w.collection.id)),
        "returns.send_link": (P.RETURNS_SEND_LINK, lambda w: call(w.offboarding)),
        "returns.answer": (
            P.RETURNS_ANSWER,
            lambda w: call(w.offboarding, method="DROPOFF"),
        ),
        "returns.send_materials": (
            P.RETURNS_SEND_PACKAGING,
            lambda w: call(w.answered),
        ),
        "returns.materials_arrived": (
            P.RETURNS_SEND_PACKAGING,
            lambda w: call(w.packaging_sent),
        ),
        "returns.book_parcel": (
            P.RETURNS_BOOK,
            lambda w: call(w.offboarding, carrier="OTHER"),
        ),
        "returns.track_parcel": (
            P.RETURNS_TRACK,
            lambda w: call(*w.booked, "IN_TRANSIT"),
        ),
        "returns.receive": (
            P.RETURNS_RECEIVE,
            lambda w: call(w.offboarding, {w.held: "B"}, w.office),
        ),
        "returns.close_parcel": (P.RETURNS_RECEIVE, lambda w: call(*w.on_its_way)),
        "redeployments.create": (
            P.REDEPLOYMENTS_CREATE,
            lambda w: call([w.stored.id], Target(user=w.olga), **w.company),
        ),
        "redeployments.cancel": (
            P.REDEPLOYMENTS_CANCEL,
            lambda w: call(w.redeployment),
        ),
        "invoicing.create": (
            P.INVOICES_CREATE,
            lambda w: call(w.redeployment, w.bill, entity=w.entity),
        ),
        "invoicing.attach_document": (
            P.INVOICES_CREATE,
            lambda w: call(w.invoice, _file()),
        ),
        "invoicing.send": (P.INVOICES_SEND, lambda w: call(w.invoice)),
        "invoicing.mark_paid": (P.INVOICES_SETTLE, lambda w: call(w.sent_invoice)),
        "invoicing.mark_overdue": (P.INVOICES_SETTLE, lambda w: call(w.sent_invoice)),
        "invoicing.cancel": (P.INVOICES_CANCEL, lambda w: call(w.invoice)),
        "invoicing.credit": (P.INVOICES_CREDIT, lambda w: call(w.sent_invoice)),
        "people.archive": (
            P.PEOPLE_ARCHIVE,
            lambda w: call(w.held.user, way="ARCHIVED", reason="LEFT"),
        ),
        "notifications.retry": (P.MAILS_RETRY, lambda w: call(w.mail)),
        "notifications.note_as_sent": (P.MAILS_NOTE_AS_SENT, lambda w: call(w.acme)),
        "imports.upload": (P.IMPORTS_RUN, lambda w: call(w.acme, _file())),
        "imports.read_again": (P.IMPORTS_RUN, lambda w: call(w.uploaded)),
        "imports.set_columns": (
            P.IMPORTS_RUN,
            lambda w: call(
                w.uploaded,
                mapping=w.uploaded.mapping,
                options={},
                default_address=None,
            ),
        ),
        "imports.confirm_columns": (
            P.IMPORTS_RUN,
            lambda w: call(
                w.uploaded,
                mapping=w.uploaded.mapping,
                options={},
                default_address=None,
            ),
        ),
        "imports.request_plan": (P.IMPORTS_RUN, lambda w: call(w.uploaded)),
        "imports.decide_unknowns": (
            P.IMPORTS_RUN,
            lambda w: call(w.planned, [NameChoice("place", "attic", "CREATE")]),
        ),
        "imports.request_apply": (P.IMPORTS_RUN, lambda w: call(w.planned)),
        "imports.discard": (P.IMPORTS_RUN, lambda w: call(w.planned)),
        "imports.request_stop": (P.IMPORTS_RUN, lambda w: call(w.applying)),
        "imports.undo": (P.IMPORTS_RUN, lambda w: call(w.applied, reason="WRONG_FILE")),
        "accounts.retag": (P.PEOPLE_EDIT, lambda w: call(w.olga, add=[w.tag.id])),
        "returns.ask_back": (
            P.RETURNS_START,
            lambda w: call(w.olga, asset_ids=[make_asset_of(w).pk]),
        ),
        "bulk.ask": (P.BULK_RUN, _asked_of_many),
        "bulk.stop": (P.BULK_RUN, lambda w: call(w.bulk_job)),
    }.items()
}


def make_asset_of(w: World) -> Asset:
    """Something she has."""
    found = Asset.objects.filter(user=w.olga, serial_number="HERS-1").first()
    return found or make_asset(w.olga, "HERS-1")


def make_asset_of_olga(w: World) -> Asset:
    """Something she got after her offboarding had started."""
    started = w.offboarding
    found = Asset.objects.filter(user=started.user, serial_number="LATER-1").first()
    return found or make_asset(w.olga, "LATER-1")


# Functions that take an actor and ask nothing themselves.
NOT_VERBS = {
    "accounts.receiver": "calls the verbs that add people and places",
    "events.record": "notes what a verb did, whose right was asked",
    "events.record_many": "its set-based twin",
    "imports.give_back": "a step of the verb that undoes",
    "imports.remember": "a step of the verb that confirms columns",
    "portal.receive": "calls the verb whose asset it is",
}
# Functions of services that take none.
WITHOUT_ACTOR = {
    "events.payload_json": "computes",
    "accounts.build": "makes an unsaved row",
    "accounts.clean": "computes",
    "accounts.draft": "makes an event, unrecorded",
    "accounts.require_over": "refuses",
    "accounts.require_not_erased": "refuses",
    "accounts.lock": "looks up",
    "companies.require_countries": "refuses",
    "companies.save_one_default": "saves for a verb",
    "companies.shown_of": "computes",
    "catalog.key": "computes",
    "catalog.quote": "computes",
    "catalog.service_price": "looks up",
    "events.chain_hash": "computes",
    "events.deliver": "a step of the machine",
    "events.head": "looks up",
    "events.retry_failed": "a step of the machine",
    "events.seal": "a step of the machine",
    "events.subjects_of": "looks up",
    "events.verify": "looks up",
    "files.erase": "deletes for a step of the machine",
    "files.local_path": "fetches for a verb",
    "files.store": "keeps for a verb",
    "inventory.apply_changes": "changes an unsaved instance",
    "inventory.build": "makes an unsaved row",
    "inventory.claim_of": "looks up",
    "inventory.claimed": "makes a refusal",
    "inventory.lock": "looks up",
    "inventory.normalise_serial": "computes",
    "inventory.require_receivers": "refuses",
    "notifications.forget": "a step of the machine",
    "notifications.send": "a step of the machine",
    "notifications.note": "a step of the machine",
    "shipping.lock": "looks up",
    "ops.back_up": "a step of the machine",
    "ops.prune": "a step of the machine",
}


_NO_CODE_OF_APPS = {"management", "migrations", "tests"}


def _modules() -> Iterator[tuple[str, ModuleType]]:
    """The modules of each app, in whichever room, with its label; services that are a
    package are what that offers."""
    for config in apps.get_app_configs():
        if config.name.startswith("apps."):
            for name in _names(config.path, config.name):
                yield config.label, import_module(name)


def _names(path: str, package: str) -> Iterator[str]:
    for found in iter_modules([path]):
        name = f"{package}.{found.name}"
        if not found.ispkg or found.name == "services":
            yield name
        elif found.name not in _NO_CODE_OF_APPS:
            yield from _names(f"{path}/{found.name}", name)


def _public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    exported = getattr(module, "__all__", None)
    for name, function in getmembers(module, isfunction):
        is_own = function.__module__ == module.__name__ and not name.startswith("_")
        if name in exported if exported else is_own:
            yield name, function


def _takes_actor(function: Callable[..., Any]) -> bool:
    found = signature(function).parameters.get("actor")
    return found is not None and found.kind is Parameter.KEYWORD_ONLY


# By `app.function`: what takes a keyword `actor`, in whatever module of an app; and
# what services offer without one.
ACTED: dict[str, Callable[..., Any]] = {}
UNACTED: set[str] = set()
for _label, _module in _modules():
    for _name, _function in _public(_module):
        if _takes_actor(_function):
            ACTED[f"{_label}.{_name}"] = _function
        elif _module.__name__.endswith(".services"):
            UNACTED.add(f"{_label}.{_name}")
