"""What the columns of a file mean: headers to fields, and files to kinds.

The alias tables follow the exports of Snipe-IT, Shelf, Jamf, Intune and
BambooHR, and home-made sheets in English, German, Polish and French.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# A target `specification:RAM` puts the cell under "RAM" in the specification.
SPECIFICATION = "specification:"

TYPED_HEADER = re.compile(r"\s*cf:\s*(?P<name>.+?)\s*(?:,\s*type:.*)?", re.IGNORECASE)
# Letters that Unicode does not take apart into a base letter and an accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


class Kind(enum.StrEnum):
    ASSETS = "ASSETS"
    PEOPLE = "PEOPLE"


class Value(enum.StrEnum):
    """What the cells of a field are; each has its converter in `values`."""

    TEXT = "TEXT"
    CODE = "CODE"
    SERIAL = "SERIAL"
    EMAIL = "EMAIL"
    DATE = "DATE"
    MONEY = "MONEY"
    CURRENCY = "CURRENCY"
    MONTHS = "MONTHS"
    BOOLEAN = "BOOLEAN"
    COUNTRY = "COUNTRY"
    CATEGORY = "CATEGORY"
    STATUS = "STATUS"
    CONDITION = "CONDITION"


class Confidence(enum.StrEnum):
    KNOWN = "KNOWN"
    LIKELY = "LIKELY"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Field:
    """A place in our records that a column can fill.

    `aliases` mean this field and nothing else; `likely` ones give way to them.
    """

    name: str
    label: str | Promise
    value: Value
    aliases: tuple[str, ...]
    likely: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file, by position, with its target and the reason."""

    position: int
    header: str
    target: str | None
    confidence: Confidence
    why: str


@dataclass(frozen=True, slots=True)
class Mapping:
    kind: Kind
    columns: tuple[Column, ...]

    def targets(self) -> dict[int, str]:
        """Position to target, of the mapped columns only."""
        return {c.position: c.target for c in self.columns if c.target}

    def position_of(self, target: str) -> int | None:
        return next((c.position for c in self.columns if c.target == target), None)

    @property
    def unmapped(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.target is None)


@dataclass(frozen=True, slots=True)
class Detection:
    """The kind of a file, or the sentence that says why it has none."""

    kind: Kind | None
    code: str = ""
    message: str = ""


