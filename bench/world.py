"""Companies with their people, places and products, the same at every run.

Sizes are very unequal, as customers are: the first company has most of everything, the
others share the rest, the k-th 1/k of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

SEED = 20260101
# People are there before the first device comes.
BEGINNING = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp())
FIRST_DEVICE = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SHARE_OF_FIRST = 0.6
NULL = r"\N"


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


_FIRST_NAMES = _words(
    "Anna Jan Maria Piotr Katarzyna Tomasz Lena Jonas Sofia Lukas Zoë José Ingrid",
    "Søren Élodie Luca Chiara Björn Agnieszka Jürgen Nuria Dmytro Oksana Ana Mateus",
)
_LAST_NAMES = _words(
    "Kowalska Nowak Wiśniewski Müller Schmidt Fischer Dubois Moreau Rossi Bianchi",
    "Jensen Nielsen Andersson García Fernández Silva Santos Shevchenko Bondarenko",
    "Novák Horváth Popescu Jansen Visser O'Brien Smith Taylor Kaya Öztürk Ito",
)
_DEPARTMENTS = _words(
    "Engineering Sales Finance Support Marketing People Operations Legal"
)
_JOBS = _words("Engineer Manager Analyst Consultant Designer Assistant Lead Director")
# Code, city, currency.
_CITIES = (
    ("PL", "Warszawa", "PLN"),
    ("DE", "Berlin", "EUR"),
    ("FR", "Paris", "EUR"),
    ("GB", "London", "GBP"),
    ("ES", "Madrid", "EUR"),
    ("CZ", "Praha", "CZK"),
    ("US", "New York", "USD"),
    ("PT", "Lisboa", "EUR"),
)
_MODELS = (
    ("LAPTOP", "Apple", "MacBook Pro", 2199),
    ("LAPTOP", "Dell", "Latitude", 1249),
    ("LAPTOP", "Lenovo", "ThinkPad T", 1399),
    ("MONITOR", "Dell", "UltraSharp U", 449),
    ("PHONE", "Apple", "iPhone", 899),
    ("PHONE", "Samsung", "Galaxy S", 799),
    ("HEADSET", "Jabra", "Evolve", 189),
    ("DOCK", "Lenovo", "USB-C Dock", 219),
    ("KEYBOARD", "Logitech", "MX Keys", 109),
    ("MOUSE", "Logitech", "MX Master", 99),
    ("TABLET", "Apple", "iPad", 649),
    ("DESKTOP", "HP", "EliteDesk", 999),
)
# Of every twenty people; whoever is not there has left.
_STATES = ("ACTIVE",) * 17 + ("CREATED", "OFFBOARDED", "ARCHIVED")
_PRESENT = 18


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything, by how many devices there are."""

    assets: int

    @property
    def people(self) -> int:
        return self.assets // 5

    @property
    def companies(self) -> int:
        return max(5, self.assets // 200)


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    name: str
    price: str
    specification: str


@dataclass(slots=True)
class Company:
    number: int
    id: str
    currency: str
    people: list[str]
    places: list[str]
    products: list[Product]

    def anybody(self, rng: random.Random) -> str:
        return self.people[int(rng.random() * len(self.people))]

    def somebody_present(self, rng: random.Random) -> str:
        """Of the people who may be handed something."""
        found = int(rng.random() * len(self.people))
        return self.people[found if found % 20 < _PRESENT else found - found % 20]

    def somewhere(self, rng: random.Random) -> str:
        return self.places[int(rng.random() ** 2 * len(self.places))]

    def some_product(self, rng: random.Random) -> Product:
        return self.products[int(rng.random() ** 2 * len(self.products))]


def uuid7(seconds: int, rng: random.Random) -> str:
    """As the application makes them: the time first, then chance."""
    chance = rng.getrandbits(86)
    text = f"{seconds * 1000 + (chance & 1023) % 1000:012x}{chance >> 10:019x}"
    variant = "89ab"[int(text[15], 16) & 3]
    return (
        f"{text[:8]}-{text[8:12]}-7{text[12:15]}-{variant}{text[16:19]}-{text[19:31]}"
    )


def instant(seconds: int) -> str:
    """As orjson writes it, so that hashes over it are those of the application."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def day(seconds: int) -> str:
    return instant(seconds)[:10]


def as_json(value: object) -> str:
    """Inside a line of COPY."""
    return orjson.dumps(value).decode().replace("\\", "\\\\")


def row(*values: object) -> str:
    return "\t".join(map(str, values)) + "\n"


def shares(count: int) -> list[float]:
    """Of each company, of everything; together 1."""
    others = [1 / number for number in range(1, count)]
    scale = (1 - SHARE_OF_FIRST) / sum(others)
    return [SHARE_OF_FIRST, *(scale * one for one in others)]


def make_companies(size: Size, rng: random.Random) -> Iterator[tuple[Company, Rows]]:
    """Company by company, with the rows of its tables."""
    weights = shares(size.companies)
    heads = [max(2, round(size.people * weight)) for weight in weights]
    heads[0] += size.people - sum(heads)
    for number, people in enumerate(heads):
        yield _make_company(number, people, rng)


Rows = dict[str, list[str]]


def _make_company(number: int, people: int, rng: random.Random) -> tuple[Company, Rows]:
    began = BEGINNING + number
    country, _city, currency = _CITIES[number % len(_CITIES)]
    company = Company(number, uuid7(began, rng), currency, [], [], [])
    name = f"Company {number + 1:04}"
    rows: Rows = {
        "companies_company": [
            row(
                company.id,
                "CUSTOMER",
                name,
                f"bench-{number + 1}",
                country,
                "Europe/Warsaw",
                currency,
                "en",
                *(7, 3, 6, 9, "f", "09:00", "18:00", "{1,2,3,4,5}"),
                instant(began),
            )
        ],
        "companies_address": list(_places(company, 1 + min(59, people // 50), rng)),
        "catalog_product": list(_products(company, min(400, 4 + people // 10), rng)),
        "catalog_productprice": list(_prices(company, began, rng)),
        "accounts_user": list(_people(company, people, rng)),
    }
    return company, rows


def _places(company: Company, count: int, rng: random.Random) -> Iterator[str]:
    for number in range(count):
        country, city, _currency = _CITIES[(company.number + number) % len(_CITIES)]
        began = BEGINNING + company.number
        company.places.append(uuid7(began, rng))
        yield row(
            company.places[-1],
            company.id,
            "INTERNAL",
            f"{city} office {number + 1}",
            f"Main Street {number + 1}",
            city,
            f"{10000 + 37 * number}",
            country,
            NULL,
            "f" if number else "t",
            "t",
            instant(began),
        )


def _products(company: Company, count: int, rng: random.Random) -> Iterator[str]:
    for number in range(count):
        category, maker, line, price = _MODELS[number % len(_MODELS)]
        began = BEGINNING + company.number
        memory = 8 << number % 4
        parts = [{"Memory": f"{memory} GB"}, {"Storage": f"{32 * memory} GB"}]
        product = Product(
            id=uuid7(began, rng),
            name=f"{line} {14 + number // len(_MODELS)}",
            price=f"{price + number}.00",
            specification=as_json(parts if price > 600 else []),
        )
        company.products.append(product)
        yield row(
            product.id,
            company.id,
            product.name,
            category,
            maker,
            f"M{number:04}",
            product.specification,
            "t" if number % 3 else "f",
            instant(began),
            instant(began),
        )


def _prices(company: Company, began: int, rng: random.Random) -> Iterator[str]:
    """In the company's currency: everywhere, and for one in four in two countries."""
    for number, product in enumerate(company.products):
        places = [NULL] if number % 4 else [NULL, "DE", "PL"]
        for place in places:
            yield row(
                uuid7(began, rng),
                company.id,
                product.id,
                company.currency,
                place,
                product.price if place == NULL else f"{float(product.price) * 1.1:.2f}",
                "f",
                instant(began),
            )


def _people(company: Company, count: int, rng: random.Random) -> Iterator[str]:
    span = FIRST_DEVICE - BEGINNING - 5000
    for number in range(count):
        began = BEGINNING + company.number + span * number // count
        first = _FIRST_NAMES[int(rng.random() * len(_FIRST_NAMES))]
        last = _LAST_NAMES[int(rng.random() * len(_LAST_NAMES))]
        mail = f"{first}.{last}.{number}@bench-{company.number + 1}.example".lower()
        country, city, _currency = _CITIES[int(rng.random() * len(_CITIES))]
        state = _STATES[number % 20]
        company.people.append(uuid7(began, rng))
        yield row(
            company.people[-1],
            company.id,
            "EMPLOYEE" if number else "COMPANY_ADMIN",
            state,
            first,
            last,
            mail,
            f"{first.lower()}{number}@home.example" if number % 3 == 0 else "",
            f"E{number:06}",
            f"+48 600 {number // 1000 % 1000:03} {number % 1000:03}",
            f"{_DEPARTMENTS[number % 8]} {_JOBS[number // 8 % 8]}",
            _DEPARTMENTS[number % 8],
            f"CC-{number % 40:03}",
            f"Long Street {number % 200 + 1}",
            city,
            f"{10000 + number % 89999}",
            country,
            day(began),
            NULL if state in {"ACTIVE", "CREATED"} else day(END),
            instant(began),
            instant(began),
            *("", "", "", "", ""),
        )
