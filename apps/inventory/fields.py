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
        "série; Número de serie; Serials no.; Hardware serial number; Hardware "
        "serial; Device SN; Chassis serial number; Manufacturer serial number; "
        "Serial ID; Product serial number; Service tag / serial number; "
        "Geräteseriennummer; Numer fabryczny; Nr fabryczny; Nro. de serie; "
        "Número serie; Número de serial; Nomor seri; No seri; Nomer seri; Nomor "
        "serial; No serial; Serial/Service tag; Serial number/Service tag; "
        "Asset serial; Asset serial no.; Machine serial number; Unit serial "
        "number; N/S; Nro. serie; N.º de serie",
        is_key=True,
    ),
    Field(
        "asset_tag",
        _("Asset tag"),
        Value.CODE,
        "Asset tag; Asset number; Asset no.; Asset #; Asset code; Inventory "
        "number; Inventory no.; Inventory tag; Tag number; Inventarnummer; "
        "Inventar-Nr.; Inventarnr.; Gerätenummer; Numer inwentarzowy; Nr "
        "inwentarzowy; Numéro d'inventaire; N° d'inventaire; N° inventaire; Tag "
        "no.; Asset tag no.; Asset tag number; Asset tag ID; Asset label; "
        "Inventory code; Inventory ID; Property tag; Property number; Fixed "
        "asset number; Fixed asset no.; Inventarcode; Inventar-ID; "
        "Anlagennummer; Anlagen-Nr.; Asset-Nr.; Kod inwentarzowy; Numer środka "
        "trwałego; Nr środka trwałego; Code inventaire; Numéro d'actif; N° "
        "d'actif; Code actif; Número de inventario; Nº de inventario; Código de "
        "inventario; Código inventario; Número de activo; Código de activo; "
        "Etiqueta de activo; Código patrimonial; Kode aset; Kode asset; Kode "
        "barang; Kode inventaris; Nomor inventaris; No inventaris; Nomor aset; "
        "No aset; Tag aset; Inv.-Nr.; Inventar Nr.; Nr inw.; N° inv.; Nº inv.; "
        "Asset identification number",
        likely="Tag; Asset ID; Barcode; Bar Code 1; Etykieta; Étiquette; Etiqueta; "
        "Placa; ID actif; ID activo; ID aset",
        is_key=True,
    ),
    Field(
        "name",
        _("Name of the device"),
        Value.TEXT,
        "Item name; Asset name; Device name; Computer name; Host name; "
        "Gerätename; Nazwa urządzenia; Nazwa komputera; Nom de l'appareil; Nom "
        "du poste; PC name; Machine name; Asset display name; Rechnername; "
        "Gerätebezeichnung; Nazwa hosta; Nazwa sprzętu; Nom de la machine; Nom "
        "de l'ordinateur; Nom du matériel; Nombre del equipo; Nombre de equipo; "
        "Nombre del activo; Nombre del dispositivo; Nama perangkat; Nama aset; "
        "Nama asset; Nama barang; Nama komputer; Display name; Asset title; "
        "Device label",
        likely="Name; Title; Asset; Device; Nazwa; Nom; Item; Bezeichnung; "
        "Désignation; Nombre; Equipo; Nama; Host; Computer; Asset description",
        header="Name",
        help_text=_("The product's name if left empty."),
        on_page=False,  # it is the heading
        is_free_text=True,  # often "Anna's iPad"
    ),
    Field(
        "product_id",
        _("Product"),
        Value.PRODUCT,
        "Product; Model; Model name; Product name; Asset model; Device model; "
        "Equipment; Equipment name; Modell; Modellbezeichnung; Produkt; Nazwa "
        "modelu; Modèle; Nom du modèle; Produit; Asset model name; Device model "
        "name; Product model; Hardware model; Model description; Equipment "
        "model; Gerätemodell; Modellname; Produktname; Produktbezeichnung; "
        "Typenbezeichnung; Model urządzenia; Model sprzętu; Nom modèle; Modelo; "
        "Nombre del modelo; Modelo del equipo; Producto; Nama model; Model "
        "perangkat; Model telefonu; Model laptopa",
        likely="Gerät",
        column="product_name",
        asked_as="product",
        reads="product__name",
        kept_in="catalog.Product.name",
        is_clearable=False,
        decides=True,
    ),
    Field(
        "model_number",
        _("Model number"),
        Value.CODE,
        "Model number; Model no.; Model #; Model num; Model identifier; Part "
        "number; Part no.; MPN; SKU; Modellnummer; Modell-Nr.; Numer modelu; Nr "
        "modelu; Numéro de modèle; N° de modèle; Référence; Product number; "
        "Product no.; Manufacturer part number; Type number; Produktnummer; "
        "Teilenummer; Numer katalogowy; Nr katalogowy; Référence fabricant; "
        "Número de modelo; Nº de modelo; Número de parte; Nº de parte; Nomor "
        "model; No model; Product model number",
        likely="Artikelnummer; Artikel-Nr.; Referencia; P/N",
        reads="product__model_number",
        kept_in="catalog.Product.model_number",
        is_edited=False,
        decides=True,
        is_clearable=False,
    ),
    Field(
        "manufacturer",
        _("Manufacturer"),
        Value.TEXT,
        "Manufacturer; Brand; Make; Hersteller; Marke; Producent; Marka; "
        "Fabricant; Marque; Constructeur; Manufacturer name; Brand name; Asset "
        "make; Asset brand; Asset manufacturer; Device manufacturer; Hardware "
        "manufacturer; Device make; Make name; Mfr; Mfg; OEM; Herstellername; "
        "Fabrikat; Nazwa producenta; Nom du fabricant; Fabricante; Marca; "
        "Merek; Merk; Merk barang; Pabrikan; Produsen",
        reads="product__manufacturer",
        kept_in="catalog.Product.manufacturer",
        is_edited=False,
        is_clearable=False,
    ),
    Field(
        "make_and_model",
        _("Manufacturer and model in one"),
        Value.TEXT,
        "Brand & model; Brand and model; Make & model; Make and model; Brand "
        "model; Make, model; Manufacturer & model; Manufacturer and model; "
        "Manufacturer/Model; Equipment brand & model; Device make and model; "
        "Hersteller/Modell; Hersteller und Modell; Marke/Modell; Marke und "
        "Modell; Producent i model; Producent/Model; Marka i model; "
        "Marka/Model; Marque/Modèle; Marque et modèle; Marca/Modelo; Marca y "
        "modelo; Merk/Type; Merk/Tipe; Merk dan tipe; Merk & type",
        kept_in="catalog.Product.name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
        decides=True,
    ),
    Field(
        "category",
        _("Category"),
        Value.CATEGORY,
        "Category; Asset category; Asset type; Device type; Equipment type; "
        "Kategorie; Gerätetyp; Geräteart; Kategoria; Typ urządzenia; Catégorie; "
        "Type d'appareil; Type de matériel; Category name; Asset category name; "
        "Asset type name; Asset class; Device category; Equipment category; "
        "Hardware type; Hardware category; Type of device; Type of equipment; "
        "Gerätekategorie; Gerätegruppe; Objekt-Typ; Typ sprzętu; Rodzaj "
        "sprzętu; Rodzaj urządzenia; Kategoria sprzętu; Type matériel; Type "
        "d'équipement; Catégorie d'équipement; Categoría; Tipo de equipo; Tipo "
        "de dispositivo; Tipo de activo; Tipo de hardware; Tipo equipo; "
        "Kategori; Kategori aset; Kategori barang; Jenis barang; Jenis aset; "
        "Jenis perangkat; Tipe perangkat; Model category; Asset group; Device "
        "group; Asset sub-category; Sub category",
        likely="Type; Typ; Art; Rodzaj; Tipo; Jenis; Famille; Item type; Gerät",
        reads="product__get_category_display",
        is_edited=False,
        is_filtered=True,
        is_clearable=False,
    ),
    Field(
        "state",
        _("State"),
        Value.STATUS,
        "Status; State; Asset status; Status label; Status name; Zustand Gerät; "
        "Stan urządzenia; Statut; État; Status label name; Asset status name; "
        "Asset state; Device status; Current status; Lifecycle status; "
        "Lifecycle state; Life cycle stage; Inventory status; Install status; "
        "Hardware status; Deployment status; Equipment status; Gerätestatus; "
        "Status Gerät; Status urządzenia; Status sprzętu; Statut du matériel; "
        "Estado del equipo; Estado del activo; Estado del dispositivo; Estatus; "
        "Status aset; Status barang; Status perangkat; Asset lifecycle; "
        "Lifecycle; Device state; Inventory state; Assignment status",
        likely="Availability; Estado; Situación; Situation; Verfügbarkeit; "
        "Availability status",
        reads="state_or_reason",
        is_edited=False,
        on_page=False,
        is_filtered=True,
        is_clearable=False,
        decides=True,
    ),
    Field(
        "condition",
        _("Condition"),
        Value.CONDITION,
        "Condition; Grade; Zustand; Stan techniczny; Condition physique; Asset "
        "condition; Device condition; Physical condition; Condition name; "
        "Hardware condition; Gerätezustand; Stan fizyczny; État physique; "
        "Condición; Condición física; Estado físico; Estado de conservación; "
        "Kondisi; Kondisi aset; Kondisi barang; Condition of device; Working "
        "condition",
        likely="Stan; Estado",
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
        "Holder email; Checked out to: Email; Assigned to email; Assigned "
        "email; User email; Employee email; Owner email; Custodian email; "
        "Primary user email address; E-Mail Mitarbeiter; E-Mail Benutzer; "
        "E-mail pracownika; E-mail użytkownika; E-mail utilisateur; Assigned to "
        "e-mail address; Assigned user email; Assignee email; Assigned email "
        "address; User email address; Email of user; Employee email address; "
        "Primary user email; Owner e-mail address; Mitarbeiter E-Mail; Benutzer "
        "E-Mail; Nutzer E-Mail; E-Mail des Mitarbeiters; E-mail de "
        "l'utilisateur; Courriel de l'utilisateur; Correo del usuario; Correo "
        "del empleado; Email del usuario; Correo usuario; Email pengguna; Email "
        "karyawan; Custodian e-mail address; Loanee email; Assigned to mail; "
        "Holder mail; Email of employee; Employee mail; Email ID of user",
        likely="Email; E-mail address; Mail; Adres e-mail; Adresse e-mail; Courriel; "
        "Correo; Correo electrónico; Work email",
        reads="user__email",
        kept_in="accounts.User.email",
        is_edited=False,
        on_page=False,
        is_personal=True,
        decides=True,
    ),
    Field(
        "holder_username",
        _("User name of the holder"),
        Value.TEXT,
        "Checked out to: Username; Assigned username; Holder username; "
        "Username; Login; Benutzername; Anmeldename; Nazwa użytkownika; "
        "Identifiant; Nom d'utilisateur; Assigned to username; User login; "
        "Login name; Logon name; sAMAccountName; Benutzerkennung; Login "
        "użytkownika; Login utilisateur; Usuario de red; Nombre de usuario",
        likely="Primary user UPN; UPN; User principal name; User ID; Kennung",
        kept_in="accounts.User.username",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
        decides=True,
    ),
    Field(
        "holder_first_name",
        _("First name of the holder"),
        Value.TEXT,
        "Checked out to: First name; Holder first name; Assigned first name; "
        "Assigned to first name; User first name; Employee first name; Borrower "
        "first name; Assignee first name",
        likely="First name; Vorname; Imię; Prénom; Given name; Nombres; Nama depan",
        kept_in="accounts.User.first_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
        decides=True,
    ),
    Field(
        "holder_last_name",
        _("Last name of the holder"),
        Value.TEXT,
        "Checked out to: Last name; Holder last name; Assigned last name; "
        "Assigned to last name; User last name; Employee last name; Borrower "
        "last name; Assignee last name",
        likely="Last name; Surname; Nachname; Nazwisko; Nom de famille; Family name; "
        "Apellido; Apellidos; Nama belakang",
        kept_in="accounts.User.last_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
        decides=True,
    ),
    Field(
        "holder_name",
        _("Name of the holder"),
        Value.TEXT,
        "Full name; Checked out to; Checked out to: Name; Checked out to: Full "
        "name; Assigned to; Assigned user; Assignee; Holder; Holder name; "
        "Custodian; Employee name; User name full; Primary user display name; "
        "Zugewiesen an; Inhaber; Przypisany do; Przypisane do; Attribué à; "
        "Affecté à; Détenteur; User allocated; Allocated to; Allocated user; "
        "Assigned to name; Assigned to user; Assigned name; Assigned user full "
        "name; Assigned employee; Assigned person; Assignee name; Issued to; "
        "Given to; Handed over to; Current user; Current holder; Current "
        "assignee; In use by; Device user; Asset user; Assigned to employee; "
        "Employee full name; Staff name; Borrower; Custodian name; Name of "
        "user; User full name; User display name; Zugewiesen zu; Zugeordnet; "
        "Zugeordneter Benutzer; Zugewiesener Benutzer; Ausgegeben an; Vergeben "
        "an; Ausgeliehen an; Verwendet von; Aktueller Nutzer; Aktueller "
        "Benutzer; Mitarbeitername; Name des Mitarbeiters; Przypisano do; "
        "Wydano dla; Posiadacz; Użytkownik sprzętu; Utilisateur actuel; Nom de "
        "l'utilisateur; Nom utilisateur; Affecté; Attribué; Usager; Usuario "
        "asignado; Asignado a; Asignado; Custodio; Nombre del usuario; Nombre "
        "del empleado; Resguardante; Pengguna; Pemegang; Pengguna aset; "
        "Pemakai; Nama pengguna; Nama karyawan; Ditugaskan ke; Dipegang oleh; "
        "Peminjam; Loanee; Loanee name; Loaned to; Lent to; Held by; Assigned "
        "employee name; Employee assigned; User assigned; Assigned user name "
        "full; Allocated employee; Allotted to; Alloted to; Asset holder; "
        "Assigned staff; Recipient name",
        likely="User; Owner; Employee; Used by; Checked out; Person; Wer; Mitarbeiter; "
        "Mitarbeiterin; Benutzer; Nutzer; Besitzer; Pracownik; Użytkownik; Imię "
        "i nazwisko; Utilisateur; Employé; Collaborateur; Salarié; Staff; "
        "Primary user; Current owner; Asset owner; Responsible; Responsible "
        "person; Anwender; Verantwortlicher; Osoba odpowiedzialna; Affectation; "
        "Responsable; Usuario; Empleado; Colaborador; Penanggung jawab; PIC; "
        "Karyawan; Owned by; Device owner; Asset custodian; Nazwisko i imię; "
        "Nom et prénom; Nom prénom; Name, Vorname; Nachname, Vorname; Apellidos "
        "y nombre; Apellidos y nombres; Last name, first name; Registrierter "
        "Benutzer; Angemeldeter Benutzer",
        kept_in="accounts.User.first_name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_personal=True,
        decides=True,
    ),
    Field(
        "holder_kind",
        _("Kind of holder"),
        Value.HOLDER_KIND,
        "Checkout type; Checked out to: Type; Checked out to type; Assigned type; "
        "Assigned to type; Holder type",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
        decides=True,
    ),
    Field(
        "holder_place",
        _("Place that holds it"),
        Value.TEXT,
        "Checked out to: Location; Checkout location; Checkout to location; "
        "Checked out to location; Assigned location",
        kept_in="companies.Address.name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
        decides=True,
    ),
    Field(
        "location",
        _("Place"),
        Value.TEXT,
        "Location; Place; Office; Address name; Location name; Standort; "
        "Lagerort; Lokalizacja; Lokacja; Emplacement; Localisation; Lieu; "
        "Current location; Asset location; Device location; Physical location; "
        "Storage location; Office location; Site name; Office name; Lagerplatz; "
        "Einsatzort; Aufstellort; Miejsce; Miejsce użytkowania; Lokalizacja "
        "sprzętu; Emplacement actuel; Lieu de stockage; Ubicación; Ubicación "
        "actual; Ubicación física; Localización; Lokasi; Lokasi aset; Lokasi "
        "barang; Penempatan; Lokasi penempatan; Stockroom; Stock location; Site "
        "location; Work location; Location/Site; Ubicación equipo; Ubicación "
        "del equipo",
        likely="Building; Site; Ort; Büro; Biuro; Bureau; Warehouse; Default location; "
        "Branch; Building name; Lager; Niederlassung; Filiale; Oddział; "
        "Siedziba; Agence; Sede; Oficina; Lugar; Sucursal; Cabang; Ruangan; "
        "Room; Warehouse name",
        asked_as="address",
        reads="address__name",
        kept_in="companies.Address.name",
        is_edited=False,
        on_page=False,
        is_filtered=True,
        decides=True,
        is_clearable=False,
    ),
    Field(
        "purchased_on",
        _("Bought on"),
        Value.DATE,
        "Purchase date; Purchased on; Purchased; Date purchased; Date of "
        "purchase; Bought on; PO date; Kaufdatum; Anschaffungsdatum; Gekauft "
        "am; Data zakupu; Date d'achat; Acquisition date; Date acquired; "
        "Acquired on; Date of acquisition; Buy date; Bought; Beschaffungsdatum; "
        "Einkaufsdatum; Data nabycia; Date d'acquisition; Date achat; Acheté "
        "le; Fecha de compra; Fecha compra; Fecha de adquisición; Fecha "
        "adquisición; Tanggal pembelian; Tanggal beli; Tgl beli; Tgl pembelian; "
        "Tanggal perolehan; Tgl perolehan; Purchase; Date bought; Procurement "
        "date; Purchased date",
        likely="Order date; Invoice date; Rechnungsdatum; Lieferdatum; Delivery date; "
        "Received date; Fecha de factura; Tanggal pengadaan; Kauf",
        column="purchase_date",
    ),
    Field(
        "purchase_price",
        _("Purchase price"),
        Value.MONEY,
        "Purchase price; Purchase cost; Price; Cost; Kaufpreis; "
        "Anschaffungspreis; Preis; Cena; Cena zakupu; Prix; Prix d'achat; Unit "
        "price; Unit cost; Purchase value; Purchase amount; Acquisition cost; "
        "Acquisition value; Initial price; Original cost; Einkaufspreis; "
        "Anschaffungskosten; Beschaffungspreis; Koszt; Koszt zakupu; Wartość "
        "zakupu; Coût; Coût d'achat; Prix d'acquisition; Prix unitaire; Precio; "
        "Precio de compra; Costo; Coste; Costo de compra; Valor de compra; "
        "Harga; Harga beli; Harga pembelian; Harga perolehan; Nilai perolehan; "
        "Cost price; Purchase price net; Price paid; Buying price; Asset cost; "
        "Asset price",
        likely="Valuation; Value; Wert; Wartość; Valeur; Anschaffungswert; Amount; "
        "Nettopreis; Preis netto; Cena netto; Cena brutto; Prix unitaire HT; "
        "Prix HT; Prix TTC; Montant; Importe; Valor; Wartość brutto; Wartość "
        "netto; Precio unitario; Precio unitario sin IGV; Precio unitario sin "
        "IVA",
        currency="currency",
        seen_with=Permission.ASSETS_READ_PRICES,
    ),
    Field(
        "currency",
        _("Currency"),
        Value.CURRENCY,
        "Currency; Currency code; Währung; Waluta; Devise; Monnaie; Purchase "
        "currency; Purchase price currency; Price currency; Moneda; Divisa; "
        "Mata uang",
        help_text=_("Three letters or the name: EUR, euro."),
        on_page=False,  # it stands beside the price
    ),
    Field(
        "warranty_months",
        _("Warranty in months"),
        Value.MONTHS,
        "Warranty; Warranty months; Warranty (months); Warranty period; "
        "Garantie (Monate); Garantie in Monaten; Gwarancja (miesiące); Garantie "
        "(mois); Warranty term; Warranty duration; Warranty length; Warranty "
        "period (months); Warranty term (months); Garantiedauer; Garantiezeit; "
        "Gewährleistung (Monate); Okres gwarancji; Gwarancja w miesiącach; "
        "Durée de garantie; Durée de la garantie; Garantía (meses); Meses de "
        "garantía; Garansi (bulan); Masa garansi",
        likely="Garantie; Gwarancja; Garantía; Garansi",
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
        "Koniec gwarancji; Fin de garantie; Garantie jusqu'au; Warranty expiry "
        "date; Warranty expire date; Warranty to; Warranty valid until; End of "
        "warranty; Garantieablauf; Ende der Garantie; Gewährleistung bis; Data "
        "końca gwarancji; Data wygaśnięcia gwarancji; Date de fin de garantie; "
        "Fin garantie; Expiration de la garantie; Fin de garantía; Fin "
        "garantía; Fecha fin de garantía; Garantía hasta; Vencimiento de "
        "garantía; Vencimiento garantía; Garansi sampai; Akhir garansi; Garansi "
        "berakhir; Warranty exp.; Warranty exp. date; Warranty end on; Warranty "
        "ends; Warranty through; Garantieablaufdatum",
        likely="Warranty date; Contract expiration",
    ),
    Field(
        "supplier",
        _("Supplier"),
        Value.TEXT,
        "Supplier; Vendor; Seller; Purchased from; Lieferant; Händler; "
        "Dostawca; Sprzedawca; Fournisseur; Supplier name; Vendor name; "
        "Reseller; Retailer; Bought from; Purchase from; Lieferantenname; "
        "Bezugsquelle; Nom du fournisseur; Revendeur; Proveedor; Pemasok; Toko; "
        "Vendor/Supplier; Supplier/Vendor; Vendor/Seller; Dealer",
    ),
    Field(
        "order_number",
        _("Order number"),
        Value.CODE,
        "Order number; Order no.; Order #; PO number; Purchase order; Purchase "
        "order number; Bestellnummer; Bestell-Nr.; Numer zamówienia; Nr "
        "zamówienia; Numéro de commande; N° de commande; PO; PO no.; Purchase "
        "order no.; Order ID; Auftragsnummer; Auftrags-Nr.; Bon de commande; N° "
        "bon de commande; Número de pedido; Nº de pedido; Orden de compra; "
        "Número de orden; Nomor PO; No PO; Nomor pesanan; PO reference; Order "
        "reference; Order ref.",
        likely="Invoice number; Invoice no.; Rechnungsnummer; Numer faktury; Invoice; "
        "Rechnungs-Nr.; Nr faktury; Numéro de facture; N° facture; N° de "
        "facture; Número de factura; Nº de factura; Factura; Nomor faktur; No "
        "faktur",
    ),
    Field(
        "cost_centre",
        _("Cost centre"),
        Value.CODE,
        "Cost centre; Cost center; Cost centre code; Cost center code; "
        "Kostenstelle; Kostenst.; MPK; Centrum kosztów; Centre de coûts; Centre "
        "de coût; Kostenstellennummer; Centro de costo; Centro de coste; Centro "
        "de costos; Pusat biaya",
    ),
    Field(
        "external_id",
        _("Id in another system"),
        Value.CODE,
        "External id; Device ID; JSS Computer ID; Computer ID; External ref; "
        "Import ref; sys_id; Externe ID; Identifiant externe; ID externo",
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
        "Commentaire; Commentaires; Asset note; Additional notes; Remark; "
        "Observations; Anmerkung; Anmerkungen; Hinweis; Hinweise; Komentarz; "
        "Adnotacje; Observation; Notas; Nota; Observaciones; Comentario; "
        "Comentarios; Catatan; Keterangan; Remarks/Notes; Notes/Remarks; "
        "Additional info; Other details; Commentaire libre",
        likely="Description; Beschreibung; Opis; Descripción; Deskripsi",
        on_page=False,  # a card of its own
    ),
)