ASSET_FIELDS = (
    Field(
        "serial_number",
        gettext_lazy("Serial number"),
        Value.SERIAL,
        (
            "Serial number",
            "Serial",
            "Serial no.",
            "Serial #",
            "Serial num",
            "Serials",
            "Device serial number",
            "Device serial",
            "Asset serial number",
            "SN",
            "S/N",
            "Service tag",
            "Seriennummer",
            "Serien-Nr.",
            "Seriennr.",
            "Serie",
            "Numer seryjny",
            "Nr seryjny",
            "Numéro de série",
            "N° de série",
            "No de série",
            "N° série",
            "Número de serie",
        ),
    ),
    Field(
        "asset_tag",
        gettext_lazy("Asset tag"),
        Value.CODE,
        (
            "Asset tag",
            "Asset number",
            "Asset no.",
            "Asset #",
            "Asset code",
            "Inventory number",
            "Inventory no.",
            "Inventory tag",
            "Tag number",
            "Inventarnummer",
            "Inventar-Nr.",
            "Inventarnr.",
            "Gerätenummer",
            "Numer inwentarzowy",
            "Nr inwentarzowy",
            "Numéro d'inventaire",
            "N° d'inventaire",
            "N° inventaire",
        ),
        likely=("Tag", "Asset ID", "Barcode", "Bar Code 1", "Etykieta", "Étiquette"),
    ),
    Field(
        "name",
        gettext_lazy("Name of the device"),
        Value.TEXT,
        (
            "Item name",
            "Asset name",
            "Device name",
            "Computer name",
            "Host name",
            "Gerätename",
            "Nazwa urządzenia",
            "Nazwa komputera",
            "Nom de l'appareil",
            "Nom du poste",
        ),
        likely=("Name", "Title", "Asset", "Device", "Gerät", "Nazwa", "Nom", "Item"),
    ),
    Field(
        "product_name",
        gettext_lazy("Model"),
        Value.TEXT,
        (
            "Model name",
            "Product",
            "Product name",
            "Asset model",
            "Device model",
            "Equipment",
            "Equipment name",
            "Modell",
            "Modellbezeichnung",
            "Produkt",
            "Nazwa modelu",
            "Modèle",
            "Nom du modèle",
            "Produit",
        ),
        likely=("Model",),
    ),
    Field(
        "model_number",
        gettext_lazy("Model number"),
        Value.CODE,
        (
            "Model number",
            "Model no.",
            "Model #",
            "Model num",
            "Model identifier",
            "Part number",
            "Part no.",
            "MPN",
            "SKU",
            "Modellnummer",
            "Modell-Nr.",
            "Numer modelu",
            "Nr modelu",
            "Numéro de modèle",
            "N° de modèle",
            "Référence",
        ),
    ),
    Field(
        "manufacturer",
        gettext_lazy("Manufacturer"),
        Value.TEXT,
        (
            "Manufacturer",
            "Brand",
            "Make",
            "Hersteller",
            "Marke",
            "Producent",
            "Marka",
            "Fabricant",
            "Marque",
            "Constructeur",
        ),
    ),
    Field(
        "category",
        gettext_lazy("Category"),
        Value.CATEGORY,
        (
            "Category",
            "Asset category",
            "Asset type",
            "Device type",
            "Equipment type",
            "Kategorie",
            "Gerätetyp",
            "Geräteart",
            "Kategoria",
            "Typ urządzenia",
            "Catégorie",
            "Type d'appareil",
            "Type de matériel",
        ),
        likely=("Type", "Typ", "Art", "Rodzaj"),
    ),
    Field(
        "state",
        gettext_lazy("State"),
        Value.STATUS,
        (
            "Status",
            "State",
            "Asset status",
            "Status label",
            "Status name",
            "Zustand Gerät",
            "Stan urządzenia",
            "Statut",
            "État",
        ),
        likely=("Device state", "Availability"),
    ),
    Field(
        "holder_email",
        gettext_lazy("E-mail of the holder"),
        Value.EMAIL,
        (
            "Checked out to: Email",
            "Assigned to email",
            "Assigned email",
            "User email",
            "Holder email",
            "Employee email",
            "Owner email",
            "Custodian email",
            "Primary user email address",
            "E-Mail Mitarbeiter",
            "E-Mail Benutzer",
            "E-mail pracownika",
            "E-mail użytkownika",
            "E-mail utilisateur",
        ),
        likely=("Email", "E-mail address", "Mail", "Adres e-mail", "Adresse e-mail"),
    ),
    Field(
        "holder_username",
        gettext_lazy("User name of the holder"),
        Value.TEXT,
        (
            "Checked out to: Username",
            "Assigned username",
            "Holder username",
            "Username",
            "Login",
            "Benutzername",
            "Anmeldename",
            "Nazwa użytkownika",
            "Identifiant",
            "Nom d'utilisateur",
        ),
        likely=("Primary user UPN", "UPN", "User principal name"),
    ),
    Field(
        "holder_first_name",
        gettext_lazy("First name of the holder"),
        Value.TEXT,
        ("Checked out to: First name", "Holder first name"),
        likely=("First name", "Vorname", "Imię", "Prénom"),
    ),
    Field(
        "holder_last_name",
        gettext_lazy("Last name of the holder"),
        Value.TEXT,
        ("Checked out to: Last name", "Holder last name"),
        likely=("Last name", "Surname", "Nachname", "Nazwisko", "Nom de famille"),
    ),
    Field(
        "holder_name",
        gettext_lazy("Name of the holder"),
        Value.TEXT,
        (
            "Full name",
            "Checked out to",
            "Checked out to: Name",
            "Checked out to: Full name",
            "Assigned to",
            "Assigned user",
            "Assignee",
            "Holder",
            "Holder name",
            "Custodian",
            "Employee name",
            "User name full",
            "Primary user display name",
            "Zugewiesen an",
            "Inhaber",
            "Przypisany do",
            "Przypisane do",
            "Attribué à",
            "Affecté à",
            "Détenteur",
        ),
        likely=(
            "User",
            "Owner",
            "Employee",
            "Used by",
            "Person",
            "Mitarbeiter",
            "Mitarbeiterin",
            "Benutzer",
            "Nutzer",
            "Besitzer",
            "Pracownik",
            "Użytkownik",
            "Imię i nazwisko",
            "Utilisateur",
            "Employé",
            "Collaborateur",
            "Salarié",
        ),
    ),
    Field(
        "location",
        gettext_lazy("Place"),
        Value.TEXT,
        (
            "Location",
            "Place",
            "Office",
            "Address name",
            "Default location",
            "Location name",
            "Standort",
            "Lagerort",
            "Lokalizacja",
            "Lokacja",
            "Emplacement",
            "Localisation",
            "Lieu",
        ),
        likely=("Building", "Site", "Ort", "Büro", "Biuro", "Bureau", "Warehouse"),
    ),
    Field(
        "purchase_date",
        gettext_lazy("Purchase date"),
        Value.DATE,
        (
            "Purchase date",
            "Purchased on",
            "Purchased",
            "Date purchased",
            "Date of purchase",
            "Bought on",
            "PO date",
            "Kaufdatum",
            "Anschaffungsdatum",
            "Gekauft am",
            "Data zakupu",
            "Date d'achat",
        ),
        likely=("Order date", "Invoice date", "Rechnungsdatum"),
    ),
    Field(
        "purchase_price",
        gettext_lazy("Purchase price"),
        Value.MONEY,
        (
            "Purchase cost",
            "Purchase price",
            "Price",
            "Cost",
            "Kaufpreis",
            "Anschaffungspreis",
            "Preis",
            "Cena",
            "Cena zakupu",
            "Prix",
            "Prix d'achat",
        ),
        likely=("Valuation", "Value", "Wert", "Wartość", "Valeur", "Anschaffungswert"),
    ),
    Field(
        "currency",
        gettext_lazy("Currency"),
        Value.CURRENCY,
        ("Currency", "Currency code", "Währung", "Waluta", "Devise", "Monnaie"),
    ),
    Field(
        "supplier",
        gettext_lazy("Supplier"),
        Value.TEXT,
        (
            "Supplier",
            "Vendor",
            "Seller",
            "Purchased from",
            "Lieferant",
            "Händler",
            "Dostawca",
            "Sprzedawca",
            "Fournisseur",
        ),
    ),
    Field(
        "order_number",
        gettext_lazy("Order number"),
        Value.CODE,
        (
            "Order number",
            "Order no.",
            "Order #",
            "PO number",
            "Purchase order",
            "Purchase order number",
            "Bestellnummer",
            "Bestell-Nr.",
            "Numer zamówienia",
            "Nr zamówienia",
            "Numéro de commande",
            "N° de commande",
        ),
        likely=("Invoice number", "Invoice no.", "Rechnungsnummer", "Numer faktury"),
    ),
    Field(
        "warranty_months",
        gettext_lazy("Warranty in months"),
        Value.MONTHS,
        (
            "Warranty",
            "Warranty months",
            "Warranty (months)",
            "Warranty period",
            "Garantie (Monate)",
            "Garantie in Monaten",
            "Gwarancja (miesiące)",
            "Garantie (mois)",
        ),
        likely=("Garantie", "Gwarancja"),
    ),
    Field(
        "warranty_ends_on",
        gettext_lazy("End of the warranty"),
        Value.DATE,
        (
            "Warranty ends on",
            "Warranty end",
            "Warranty end date",
            "Warranty expiration",
            "Warranty expiration date",
            "Warranty expires",
            "Warranty expiry",
            "Warranty until",
            "Garantie bis",
            "Garantieende",
            "Gwarancja do",
            "Koniec gwarancji",
            "Fin de garantie",
            "Garantie jusqu'au",
        ),
    ),
    Field(
        "condition",
        gettext_lazy("Condition"),
        Value.CONDITION,
        ("Condition", "Grade", "Zustand", "Stan techniczny", "Condition physique"),
        likely=("Stan",),
    ),
    Field(
        "notes",
        gettext_lazy("Notes"),
        Value.TEXT,
        (
            "Notes",
            "Asset notes",
            "Note",
            "Comment",
            "Comments",
            "Remarks",
            "Bemerkung",
            "Bemerkungen",
            "Notiz",
            "Notizen",
            "Kommentar",
            "Uwagi",
            "Notatki",
            "Remarques",
            "Commentaire",
            "Commentaires",
        ),
        likely=("Description", "Beschreibung", "Opis"),
    ),
    Field(
        "external_id",
        gettext_lazy("Id in the other system"),
        Value.CODE,
        ("External id", "Device ID", "JSS Computer ID", "Computer ID"),
        likely=("Id",),
    ),
)

