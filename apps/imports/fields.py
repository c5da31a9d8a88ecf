"""The fields a column can fill, and the headers by which files name them.

The aliases follow the exports of Snipe-IT, Shelf, Jamf, Intune and BambooHR, and
home-made sheets in English, German, Polish and French.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


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


@dataclass(frozen=True, slots=True)
class Field:
    """A place in our records that a column can fill.

    `aliases`, separated by semicolons, mean this field and nothing else; `likely`
    ones give way to them.
    """

    name: str
    label: str | Promise
    value: Value
    aliases: str
    likely: str = ""


ASSET_FIELDS = (
    Field(
        "serial_number",
        gettext_lazy("Serial number"),
        Value.SERIAL,
        "Serial number; Serial; Serial no.; Serial #; Serial num; Serials; "
        "Device serial number; Device serial; Asset serial number; SN; S/N; "
        "Service tag; Seriennummer; Serien-Nr.; Seriennr.; Serie; Numer "
        "seryjny; Nr seryjny; Numéro de série; N° de série; No de série; N° "
        "série; Número de serie",
    ),
    Field(
        "asset_tag",
        gettext_lazy("Asset tag"),
        Value.CODE,
        "Asset tag; Asset number; Asset no.; Asset #; Asset code; Inventory "
        "number; Inventory no.; Inventory tag; Tag number; Inventarnummer; "
        "Inventar-Nr.; Inventarnr.; Gerätenummer; Numer inwentarzowy; Nr "
        "inwentarzowy; Numéro d'inventaire; N° d'inventaire; N° inventaire",
        likely="Tag; Asset ID; Barcode; Bar Code 1; Etykieta; Étiquette",
    ),
    Field(
        "name",
        gettext_lazy("Name of the device"),
        Value.TEXT,
        "Item name; Asset name; Device name; Computer name; Host name; "
        "Gerätename; Nazwa urządzenia; Nazwa komputera; Nom de l'appareil; Nom "
        "du poste",
        likely="Name; Title; Asset; Device; Gerät; Nazwa; Nom; Item",
    ),
    Field(
        "product_name",
        gettext_lazy("Model"),
        Value.TEXT,
        "Model name; Product; Product name; Asset model; Device model; "
        "Equipment; Equipment name; Modell; Modellbezeichnung; Produkt; Nazwa "
        "modelu; Modèle; Nom du modèle; Produit",
        likely="Model",
    ),
    Field(
        "model_number",
        gettext_lazy("Model number"),
        Value.CODE,
        "Model number; Model no.; Model #; Model num; Model identifier; Part "
        "number; Part no.; MPN; SKU; Modellnummer; Modell-Nr.; Numer modelu; Nr "
        "modelu; Numéro de modèle; N° de modèle; Référence",
    ),
    Field(
        "manufacturer",
        gettext_lazy("Manufacturer"),
        Value.TEXT,
        "Manufacturer; Brand; Make; Hersteller; Marke; Producent; Marka; "
        "Fabricant; Marque; Constructeur",
    ),
    Field(
        "category",
        gettext_lazy("Category"),
        Value.CATEGORY,
        "Category; Asset category; Asset type; Device type; Equipment type; "
        "Kategorie; Gerätetyp; Geräteart; Kategoria; Typ urządzenia; Catégorie; "
        "Type d'appareil; Type de matériel",
        likely="Type; Typ; Art; Rodzaj",
    ),
    Field(
        "state",
        gettext_lazy("State"),
        Value.STATUS,
        "Status; State; Asset status; Status label; Status name; Zustand Gerät; "
        "Stan urządzenia; Statut; État",
        likely="Device state; Availability",
    ),
    Field(
        "holder_email",
        gettext_lazy("E-mail of the holder"),
        Value.EMAIL,
        "Checked out to: Email; Assigned to email; Assigned email; User email; "
        "Holder email; Employee email; Owner email; Custodian email; Primary "
        "user email address; E-Mail Mitarbeiter; E-Mail Benutzer; E-mail "
        "pracownika; E-mail użytkownika; E-mail utilisateur",
        likely="Email; E-mail address; Mail; Adres e-mail; Adresse e-mail",
    ),
    Field(
        "holder_username",
        gettext_lazy("User name of the holder"),
        Value.TEXT,
        "Checked out to: Username; Assigned username; Holder username; "
        "Username; Login; Benutzername; Anmeldename; Nazwa użytkownika; "
        "Identifiant; Nom d'utilisateur",
        likely="Primary user UPN; UPN; User principal name",
    ),
    Field(
        "holder_first_name",
        gettext_lazy("First name of the holder"),
        Value.TEXT,
        "Checked out to: First name; Holder first name",
        likely="First name; Vorname; Imię; Prénom",
    ),
    Field(
        "holder_last_name",
        gettext_lazy("Last name of the holder"),
        Value.TEXT,
        "Checked out to: Last name; Holder last name",
        likely="Last name; Surname; Nachname; Nazwisko; Nom de famille",
    ),
    Field(
        "holder_name",
        gettext_lazy("Name of the holder"),
        Value.TEXT,
        "Full name; Checked out to; Checked out to: Name; Checked out to: Full "
        "name; Assigned to; Assigned user; Assignee; Holder; Holder name; "
        "Custodian; Employee name; User name full; Primary user display name; "
        "Zugewiesen an; Inhaber; Przypisany do; Przypisane do; Attribué à; "
        "Affecté à; Détenteur",
        likely="User; Owner; Employee; Used by; Person; Mitarbeiter; Mitarbeiterin; "
        "Benutzer; Nutzer; Besitzer; Pracownik; Użytkownik; Imię i nazwisko; "
        "Utilisateur; Employé; Collaborateur; Salarié",
    ),
    Field(
        "location",
        gettext_lazy("Place"),
        Value.TEXT,
        "Location; Place; Office; Address name; Default location; Location "
        "name; Standort; Lagerort; Lokalizacja; Lokacja; Emplacement; "
        "Localisation; Lieu",
        likely="Building; Site; Ort; Büro; Biuro; Bureau; Warehouse",
    ),
    Field(
        "purchase_date",
        gettext_lazy("Purchase date"),
        Value.DATE,
        "Purchase date; Purchased on; Purchased; Date purchased; Date of "
        "purchase; Bought on; PO date; Kaufdatum; Anschaffungsdatum; Gekauft "
        "am; Data zakupu; Date d'achat",
        likely="Order date; Invoice date; Rechnungsdatum",
    ),
    Field(
        "purchase_price",
        gettext_lazy("Purchase price"),
        Value.MONEY,
        "Purchase cost; Purchase price; Price; Cost; Kaufpreis; "
        "Anschaffungspreis; Preis; Cena; Cena zakupu; Prix; Prix d'achat",
        likely="Valuation; Value; Wert; Wartość; Valeur; Anschaffungswert",
    ),
    Field(
        "currency",
        gettext_lazy("Currency"),
        Value.CURRENCY,
        "Currency; Currency code; Währung; Waluta; Devise; Monnaie",
    ),
    Field(
        "supplier",
        gettext_lazy("Supplier"),
        Value.TEXT,
        "Supplier; Vendor; Seller; Purchased from; Lieferant; Händler; "
        "Dostawca; Sprzedawca; Fournisseur",
    ),
    Field(
        "order_number",
        gettext_lazy("Order number"),
        Value.CODE,
        "Order number; Order no.; Order #; PO number; Purchase order; Purchase "
        "order number; Bestellnummer; Bestell-Nr.; Numer zamówienia; Nr "
        "zamówienia; Numéro de commande; N° de commande",
        likely="Invoice number; Invoice no.; Rechnungsnummer; Numer faktury",
    ),
    Field(
        "warranty_months",
        gettext_lazy("Warranty in months"),
        Value.MONTHS,
        "Warranty; Warranty months; Warranty (months); Warranty period; "
        "Garantie (Monate); Garantie in Monaten; Gwarancja (miesiące); Garantie "
        "(mois)",
        likely="Garantie; Gwarancja",
    ),
    Field(
        "warranty_ends_on",
        gettext_lazy("End of the warranty"),
        Value.DATE,
        "Warranty ends on; Warranty end; Warranty end date; Warranty "
        "expiration; Warranty expiration date; Warranty expires; Warranty "
        "expiry; Warranty until; Garantie bis; Garantieende; Gwarancja do; "
        "Koniec gwarancji; Fin de garantie; Garantie jusqu'au",
    ),
    Field(
        "condition",
        gettext_lazy("Condition"),
        Value.CONDITION,
        "Condition; Grade; Zustand; Stan techniczny; Condition physique",
        likely="Stan",
    ),
    Field(
        "notes",
        gettext_lazy("Notes"),
        Value.TEXT,
        "Notes; Asset notes; Note; Comment; Comments; Remarks; Bemerkung; "
        "Bemerkungen; Notiz; Notizen; Kommentar; Uwagi; Notatki; Remarques; "
        "Commentaire; Commentaires",
        likely="Description; Beschreibung; Opis",
    ),
    Field(
        "external_id",
        gettext_lazy("Id in the other system"),
        Value.CODE,
        "External id; Device ID; JSS Computer ID; Computer ID",
        likely="Id",
    ),
)

PEOPLE_FIELDS = (
    Field(
        "first_name",
        gettext_lazy("First name"),
        Value.TEXT,
        "First name; Given name; Forename; Vorname; Imię; Prénom",
    ),
    Field(
        "last_name",
        gettext_lazy("Last name"),
        Value.TEXT,
        "Last name; Surname; Family name; Nachname; Familienname; Nazwisko; Nom "
        "de famille",
        likely="Nom",
    ),
    Field(
        "full_name",
        gettext_lazy("Full name"),
        Value.TEXT,
        "Full name; Display name; Employee name; Vollständiger Name; Imię i "
        "nazwisko; Nom complet; Nom et prénom; Prénom et nom",
        likely="Name; Employee; Person; Mitarbeiter; Mitarbeiterin; Pracownik; "
        "Employé; Salarié",
    ),
    Field(
        "email",
        gettext_lazy("E-mail"),
        Value.EMAIL,
        "Email; E-mail address; Work email; Work email address; Company email; "
        "Business email; E-Mail geschäftlich; E-Mail dienstlich; "
        "E-Mail-Adresse; Adres e-mail; E-mail służbowy; Adresse e-mail; E-mail "
        "professionnel; Courriel",
        likely="Mail; User principal name; UPN",
    ),
    Field(
        "private_email",
        gettext_lazy("Private e-mail"),
        Value.EMAIL,
        "Private email; Personal email; Personal email address; Home email; "
        "E-Mail privat; Private E-Mail-Adresse; E-mail prywatny; Prywatny "
        "e-mail; E-mail personnel; E-mail privé",
    ),
    Field(
        "username",
        gettext_lazy("User name"),
        Value.TEXT,
        "Username; Login; Login name; Benutzername; Anmeldename; Nazwa "
        "użytkownika; Identifiant; Nom d'utilisateur",
    ),
    Field(
        "employee_number",
        gettext_lazy("Employee number"),
        Value.CODE,
        "Employee number; Employee no.; Employee #; Employee num; Employee ID; "
        "Personnel number; Staff ID; Personalnummer; Personal-Nr.; "
        "Mitarbeiternummer; Numer pracownika; Nr pracownika; Matricule; "
        "External id",
        likely="Id; Team member ID; User ID",
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        Value.TEXT,
        "Phone; Phone number; Telephone; Tel.; Mobile; Mobile phone; Telefon; "
        "Telefonnummer; Handy; Numer telefonu; Téléphone; Portable",
        likely="Work phone; Mobile number",
    ),
    Field(
        "job_title",
        gettext_lazy("Job title"),
        Value.TEXT,
        "Job title; Position; Title; Berufsbezeichnung; Stellenbezeichnung; "
        "Stanowisko; Poste; Fonction; Intitulé du poste",
        likely="Job; Stelle",
    ),
    Field(
        "department",
        gettext_lazy("Department"),
        Value.TEXT,
        "Department; Department name; Abteilung; Dział; Département; Service",
        likely="Team; Dept.",
    ),
    Field(
        "street",
        gettext_lazy("Street"),
        Value.TEXT,
        "Street; Address; Street address; Address line 1; Straße; Anschrift; "
        "Ulica; Rue",
        likely="Adresse; Adres",
    ),
    Field(
        "city",
        gettext_lazy("City"),
        Value.TEXT,
        "City; Town; Stadt; Wohnort; Miasto; Ville",
        likely="Ort",
    ),
    Field(
        "state",
        gettext_lazy("State or province"),
        Value.TEXT,
        "State; Province; State/Province; Region; Bundesland; Województwo; Région",
    ),
    Field(
        "postal_code",
        gettext_lazy("Postal code"),
        Value.TEXT,
        "Postal code; Postcode; Post code; Zip; Zip code; PLZ; Postleitzahl; "
        "Kod pocztowy; Code postal",
    ),
    Field(
        "country",
        gettext_lazy("Country"),
        Value.COUNTRY,
        "Country; Country code; Land; Kraj; Pays",
    ),
    Field(
        "start_on",
        gettext_lazy("First working day"),
        Value.DATE,
        "Start date; Start on; Hire date; Hired on; Joined on; Date of joining; "
        "First day; Eintrittsdatum; Eintritt; Data zatrudnienia; Date "
        "d'embauche; Date d'entrée",
    ),
    Field(
        "end_on",
        gettext_lazy("Last working day"),
        Value.DATE,
        "End date; End on; Last working day; Last day; Termination date; "
        "Leaving date; Austrittsdatum; Austritt; Data zakończenia; Date de "
        "sortie; Date de départ",
    ),
    Field(
        "active",
        gettext_lazy("Active"),
        Value.BOOLEAN,
        "Active; Activated; Is active; Enabled; Aktiv; Aktywny; Actif",
        likely="Status",
    ),
    Field(
        "notes",
        gettext_lazy("Notes"),
        Value.TEXT,
        "Notes; Note; Comment; Comments; Remarks; Bemerkung; Bemerkungen; "
        "Notiz; Notizen; Uwagi; Notatki; Remarques; Commentaire",
    ),
)

FIELDS = {Kind.ASSETS: ASSET_FIELDS, Kind.PEOPLE: PEOPLE_FIELDS}


def field_named(kind: Kind, name: str) -> Field:
    return next(field for field in FIELDS[kind] if field.name == name)
