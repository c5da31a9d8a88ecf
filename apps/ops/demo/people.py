"""The people of the demo: who they are, where they live, when they joined."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple


class Land(NamedTuple):
    code: str
    share: int  # people of a hundred and twenty
    phone: str
    places: tuple[tuple[str, str, str], ...]  # city, postal code, street
    first_names: str
    last_names: str


LANDS = (
    Land(
        "PL",
        44,
        "+48 5{} {} {}",
        (
            ("Warszawa", "00-838", "Prosta"),
            ("Kraków", "31-154", "Długa"),
            ("Wrocław", "50-062", "Świdnicka"),
            ("Gdańsk", "80-831", "Szeroka"),
            ("Łódź", "90-451", "Piotrkowska"),
        ),
        "Agnieszka Bartłomiej Celina Dawid Elżbieta Filip Grażyna Hubert Iga Jędrzej "
        "Kinga Maciej Małgorzata Michał Paweł Róża Stanisław Tomasz Weronika Żaneta",
        "Adamczyk Błaszczyk Czarnecki Dąbrowska Głowacka Jabłoński Kowalczyk Król "
        "Lewandowska Majchrzak Nowak Ogrodnik Pawłowska Sikora Szczepański Śliwa "
        "Wójcik Wróbel Zając Żuraw",
    ),
    Land(
        "DE",
        24,
        "+49 151 {} {}{}",
        (
            ("Berlin", "10119", "Torstraße"),
            ("München", "80331", "Sonnenstraße"),
            ("Köln", "50667", "Große Budengasse"),
            ("Leipzig", "04109", "Nikolaistraße"),
        ),
        "Anke Björn Cem Dörte Emre Frauke Götz Heike Jörg Katharina Lukas Meike Nils "
        "Özlem Sören Ursula Yannick",
        "Bäcker Çelik Dreßler Engelhardt Förster Groß Hübner Jäger Krämer Löffler "
        "Neumann Özdemir Pfeiffer Schäfer Strauß Vögel Weiß Yılmaz",
    ),
    Land(
        "FR",
        12,
        "+33 6 {} {} {}",
        (
            ("Paris", "75011", "Rue Oberkampf"),
            ("Lyon", "69002", "Rue de la République"),
            ("Nantes", "44000", "Quai de la Fosse"),
        ),
        "Aurélie Benoît Chloé Désiré Éloïse François Gaëlle Hélène Jérôme Loïc Noémie "
        "Théo Zoé",
        "Beaulieu Chrétien Dubois Fournier Gérard Lefèvre Marchal Noël Pélissier "
        "Rousseau Thévenot",
    ),
    Land(
        "ES",
        10,
        "+34 6{} {} {}",
        (
            ("Madrid", "28004", "Calle de Fuencarral"),
            ("Málaga", "29015", "Calle Larios"),
            ("A Coruña", "15003", "Rúa Real"),
        ),
        "Álvaro Begoña Íñigo Joaquín Lucía Marisol Nuria Óscar Raúl Sofía Ximena",
        "Ibáñez Gómez Muñoz Núñez Peña Quiñones Rodríguez Sánchez Vázquez Zúñiga",
    ),
    Land(
        "GB",
        12,
        "+44 7{} {} {}",
        (
            ("London", "EC1V 9BD", "Old Street"),
            ("Manchester", "M1 1PT", "Tib Street"),
            ("Edinburgh", "EH1 2NG", "Lothian Road"),
        ),
        "Abena Callum Davina Ewan Fiona Gareth Imogen Kwame Niamh Priya Rhys Siobhán",
        "Achterberg Brown Campbell Davies Fitzgerald MacLeod O'Connor Okonkwo Patel "
        "Singh Taylor Whitfield",
    ),
    Land(
        "PT",
        6,
        "+351 91{} {} {}",
        (
            ("Lisboa", "1200-109", "Rua da Misericórdia"),
            ("Porto", "4050-253", "Rua das Flores"),
        ),
        "Inês João Mafalda Nélson Patrícia Simão Teresa",
        "Assunção Conceição Falcão Gonçalves Magalhães Simões",
    ),
    Land(
        "CZ",
        6,
        "+420 60{} {} {}",
        (("Praha", "110 00", "Spálená"), ("Brno", "602 00", "Česká")),
        "Aneta Bořek Hynek Jiří Kateřina Ondřej Zdeňka",
        "Černý Dvořáková Hrubý Kučera Němcová Svoboda Šťastný",
    ),
    Land(
        "US",
        6,
        "+1 415 555 {}{}",
        (
            ("San Francisco", "94107", "Bryant Street"),
            ("Austin", "78701", "Congress Avenue"),
        ),
        "Aaliyah Brandon Diego Hanna Nguyet Tyler",
        "Alvarez Goldberg Jackson Nguyễn Ramirez Thompson",
    ),
)
TEAMS = {
    "Engineering": (
        40,
        ("Software Engineer", "Senior Software Engineer", "Site Reliability Engineer"),
    ),
    "Product": (10, ("Product Manager", "Product Designer", "UX Researcher")),
    "Sales": (18, ("Account Executive", "Sales Development Representative")),
    "Customer Success": (14, ("Support Specialist", "Customer Success Manager")),
    "Marketing": (8, ("Content Manager", "Performance Marketer")),
    "Finance": (6, ("Accountant", "Financial Controller")),
    "People & Culture": (4, ("HR Business Partner", "Recruiter")),
}
HEAVY_TEAMS = frozenset({"Engineering", "Product"})

# Letters that do not fall apart into a base letter and a mark.
_PLAIN = str.maketrans(
    {"ł": "l", "ß": "ss", "ø": "o", "ı": "i", "ü": "ue", "ö": "oe", "ä": "ae"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """What `accounts.create` takes, and when it is called."""

    fields: dict[str, Any]
    entered_at: datetime


def generate(
    rng: Random, count: int, *, domain: str, today: date, taken: set[str]
) -> Iterator[Person]:
    """So many people of all countries; the last four of them join soon."""
    lands = [land for land in LANDS for _ in range(land.share)]
    rng.shuffle(lands)
    teams = [team for team, (weight, _t) in TEAMS.items() for _ in range(weight)]
    for number, land in enumerate(lands[:count]):
        first, last = _name(rng, land, domain, taken)
        joins_soon = number >= count - 4
        days = -rng.randint(5, 25) if joins_soon else rng.randint(200, 1700)
        start_on = _working_day(today - timedelta(days=days))
        entered_on = today - timedelta(days=number % 7 + 2) if joins_soon else start_on
        entered_at = datetime.combine(entered_on, time(8, number % 60), UTC)
        team = rng.choice(teams)
        fields = {
            "first_name": first,
            "last_name": last,
            "email": f"{local_part(first, last)}@{domain}",
            "private_email": f"{local_part(first, last)}@home.example",
            "employee_number": f"A{1003 + number}",
            "department": team,
            "job_title": rng.choice(TEAMS[team][1]),
            "start_on": start_on,
            **_home(rng, land),
        }
        yield Person(fields, entered_at)


def local_part(first: str, last: str) -> str:
    return f"{plain(first)}.{plain(last)}"


def plain(name: str) -> str:
    text = unicodedata.normalize("NFC", name).lower().translate(_PLAIN)
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if (c.isascii() and c.isalnum()) or c == "-")


def _name(rng: Random, land: Land, domain: str, taken: set[str]) -> tuple[str, str]:
    firsts, lasts = land.first_names.split(), land.last_names.split()
    while True:
        first, last = rng.choice(firsts), rng.choice(lasts)
        if land.code == "DE" and rng.random() < 0.08:
            last = f"{last}-{rng.choice(lasts)}"
        email = f"{local_part(first, last)}@{domain}"
        if email not in taken:
            taken.add(email)
            return first, last


def _home(rng: Random, land: Land) -> dict[str, str]:
    city, postal_code, street = rng.choice(land.places)
    digits = [f"{rng.randint(0, 999):03}" for _ in range(3)]
    number = rng.randint(1, 140)
    leads = land.code in {"GB", "US", "FR"}
    return {
        "country_id": land.code,
        "city": city,
        "postal_code": postal_code,
        "street": f"{number} {street}" if leads else f"{street} {number}",
        "phone": land.phone.format(*digits),
    }


def _working_day(day: date) -> date:
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day