PEOPLE_FIELDS = (
    Field(
        "first_name",
        gettext_lazy("First name"),
        Value.TEXT,
        ("First name", "Given name", "Forename", "Vorname", "Imię", "Prénom"),
    ),
    Field(
        "last_name",
        gettext_lazy("Last name"),
        Value.TEXT,
        (
            "Last name",
            "Surname",
            "Family name",
            "Nachname",
            "Familienname",
            "Nazwisko",
            "Nom de famille",
        ),
        likely=("Nom",),
    ),
    Field(
        "full_name",
        gettext_lazy("Full name"),
        Value.TEXT,
        (
            "Full name",
            "Display name",
            "Employee name",
            "Vollständiger Name",
            "Imię i nazwisko",
            "Nom complet",
            "Nom et prénom",
            "Prénom et nom",
        ),
        likely=(
            "Name",
            "Employee",
            "Person",
            "Mitarbeiter",
            "Mitarbeiterin",
            "Pracownik",
            "Employé",
            "Salarié",
        ),
    ),
    Field(
        "email",
        gettext_lazy("E-mail"),
        Value.EMAIL,
        (
            "Email",
            "E-mail address",
            "Work email",
            "Work email address",
            "Company email",
            "Business email",
            "E-Mail geschäftlich",
            "E-Mail dienstlich",
            "E-Mail-Adresse",
            "Adres e-mail",
            "E-mail służbowy",
            "Adresse e-mail",
            "E-mail professionnel",
            "Courriel",
        ),
        likely=("Mail", "User principal name", "UPN"),
    ),
    Field(
        "private_email",
        gettext_lazy("Private e-mail"),
        Value.EMAIL,
        (
            "Private email",
            "Personal email",
            "Personal email address",
            "Home email",
            "E-Mail privat",
            "Private E-Mail-Adresse",
            "E-mail prywatny",
            "Prywatny e-mail",
            "E-mail personnel",
            "E-mail privé",
        ),
    ),
    Field(
        "username",
        gettext_lazy("User name"),
        Value.TEXT,
        (
            "Username",
            "Login",
            "Login name",
            "Benutzername",
            "Anmeldename",
            "Nazwa użytkownika",
            "Identifiant",
            "Nom d'utilisateur",
        ),
    ),
    Field(
        "employee_number",
        gettext_lazy("Employee number"),
        Value.CODE,
        (
            "Employee number",
            "Employee no.",
            "Employee #",
            "Employee num",
            "Employee ID",
            "Personnel number",
            "Staff ID",
            "Personalnummer",
            "Personal-Nr.",
            "Mitarbeiternummer",
            "Numer pracownika",
            "Nr pracownika",
            "Matricule",
            "External id",
        ),
        likely=("Id", "Team member ID", "User ID"),
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        Value.TEXT,
        (
            "Phone",
            "Phone number",
            "Telephone",
            "Tel.",
            "Mobile",
            "Mobile phone",
            "Telefon",
            "Telefonnummer",
            "Handy",
            "Numer telefonu",
            "Téléphone",
            "Portable",
        ),
        likely=("Work phone", "Mobile number"),
    ),
    Field(
        "job_title",
        gettext_lazy("Job title"),
        Value.TEXT,
        (
            "Job title",
            "Position",
            "Title",
            "Berufsbezeichnung",
            "Stellenbezeichnung",
            "Stanowisko",
            "Poste",
            "Fonction",
            "Intitulé du poste",
        ),
        likely=("Job", "Stelle"),
    ),
    Field(
        "department",
        gettext_lazy("Department"),
        Value.TEXT,
        (
            "Department",
            "Department name",
            "Abteilung",
            "Dział",
            "Département",
            "Service",
        ),
        likely=("Team", "Dept."),
    ),
    Field(
        "street",
        gettext_lazy("Street"),
        Value.TEXT,
        (
            "Street",
            "Address",
            "Street address",
            "Address line 1",
            "Straße",
            "Anschrift",
            "Ulica",
            "Rue",
        ),
        likely=("Adresse", "Adres"),
    ),
    Field(
        "city",
        gettext_lazy("City"),
        Value.TEXT,
        ("City", "Town", "Stadt", "Wohnort", "Miasto", "Ville"),
        likely=("Ort",),
    ),
    Field(
        "state",
        gettext_lazy("State or province"),
        Value.TEXT,
        (
            "State",
            "Province",
            "State/Province",
            "Region",
            "Bundesland",
            "Województwo",
            "Région",
        ),
    ),
    Field(
        "postal_code",
        gettext_lazy("Postal code"),
        Value.TEXT,
        (
            "Postal code",
            "Postcode",
            "Post code",
            "Zip",
            "Zip code",
            "PLZ",
            "Postleitzahl",
            "Kod pocztowy",
            "Code postal",
        ),
    ),
    Field(
        "country",
        gettext_lazy("Country"),
        Value.COUNTRY,
        ("Country", "Country code", "Land", "Kraj", "Pays"),
    ),
    Field(
        "location",
        gettext_lazy("Office"),
        Value.TEXT,
        (
            "Location",
            "Office",
            "Office location",
            "Work location",
            "Standort",
            "Lokalizacja",
            "Site",
            "Lieu de travail",
        ),
        likely=("Büro", "Biuro", "Bureau"),
    ),
    Field(
        "manager",
        gettext_lazy("Manager"),
        Value.TEXT,
        (
            "Manager",
            "Managed by",
            "Manager name",
            "Manager full name",
            "Manager username",
            "Manager email",
            "Reports to",
            "Supervisor",
            "Vorgesetzter",
            "Vorgesetzte",
            "Führungskraft",
            "Przełożony",
            "Responsable",
        ),
        likely=("Reports to email", "Manager work email"),
    ),
    Field(
        "start_on",
        gettext_lazy("First working day"),
        Value.DATE,
        (
            "Start date",
            "Start on",
            "Hire date",
            "Hired on",
            "Joined on",
            "Date of joining",
            "First day",
            "Eintrittsdatum",
            "Eintritt",
            "Data zatrudnienia",
            "Date d'embauche",
            "Date d'entrée",
        ),
    ),
    Field(
        "end_on",
        gettext_lazy("Last working day"),
        Value.DATE,
        (
            "End date",
            "End on",
            "Last working day",
            "Last day",
            "Termination date",
            "Leaving date",
            "Austrittsdatum",
            "Austritt",
            "Data zakończenia",
            "Date de sortie",
            "Date de départ",
        ),
    ),
    Field(
        "active",
        gettext_lazy("Active"),
        Value.BOOLEAN,
        ("Active", "Activated", "Is active", "Enabled", "Aktiv", "Aktywny", "Actif"),
        likely=("Status",),
    ),
    Field(
        "notes",
        gettext_lazy("Notes"),
        Value.TEXT,
        (
            "Notes",
            "Note",
            "Comment",
            "Comments",
            "Remarks",
            "Bemerkung",
            "Bemerkungen",
            "Notiz",
            "Notizen",
            "Uwagi",
            "Notatki",
            "Remarques",
            "Commentaire",
        ),
    ),
)

