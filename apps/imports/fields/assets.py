"""The fields of devices, and the headers by which files name them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from .base import Field, Value

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
        likely="Name; Title; Asset; Device; Nazwa; Nom; Item",
    ),
    Field(
        "product_name",
        gettext_lazy("Model"),
        Value.TEXT,
        "Model name; Product; Product name; Asset model; Device model; "
        "Equipment; Equipment name; Modell; Modellbezeichnung; Produkt; Nazwa "
        "modelu; Modèle; Nom du modèle; Produit",
        likely="Model; Gerät",
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
        likely="User; Owner; Employee; Used by; Checked out; Person; Wer; "
        "Mitarbeiter; Mitarbeiterin; Benutzer; Nutzer; Besitzer; Pracownik; "
        "Użytkownik; Imię i nazwisko; "
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
