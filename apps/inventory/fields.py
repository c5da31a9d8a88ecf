"""The fields of devices. A new one is the column of the model, its migration, and one
row here.

The headers follow the exports of Snipe-IT, Shelf, Jamf and Intune, and home-made sheets
in English, German, Polish and French.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.fields import Field, Table, Value

FIELDS = Table(
    "inventory.Asset",
    Field(
        "serial_number",
        _("Serial number"),
        Value.SERIAL,
        "Serial number; Serial; Serial no.; Serial #; Serial num; Serials; "
        "Device serial number; Device serial; Asset serial number; SN; S/N; "
        "Service tag; Seriennummer; Serien-Nr.; Seriennr.; Serie; Numer "
        "seryjny; Nr seryjny; Numéro de série; N° de série; No de série; N° "
        "série; Número de serie",
        is_key=True,
    ),
    Field(
        "asset_tag",
        _("Asset tag"),
        Value.CODE,
        "Asset tag; Asset number; Asset no.; Asset #; Asset code; Inventory "
        "number; Inventory no.; Inventory tag; Tag number; Inventarnummer; "
        "Inventar-Nr.; Inventarnr.; Gerätenummer; Numer inwentarzowy; Nr "
        "inwentarzowy; Numéro d'inventaire; N° d'inventaire; N° inventaire",
        likely="Tag; Asset ID; Barcode; Bar Code 1; Etykieta; Étiquette",
        is_key=True,
    ),
    Field(
        "name",
        _("Name of the device"),
        Value.TEXT,
        "Item name; Asset name; Device name; Computer name; Host name; "
        "Gerätename; Nazwa urządzenia; Nazwa komputera; Nom de l'appareil; Nom "
        "du poste",
        likely="Name; Title; Asset; Device; Nazwa; Nom; Item",
        header="Name",
        help_text=_("The product's name if left empty."),
        on_page=False,  # it is the heading
        is_free_text=True,  # often "Anna's iPad"
    ),
    Field(
        "product_id",
        _("Product"),
        Value.PRODUCT,
        "Product; Model name; Product name; Asset model; Device model; "
        "Equipment; Equipment name; Modell; Modellbezeichnung; Produkt; Nazwa "
        "modelu; Modèle; Nom du modèle; Produit",
        likely="Model; Gerät",
        column="product_name",
        asked_as="product",
        reads="product__name",
        kept_in="catalog.Product.name",
        is_clearable=False,
    ),
    Field(
        "model_number",
        _("Model number"),
        Value.CODE,
        "Model number; Model no.; Model #; Model num; Model identifier; Part "
        "number; Part no.; MPN; SKU; Modellnummer; Modell-Nr.; Numer modelu; Nr "
        "modelu; Numéro de modèle; N° de modèle; Référence",
        reads="product__model_number",
        kept_in="catalog.Product.model_number",
        is_edited=False,
    ),
    Field(
        "manufacturer",
        _("Manufacturer"),
        Value.TEXT,
        "Manufacturer; Brand; Make; Hersteller; Marke; Producent; Marka; "
        "Fabricant; Marque; Constructeur",
        reads="product__manufacturer",
        kept_in="catalog.Product.manufacturer",
        is_edited=False,
    ),
    Field(
        "category",
        _("Category"),
        Value.CATEGORY,
        "Category; Asset category; Asset type; Device type; Equipment type; "
        "Kategorie; Gerätetyp; Geräteart; Kategoria; Typ urządzenia; Catégorie; "
        "Type d'appareil; Type de matériel",
        likely="Type; Typ; Art; Rodzaj",
        reads="product__get_category_display",
        is_edited=False,
        is_filtered=True,
    ),
    Field(
        "state",
        _("State"),
        Value.STATUS,
        "Status; State; Asset status; Status label; Status name; Zustand Gerät; "
        "Stan urządzenia; Statut; État",
        likely="Device state; Availability",
        reads="state_or_reason",
        is_edited=False,
        on_page=False,
        is_filtered=True,
        is_clearable=False,
    ),
    Field(
        "condition",
        _("Condition"),
        Value.CONDITION,
        "Condition; Grade; Zustand; Stan techniczny; Condition physique",
        likely="Stan",
        asked_as="grade",
        shows="grade",
    ),
    Field(
        "is_new",
        _("New"),
        Value.BOOLEAN,
        "Is new; Brand new; New device; Neugerät; Fabrikneu; Fabrycznie nowy; Neuf",
        shows="newness",
        help_text=_("Nobody has used it yet."),
    ),
    Field(
        "holder_email",
        _("E-mail of the holder"),
        Value.EMAIL,
        "Holder email; Checked out to: Email; Assigned to email; Assigned email; "
        "User email; Employee email; Owner email; Custodian email; Primary "
        "user email address; E-Mail Mitarbeiter; E-Mail Benutzer; E-mail "
        "pracownika; E-mail użytkownika; E-mail utilisateur",
        likely="Email; E-mail address; Mail; Adres e-mail; Adresse e-mail",
        reads="user__email",
        is_edited=False,
        on_page=False,
        is_personal=True,
    ),
    Field(
        "holder_username",
        _("User name of the holder"),
        Value.TEXT,
        "Checked out to: Username; Assigned username; Holder username; "
        "Username; Login; Benutzername; Anmeldename; Nazwa użytkownika; "
        "Identifiant; Nom d'utilisateur",
        likely="Primary user UPN; UPN; User principal name",
        kept_in="accounts.User.username",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
    ),
    Field(
        "holder_first_name",
        _("First name of the holder"),
        Value.TEXT,
        "Checked out to: First name; Holder first name",
        likely="First name; Vorname; Imię; Prénom",
        kept_in="accounts.User.first_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
    ),
    Field(
        "holder_last_name",
        _("Last name of the holder"),
        Value.TEXT,
        "Checked out to: Last name; Holder last name",
        likely="Last name; Surname; Nachname; Nazwisko; Nom de famille",
        kept_in="accounts.User.last_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
    ),
    Field(
        "holder_name",
        _("Name of the holder"),
        Value.TEXT,
        "Full name; Checked out to; Checked out to: Name; Checked out to: Full "
        "name; Assigned to; Assigned user; Assignee; Holder; Holder name; "
        "Custodian; Employee name; User name full; Primary user display name; "
        "Zugewiesen an; Inhaber; Przypisany do; Przypisane do; Attribué à; "
        "Affecté à; Détenteur",
        likely="User; Owner; Employee; Used by; Checked out; Person; Wer; "
        "Mitarbeiter; Mitarbeiterin; Benutzer; Nutzer; Besitzer; Pracownik; "
        "Użytkownik; Imię i nazwisko; "
        "Utilisateur; Employé; Collaborateur; Salarié",
        kept_in="accounts.User.first_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
    ),
    Field(
        "location",
        _("Place"),
        Value.TEXT,
        "Location; Place; Office; Address name; Default location; Location "
        "name; Standort; Lagerort; Lokalizacja; Lokacja; Emplacement; "
        "Localisation; Lieu",
        likely="Building; Site; Ort; Büro; Biuro; Bureau; Warehouse",
        asked_as="address",
        reads="address__name",
        kept_in="companies.Address.name",
        is_edited=False,
        on_page=False,
        is_filtered=True,
    ),
    Field(
        "purchased_on",
        _("Bought on"),
        Value.DATE,
        "Purchase date; Purchased on; Purchased; Date purchased; Date of "
        "purchase; Bought on; PO date; Kaufdatum; Anschaffungsdatum; Gekauft "
        "am; Data zakupu; Date d'achat",
        likely="Order date; Invoice date; Rechnungsdatum",
        column="purchase_date",
    ),
    Field(
        "purchase_price",
        _("Purchase price"),
        Value.MONEY,
        "Purchase price; Purchase cost; Price; Cost; Kaufpreis; "
        "Anschaffungspreis; Preis; Cena; Cena zakupu; Prix; Prix d'achat",
        likely="Valuation; Value; Wert; Wartość; Valeur; Anschaffungswert",
        currency="currency",
        seen_with=Permission.ASSETS_READ_PRICES,
    ),
    Field(
        "currency",
        _("Currency"),
        Value.CURRENCY,
        "Currency; Currency code; Währung; Waluta; Devise; Monnaie",
        help_text=_("Three letters or the name: EUR, euro."),
        on_page=False,  # it stands beside the price
    ),
    Field(
        "warranty_months",
        _("Warranty in months"),
        Value.MONTHS,
        "Warranty; Warranty months; Warranty (months); Warranty period; "
        "Garantie (Monate); Garantie in Monaten; Gwarancja (miesiące); Garantie "
        "(mois)",
        likely="Garantie; Gwarancja",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
    ),
    Field(
        "warranty_ends_on",
        _("Warranty until"),
        Value.DATE,
        "Warranty ends on; Warranty end; Warranty end date; Warranty "
        "expiration; Warranty expiration date; Warranty expires; Warranty "
        "expiry; Warranty until; Garantie bis; Garantieende; Gwarancja do; "
        "Koniec gwarancji; Fin de garantie; Garantie jusqu'au",
    ),
    Field(
        "supplier",
        _("Supplier"),
        Value.TEXT,
        "Supplier; Vendor; Seller; Purchased from; Lieferant; Händler; "
        "Dostawca; Sprzedawca; Fournisseur",
    ),
    Field(
        "order_number",
        _("Order number"),
        Value.CODE,
        "Order number; Order no.; Order #; PO number; Purchase order; Purchase "
        "order number; Bestellnummer; Bestell-Nr.; Numer zamówienia; Nr "
        "zamówienia; Numéro de commande; N° de commande",
        likely="Invoice number; Invoice no.; Rechnungsnummer; Numer faktury",
    ),
    Field(
        "cost_centre",
        _("Cost centre"),
        Value.CODE,
        "Cost centre; Cost center; Cost centre code; Cost center code; Kostenstelle; "
        "Kostenst.; MPK; Centrum kosztów; Centre de coûts; Centre de coût",
    ),
    Field(
        "external_id",
        _("Id in another system"),
        Value.CODE,
        "External id; Device ID; JSS Computer ID; Computer ID",
        likely="Id",
        is_key=True,
    ),
    Field(
        "specification",
        _("Specification"),
        Value.PAIRS,
        in_form=False,
        on_page=False,  # a card of its own
        is_exported=False,
        is_imported=False,  # each column of a file that people choose for it
    ),
    Field(
        "notes",
        _("Notes"),
        Value.LONG_TEXT,
        "Notes; Asset notes; Note; Comment; Comments; Remarks; Bemerkung; "
        "Bemerkungen; Notiz; Notizen; Kommentar; Uwagi; Notatki; Remarques; "
        "Commentaire; Commentaires",
        likely="Description; Beschreibung; Opis",
        on_page=False,  # a card of its own
    ),
)