FIELDS = {Kind.ASSETS: ASSET_FIELDS, Kind.PEOPLE: PEOPLE_FIELDS}


def field_named(kind: Kind, name: str) -> Field:
    return next(field for field in FIELDS[kind] if field.name == name)


def normalise_header(header: str) -> str:
    """A header without case, accents, spaces and punctuation."""
    text = header.replace("#", " number ").replace("\u00b0", "o")
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN_LETTERS))
    return "".join(c for c in decomposed if c.isalnum())


@cache
def _aliases(kind: Kind) -> dict[str, tuple[str, Confidence]]:
    found: dict[str, tuple[str, Confidence]] = {}
    for field in FIELDS[kind]:
        found[normalise_header(field.name)] = (field.name, Confidence.KNOWN)
        for alias in field.aliases:
            found[normalise_header(alias)] = (field.name, Confidence.KNOWN)
    for field in FIELDS[kind]:
        for alias in field.likely:
            found.setdefault(normalise_header(alias), (field.name, Confidence.LIKELY))
    return found


def count_known(cells: Iterable[str]) -> int:
    """How many of the cells are headers that we know, of either kind."""
    known = _aliases(Kind.ASSETS).keys() | _aliases(Kind.PEOPLE).keys()
    return sum(
        bool(TYPED_HEADER.fullmatch(cell)) or normalise_header(cell) in known
        for cell in cells
        if len(cell) < 100 and cell.strip()
    )


