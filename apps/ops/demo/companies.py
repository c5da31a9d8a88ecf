"""The demo's companies, their places and catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.models import Login, User
from apps.accounts.tags import set_tags
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies import entities
from apps.companies import services as companies
from apps.companies.models import Address, Company, Tag, Warehouse
from apps.companies.tags import create_tag
from apps.core.actor import SYSTEM, Role
from apps.core.keys import Index

from . import catalogue, people
from .sign_ins import PASSWORD


@dataclass(slots=True)
class Cast:
    """A company of the demo with what its steps need."""

    company: Company
    admin: User
    people: list[User]
    products: Index[Product]
    offices: list[Address]
    shelves: list[Address]

    def product(self, model: catalogue.Model) -> Product:
        return self.products[model.name, model.model_number]


def acme(rng: Random, *, today: date, founded: datetime) -> Cast:
    company = companies.create_company(
        actor=SYSTEM,
        name="Acme",
        slug="acme",
        country_id="PL",
        mail_always=True,
        at=founded,
    )
    _entities_of_acme(company, founded)
    for name in people.TEAMS:
        create_tag(actor=SYSTEM, company=company, name=name, at=founded)
    anna = _person(
        company,
        "Anna",
        "Kowalska",
        founded,
        role=Role.COMPANY_ADMIN,
        department="People & Culture",
        job_title="IT Manager",
        employee_number="A1000",
        city="Warszawa",
        postal_code="00-838",
        street="Prosta 70",
    )
    emil = _person(
        company,
        "Emil",
        "Jørgensen",
        founded,
        department="Engineering",
        job_title="Software Engineer",
        employee_number="A1001",
        city="Wrocław",
        postal_code="50-062",
        street="Świdnicka 12",
    )
    wanda = _person(
        company,
        "Wanda",
        "Żółkiewska",
        founded,
        role=Role.STORAGE,
        department="Operations",
        job_title="Warehouse Specialist",
        employee_number="A1002",
        city="Poznań",
        postal_code="61-286",
        street="Szwajcarska 14",
    )
    offices, shelves = _places_of_acme(company, founded)
    for shelf in shelves:
        accounts.assign_storage(wanda, actor=SYSTEM, address=shelf)
    lukasz = _person(
        company,
        "Łukasz",
        "Brzęczyszczykiewicz-Müller",
        founded,
        department="Engineering",
        job_title="Staff Engineer",
        employee_number="A1120",
        city="Kraków",
        postal_code="31-154",
        street="Długa 48",
        has_login=False,
    )
    others = _generated(rng, company, 116, today=today)
    everybody = [anna, emil, wanda, lukasz, *others]
    return Cast(company, anna, everybody, _products(company, founded), offices, shelves)


def globex(rng: Random, *, today: date, founded: datetime) -> Cast:
    company = companies.create_company(
        actor=SYSTEM, name="Globex", slug="globex", country_id="DE", at=founded
    )
    gina = _person(
        company, "Gina", "Schröder", founded, role=Role.COMPANY_ADMIN, country_id="DE"
    )
    office = companies.create_address(
        actor=SYSTEM,
        company=company,
        name="Hamburg office",
        street="Mönckebergstraße 7",
        city="Hamburg",
        postal_code="20095",
        country_id="DE",
        is_default=True,
        at=founded,
    )
    others = _generated(rng, company, 7, today=today)
    products = _products(company, founded)
    return Cast(company, gina, [gina, *others], products, [office], [])


def initech(*, founded: datetime) -> None:
    company = companies.create_company(
        actor=SYSTEM, name="Initech", slug="initech", country_id="ES", at=founded
    )
    _person(company, "Inés", "Peña", founded, role=Role.COMPANY_ADMIN, country_id="ES")


def platform_staff() -> None:
    platform = Company.objects.get(kind=Company.Kind.PLATFORM)
    root = accounts.create(
        actor=SYSTEM,
        company=platform,
        first_name="Root",
        email="root@tequipy.example",
        role=Role.TEQUIPY_ADMIN,
    )
    _let_in(root)


def _let_in(user: User) -> None:
    """Invited, and accepted with a password that everybody knows."""
    login = Login.objects.create_user(user.email, PASSWORD)
    invitation = membership.invite(user, actor=SYSTEM)
    membership.accept(invitation, login=login, link_version=invitation.link_version)


def _person(
    company: Company,
    first_name: str,
    last_name: str,
    founded: datetime,
    *,
    has_login: bool = True,
    **fields: Any,
) -> User:
    """Somebody who was there from the first day."""
    login = people.plain(first_name)
    local = login if has_login else people.local_part(first_name, last_name)
    user = accounts.create(
        actor=SYSTEM,
        company=company,
        at=founded,
        **{
            "first_name": first_name,
            "last_name": last_name,
            "email": f"{local}@{company.slug}.example",
            "private_email": f"{people.local_part(first_name, last_name)}@home.example",
            "country_id": "PL",
            "start_on": founded.date(),
            **fields,
        },
    )
    user = _tag(user, founded)
    if has_login:
        _let_in(user)
        user.refresh_from_db()
    return user


def _generated(rng: Random, company: Company, count: int, *, today: date) -> list[User]:
    domain, taken = f"{company.slug}.example", set()
    found = list(people.generate(rng, count, domain=domain, today=today, taken=taken))
    return [
        _tag(
            accounts.create(
                actor=SYSTEM, company=company, at=person.entered_at, **person.fields
            ),
            person.entered_at,
        )
        for person in sorted(found, key=lambda person: person.entered_at)
    ]


def _entities_of_acme(company: Company, founded: datetime) -> None:
    for fields in (
        {
            "legal_name": "Acme Deutschland GmbH",
            "street": "Torstraße 140",
            "city": "Berlin",
            "region": "DE-BE",
            "postal_code": "10119",
            "country_id": "DE",
            "invoicing_email": "rechnungen@acme.example",
            "currency": "EUR",
            "vat_id": "DE136695976",
        },
        {
            "legal_name": "Acme Polska Sp. z o.o.",
            "street": "Prosta 51",
            "city": "Warszawa",
            "postal_code": "00-838",
            "country_id": "PL",
            "invoicing_email": "faktury@acme.example",
            "currency": "PLN",
            "vat_id": "PL5260250995",
        },
    ):
        entity = entities.create_entity(
            actor=SYSTEM, company=company, at=founded, **fields
        )
        entities.note_vat_check(entity, actor=SYSTEM, is_valid=True)


def _tag(user: User, at: datetime) -> User:
    """With the tag of their department, if the company has one for it."""
    tag = Tag.objects.filter(company=user.company, name=user.department).first()
    return set_tags(user, [tag.id], actor=SYSTEM, at=at) if tag else user


def _places_of_acme(
    company: Company, founded: datetime
) -> tuple[list[Address], list[Address]]:
    made = [
        companies.create_address(actor=SYSTEM, company=company, at=founded, **fields)
        for fields in (
            {
                "name": "Warsaw office",
                "street": "Prosta 51",
                "city": "Warszawa",
                "postal_code": "00-838",
                "country_id": "PL",
                "contact_name": "Magda Sikora",
                "contact_phone": "+48 22 555 01 40",
                "contact_email": "reception.warsaw@acme.example",
                "supported_countries": ["PL", "CZ"],
            },
            {
                "name": "Berlin office",
                "street": "Torstraße 140",
                "city": "Berlin",
                "street2": "Aufgang B, 3. OG",
                "postal_code": "10119",
                "region": "DE-BE",
                "country_id": "DE",
                "contact_name": "Jonas Brandt",
                "contact_phone": "+49 30 555 0140",
                "contact_email": "empfang.berlin@acme.example",
                "supported_countries": ["DE"],
            },
            _shelf_in(
                _warehouse(
                    "Poznań",
                    country_id="PL",
                    street="Magazynowa 5",
                    city="Poznań",
                    postal_code="61-286",
                    serves=["PL", "DE", "CZ"],
                ),
                is_default=True,
            ),
            _shelf_in(
                _warehouse(
                    "Lyon",
                    country_id="FR",
                    street="Rue de l'Entrepôt 18",
                    city="Lyon",
                    postal_code="69009",
                    serves=["FR", "ES", "PT", "GB"],
                )
            ),
        )
    ]
    return made[:2], made[2:]


def _warehouse(name: str, *, serves: list[str], **fields: Any) -> Warehouse:
    site, is_new = Warehouse.objects.get_or_create(name=name, defaults=fields)
    if is_new:
        site.serves.set(serves)
    return site


def _shelf_in(warehouse: Warehouse, *, is_default: bool = False) -> dict[str, Any]:
    return {
        "type": Address.Type.TEQUIPY,
        "name": f"{warehouse.name} shelf",
        "warehouse": warehouse,
        "street": warehouse.street,
        "city": warehouse.city,
        "postal_code": warehouse.postal_code,
        "country_id": warehouse.country_id,
        "is_default": is_default,
    }


def _products(company: Company, founded: datetime) -> Index[Product]:
    return catalog.create_many(
        catalogue.products(company), actor=SYSTEM, company=company, at=founded
    )