def guess_mapping(headers: Sequence[str], kind: Kind) -> Mapping:
    """The target of each column; of two for one field the better, then first, wins."""
    guesses = [_guess(header, headers, kind) for header in headers]
    winners: dict[str, int] = {}
    for wanted in (Confidence.KNOWN, Confidence.LIKELY):
        for position, (target, confidence) in enumerate(guesses):
            if target and confidence is wanted:
                winners.setdefault(target, position)
    return Mapping(
        kind,
        tuple(
            _column(position, headers, guesses[position], winners)
            for position in range(len(headers))
        ),
    )


def _guess(
    header: str, headers: Sequence[str], kind: Kind
) -> tuple[str | None, Confidence]:
    typed = TYPED_HEADER.fullmatch(header) if kind is Kind.ASSETS else None
    key = normalise_header(typed["name"] if typed else header)
    target, confidence = _aliases(kind).get(key, (None, Confidence.NONE))
    if typed and confidence is not Confidence.KNOWN:
        return f"{SPECIFICATION}{typed['name']}", Confidence.KNOWN
    if kind is Kind.ASSETS and key == "model" and _names_the_model(headers):
        return "model_number", Confidence.LIKELY
    return target, confidence


def _names_the_model(headers: Sequence[str]) -> bool:
    """Whether another column holds the name, so that "Model" is the number."""
    product = ("product_name", Confidence.KNOWN)
    return any(
        _aliases(Kind.ASSETS).get(normalise_header(header)) == product
        for header in headers
    )


def _column(
    position: int,
    headers: Sequence[str],
    guess: tuple[str | None, Confidence],
    winners: dict[str, int],
) -> Column:
    header = headers[position]
    target, confidence = guess
    if target is None:
        why = (
            _("No field of ours has this name.")
            if header.strip()
            else _("This column has no header.")
        )
    elif winners[target] != position:
        why = _("Column %(number)s, “%(header)s”, already fills the same field.") % {
            "number": winners[target] + 1,
            "header": headers[winners[target]].strip(),
        }
        target, confidence = None, Confidence.NONE
    elif confidence is Confidence.LIKELY:
        why = _("The header can mean more than one thing; this is the likeliest.")
    else:
        why = _("Known header.")
    return Column(position, header, target, confidence, why)


# Kinds


def _keys(*headers: str) -> frozenset[str]:
    return frozenset(normalise_header(header) for header in headers)


QUANTITY = _keys("Qty", "Quantity", "Min amount", "Min qty", "Anzahl", "Menge")
# What only single devices have, so that a quantity beside it decides nothing.
SINGLE = _keys(
    "Asset tag", "Asset model", "Custodian", "Bookable", "Status", "Model name"
)
LICENCE = _keys(
    "Seats",
    "Licensed to name",
    "Licensed to email",
    "Reassignable",
    "Maintained",
    "Expiration date",
    "Product key",
    "License name",
    "Licence name",
)
MODEL_LIST = _keys("Fieldset", "Requestable", "EOL")
PLACE = _keys("Address", "Address2", "City", "Country", "Zip", "Postal code")
PEOPLE_ONLY = frozenset(
    {"first_name", "last_name", "full_name", "email", "username", "employee_number"}
)
ASSETS_ONLY = frozenset(
    {"serial_number", "asset_tag", "product_name", "model_number", "manufacturer"}
)


def detect_kind(headers: Sequence[str]) -> Detection:
    keys = {normalise_header(header) for header in headers if header.strip()}
    if refused := _refused_kind(keys, _targets(headers, Kind.ASSETS)):
        return Detection(None, refused, _refusal(refused))
    if _targets(headers, Kind.ASSETS) & ASSETS_ONLY:
        return Detection(Kind.ASSETS)
    if _targets(headers, Kind.PEOPLE) & PEOPLE_ONLY:
        return Detection(Kind.PEOPLE)
    return Detection(None, "unknown_kind", _refusal("unknown_kind"))


def _targets(headers: Sequence[str], kind: Kind) -> set[str]:
    return set(guess_mapping(headers, kind).targets().values())


def _refused_kind(keys: set[str], targets: set[str]) -> str | None:
    is_single = bool(keys & SINGLE) or any(t.startswith("holder_") for t in targets)
    is_stock = bool(keys & QUANTITY) and not is_single
    if len(keys & LICENCE) >= 2:
        return "licences"
    if keys & MODEL_LIST and not {"serial_number", "asset_tag"} & targets:
        return "models"
    if is_stock and "itemnumber" in keys:
        return "consumables"
    if is_stock and "serial_number" in targets:
        return "components"
    if is_stock:
        return "accessories"
    if len(keys & PLACE) >= 2 and "name" in keys and not _describes_people(keys):
        return "locations"
    return None


def _describes_people(keys: set[str]) -> bool:
    # A bare "Name" is likely to be a person's, and here it is the place's.
    personal = PEOPLE_ONLY - {"full_name"} | {"phone", "job_title", "department"}
    return any(
        _aliases(Kind.PEOPLE).get(key, (None, None))[0] in personal for key in keys
    )


def _refusal(code: str) -> str:
    return {
        "licences": _(
            "This is a list of software licences; only devices and people can be "
            "imported."
        ),
        "consumables": _(
            "This is a list of consumables, where a row is a quantity; only single "
            "devices and people can be imported."
        ),
        "accessories": _(
            "This is a list of accessories, where a row is a quantity; only single "
            "devices and people can be imported. If each row is one device, remove "
            "the quantity column."
        ),
        "components": _(
            "This is a list of components, where a row is a quantity; only single "
            "devices and people can be imported. If each row is one device, remove "
            "the quantity column."
        ),
        "locations": _(
            "This is a list of places; add them on the Storage page, then import "
            "the devices."
        ),
        "models": _(
            "This is a list of models without single devices; models are created "
            "while the devices are imported."
        ),
        "unknown_kind": _(
            "The header names neither a device (serial number, asset tag, model) "
            "nor a person (name, e-mail). Check that the first row holds the names "
            "of the columns."
        ),
    }[code]
