"""Header rows of exports and of sheets that people keep: which columns are understood.

They are names of columns, each with where anybody can read it; no file of others is
kept. Those of a “kept sheet” are as people call such columns, and nobody's own.
"""

from __future__ import annotations

import pytest

from apps.imports.columns.detection import detect_kind
from apps.imports.columns.headers import Column, Confidence, guess_mapping
from apps.imports.states import Kind

# The headers; how many of them were understood when this began; those that are not.
ROWS = [
    (
        # docs.noix.dev/inventorix/user/import-export: columns of an export
        "id,state,asset_type,manufacturer,model,owner,place,serial_number,buy_date,"
        "guarantee_end,buy_price,buy_type,tags",
        9,
        "buy_type;tags",
    ),
    (
        # inventorio.help.center/article/1011-gerate-import-csv
        "Objektname;Objektstatus;Kategorie;Hersteller;Lieferant;Modellname;"
        "Leasing / Eigentum;Ort;Raumnummer;Seriennummer",
        6,
        "Leasing / Eigentum",
    ),
    (
        # a kept sheet: an export by number of pieces
        "Entry Name,Entry Type,Quantity,Unit,Min Level,Price,Notes,Tags,"
        "Primary Folder,Serial Number,Model,Brand,Assigned To",
        6,
        "Entry Type;Unit;Min Level;Tags",
    ),
    (
        # a kept sheet: workstations of a service desk
        "Asset Name,Product Type,Product,Vendor,Asset Tag,Asset Serial No,"
        "Acquisition Date,Warranty Expiry Date,Site,Asset State,Assign to User,"
        "Assign to Department,Purchase Cost ($),Is Loanable",
        9,
        "Assign to Department;Is Loanable",
    ),
    (
        # github.com/Eugene2440/asset: backend/data.js
        "Tag No,Asset Type,Asset Make,Asset Model,Serial Number,Location,"
        "User Allocated,Asset Status,OS Version",
        5,
        "OS Version",
    ),
    (
        # github.com/AlexRosbach/AutoDoku: README.md, a CSV for i-doit
        "Objekt-Typ;Bezeichnung;IP-Adresse;MAC-Adresse;Hostname;Betriebssystem;"
        "Hersteller;Modell;Seriennummer;RAM (GB);CPU;Standort;Abteilung;Notizen",
        6,
        "IP-Adresse;MAC-Adresse;Betriebssystem;RAM (GB);CPU;Abteilung",
    ),
    (
        # a kept sheet: an inventory of devices in German
        "Inventarnummer;Seriennummer;Gerätename;Hostname;Plattform;Gerätetyp;Eigentum;"
        "Hersteller;Modell;Betriebssystem;Standort;Mitarbeiter_E-Mail",
        8,
        "Plattform;Eigentum;Betriebssystem",
    ),
    (
        # a kept sheet: an export of equipment in German
        "Inventarnummer;Name;Hersteller;Modell;Seriennummer;Kategorie;Zustand;"
        "Standort;Kaufpreis;Tagesmiete;Verfügbar",
        9,
        "Tagesmiete;Verfügbar",
    ),
    (
        # a kept sheet: an export of equipment in German
        "Marke;Name;Interne Nummer;Inventarnummer;Seriennummer",
        4,
        "Interne Nummer",
    ),
    (
        # a kept sheet: an export of equipment in Spanish
        "Nombre,Estado,Categoría,Marca,Modelo,Número de Serie,Fecha de Alta",
        1,
        "Fecha de Alta",
    ),
    (
        # a kept sheet: an export of tools in Spanish
        "ID,Nombre,Categoría,Marca,Modelo,Número de Serie,Estado,Fecha de Compra,"
        "Garantía,Último Mantenimiento,Próximo Mantenimiento,Fecha Creación,"
        "Última Actualización",
        2,
        "Último Mantenimiento;Próximo Mantenimiento;Fecha Creación;"
        "Última Actualización",
    ),
    (
        # a kept sheet: what employees have, in Spanish
        "ID,Empleado,Número de Empleado,Departamento,Tipo de Hardware,Marca,Modelo,"
        "Número de Serie,Accesorios,Fecha de Asignación",
        2,
        "Número de Empleado;Departamento;Accesorios;Fecha de Asignación",
    ),
    (
        # a kept sheet: an export of assets in Indonesian, by branch
        "Kode Aset,Nama Aset,Kategori,Merk,Serial Number,Cabang,Penanggung Jawab,"
        "Tgl Perolehan,Harga Beli (Rp),Nilai Buku (Rp),Status",
        2,
        "Nilai Buku (Rp)",
    ),
    (
        # a kept sheet: an export of assets in Indonesian, by place
        "Kode Aset,Nama Aset,S/N,No Rangka,No Unik Lain,Kategori,Departemen,Lokasi,"
        "Vendor,Harga,Tanggal Beli,Kondisi,Status",
        3,
        "No Rangka;No Unik Lain;Departemen",
    ),
    (
        # a kept sheet: an export of fixed assets in Indonesian
        "Kode Aset,Nama Aset,Kategori,Merk,No Seri,Lokasi,PIC,Tanggal Beli,Harga Beli,"
        "Nilai Buku,Kondisi,Status",
        1,
        "Nilai Buku",
    ),
    (
        # github.com/mchdfrhn/inventory-js: PANDUAN_IMPORT_ASET.md
        "Nama Aset*,Kode Kategori*,Spesifikasi,Tanggal Perolehan*,Jumlah*,Satuan,"
        "Harga Perolehan*,Umur Ekonomis,Kode Lokasi*,ID Asal Pengadaan*,Status",
        1,
        "Kode Kategori*;Spesifikasi;Satuan;Umur Ekonomis;Kode Lokasi*;"
        "ID Asal Pengadaan*",
    ),
    (
        # a kept sheet: a French sheet
        "Nom;Catégorie;N° de série;Détenteur;Date d'achat;Prix;Fournisseur;"
        "Garantie (mois);Statut",
        9,
        "",
    ),
    (
        # a kept sheet: an export of a theatre's equipment in French
        "Code LOCMAT;Désignation;N° de série;Sous famille LM;Marque;Modèle;"
        "Prix unitaire HT;Valeur nette comptable;Date d'achat",
        4,
        "Code LOCMAT;Sous famille LM;Valeur nette comptable",
    ),
    (
        # a kept sheet: a report of assets
        "Asset Tag,Device Type,Manufacturer,Model,Serial Number,Status,Assigned To,"
        "Location,Purchase Price,Currency,Purchase Date,Warranty End Date,Created At",
        12,
        "Created At",
    ),
    (
        # a kept sheet: an export of devices to be lent
        "Asset Tag,Serial Number,Brand,Model,Category,Location,Status,Condition,"
        "Available for Loan",
        8,
        "Available for Loan",
    ),
    (
        # a kept sheet: an export of laptops
        "Asset Tag,Serial Number,Brand,Model,CPU,RAM,Storage,Windows,Assignee,"
        "Condition,Password",
        6,
        "CPU;RAM;Storage;Windows;Password",
    ),
    (
        # a kept sheet: a list of computers of a school
        "Department,Asset ID,Primary User,Type,Brand & Model,Processor,HDD(size),"
        "Memory,Graphics,Monitor Brand,Monitor Power Supply,UPS/AVR Brand Model,"
        "UPS/AVR Capacity,Date Acquired,Remarks,Date Added",
        3,
        "Department;Processor;HDD(size);Memory;Graphics;Monitor Brand;"
        "Monitor Power Supply;UPS/AVR Brand Model;UPS/AVR Capacity;Date Added",
    ),
    (
        # a kept sheet: an inventory with quantities
        "Serial Number,Equipment Type,Equipment Brand & Model,Location,Quantity,"
        "Start Date,End Date",
        3,
        "Start Date;End Date",
    ),
    (
        # a kept sheet: a sheet that is synchronised with Snipe-IT
        "Company,Name,Asset Tag,Serial Number,Category,Status,Supplier,Manufacturer,"
        "Location,Order Number,Model,Model Notes,Model Number,Asset Notes,"
        "Purchase Date,Purchase Cost,Checkout Type,Checked Out To: Username,"
        "Checked Out To: First Name,Checked Out To: Last Name,Checked Out To: Email,"
        "Checkout to Location,Warranty,EOL Date",
        23,
        "",
    ),
    (
        # github.com/grokability/snipe-it: app/Http/Controllers/ReportsController.php
        "Company,Asset Name,Asset Tag,Model,Model No.,Category,Manufacturer,Serial,"
        "Purchased,Cost,EOL,Order Number,Supplier,Location,Address,Address,City,State,"
        "Country,Zip,Default Location,Checked Out,Type,Username,Employee No.,Manager,"
        "Department,Title,Status,Warranty,Warranty Expires,Value,Diff,"
        "Fully Depreciated,Checkout Date,Expected Checkin,Created At,Updated At,"
        "Deleted,Last Audit,Next Audit Date,Notes",
        24,
        "",
    ),
    (
        # github.com/netbox-community/netbox: netbox/dcim/forms/bulk_import.py
        "name,role,tenant,manufacturer,device_type,platform,serial,asset_tag,status,"
        "site,location,rack,position,face,latitude,longitude,parent,device_bay,"
        "airflow,cooling_method,virtual_chassis,vc_position,vc_priority,cluster,"
        "description,config_template,owner,comments,tags",
        11,
        "",
    ),
    (
        # github.com/glpi-project/glpi: src/Computer.php
        "Name,Entity,Status,Manufacturer,Serial number,Inventory number,Type,Model,"
        "Location,Alternate username,Alternate username number,User,Group,"
        "Technician in charge,Group in charge,Last update,Last inventory date,"
        "Comments,UUID",
        10,
        "",
    ),
    (
        # github.com/leihs/leihs: features/examples/inventar_csv.feature
        "Created at,Updated at,Product,Version,Manufacturer,Description,"
        "Technical Details,Internal Description,Important notes for hand over,"
        "Categories,Accessories,Compatibles,Properties,Inventory Code,Serial Number,"
        "MAC-Address,IMEI-Number,Name,Note,Retirement,Reason for Retirement,"
        "Working order,Completeness,Borrowable,Status note,Building,Room,Shelf,"
        "Relevant for inventory,Owner,Last Checked,Responsible department,"
        "Responsible person,User/Typical usage,Supply Category,Reference,"
        "Project Number,Invoice Number,Invoice Date,Initial Price,Supplier,"
        "Warranty expiration,Contract expiration,Move,Target area,Check-In Date,"
        "Check-In State,Check-In Note,Borrower First name,Borrower Last name,"
        "Borrower Personal ID",
        13,
        "",
    ),
    (
        # github.com/hay-kot/homebox: backend/app/api/demo.go
        "HB.import_ref,HB.location,HB.labels,HB.quantity,HB.name,HB.description,"
        "HB.insured,HB.serial_number,HB.model_number,HB.manufacturer,HB.notes,"
        "HB.purchase_from,HB.purchase_price,HB.purchase_time,HB.lifetime_warranty,"
        "HB.warranty_expires,HB.warranty_details,HB.sold_to,HB.sold_price,"
        "HB.sold_time,HB.sold_notes",
        0,
        "",
    ),
    (
        # github.com/inventree/InvenTree: src/backend/InvenTree/stock/serializers.py
        "ID,Part,Quantity,Serial Number,Batch Code,Location,Installed In,Customer,"
        "Expiry Date,In Stock,Notes,Owner,Status,Purchase Price,"
        "Purchase Price Currency,Allocated Quantity,Installed Items,Child Items,Stale,"
        "Part.Name,Part.Description,Part.IPN,Part.Revision,Location.Name,"
        "Supplier Part.SKU,Supplier Part.MPN",
        8,
        "",
    ),
    (
        # support.google.com/a/answer/40057, the download of users
        "First Name [Required],Last Name [Required],Email Address [Required],"
        "Password [Required],Password Hash Function [UPLOAD ONLY],"
        "Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Status [READ ONLY],"
        "Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,"
        "Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,"
        "Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee Type,"
        "Employee Title,Manager Email,Department,Cost Center",
        9,
        "",
    ),
    (
        # learn.microsoft.com/entra/identity/users/users-bulk-download
        "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,"
        "jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,"
        "physicalDeliveryOfficeName,city,postalCode,telephoneNumber,mobile,"
        "authenticationPhoneNumber,authenticationAlternativePhoneNumber,"
        "authenticationEmail,alternateEmailAddress,ageGroup,consentProvidedForMinor,"
        "legalAgeGroupClassification",
        14,
        "",
    ),
    (
        # support.okta.com/help/s/question/0D51Y00008ciESjSAM, the template
        "login,firstName,lastName,middleName,honorificPrefix,honorificSuffix,email,"
        "title,displayName,nickName,profileUrl,secondEmail,mobilePhone,primaryPhone,"
        "streetAddress,city,state,zipCode,countryCode,postalAddress,preferredLanguage,"
        "locale,timezone,userType,employeeNumber,costCenter,organization,division,"
        "department,managerId,manager",
        16,
        "",
    ),
    (
        # github.com/fleetdm/fleet: docs/REST API/rest-api.md
        "created_at,updated_at,id,detail_updated_at,label_updated_at,policy_updated_at,"
        "last_enrolled_at,seen_time,refetch_requested,hostname,uuid,platform,"
        "osquery_version,os_version,build,platform_like,code_name,uptime,memory,"
        "cpu_type,cpu_subtype,cpu_brand,cpu_physical_cores,cpu_logical_cores,"
        "hardware_vendor,hardware_model,hardware_version,hardware_serial,computer_name,"
        "primary_ip_id,primary_ip,primary_mac,distributed_interval,config_tls_refresh,"
        "logger_tls_period,team_id,team_name,gigs_disk_space_available,"
        "percent_disk_space_available,gigs_total_disk_space,issues,device_mapping,"
        "status,display_text",
        6,
        "",
    ),
    (
        # developers.google.com/admin-sdk/directory/reference/rest/v1/chromeosdevices
        "deviceId,annotatedAssetId,annotatedLocation,annotatedUser,"
        "autoUpdateExpiration,bootMode,ethernetMacAddress,firmwareVersion,"
        "lastEnrollmentTime,lastSync,macAddress,model,notes,orderNumber,orgUnitPath,"
        "osVersion,platformVersion,serialNumber,status,supportEndDate",
        6,
        "",
    ),
    (
        # ezo.io/ezofficeinventory/blog/data-dictionary
        "Asset Identification Number,Asset #,Cost Price,Description,"
        "Display Picture URL,Document Attachments,Group,"
        "Location Identification Number,Location Name,Location #,Name,"
        "Product Model Number,Purchased On",
        6,
        "",
    ),
    (
        # github.com/kandji-inc/support: api-tools/update-device-record
        "serial_number,blueprint_name,asset_tag,username,user",
        4,
        "blueprint_name",
    ),
    (
        # github.com/leihs/leihs: features/examples/inventar_csv.feature, in German
        "Erstellt am,Aktualisiert am,Modellname,Version,Hersteller,Beschreibung,"
        "Technische Details,Interne Beschreibung,Wichtige Notizen zur Aushändigung,"
        "Zuteilungen,Kategorien,Bildernamen,Anhangsnamen,Zubehör,Ergänzende Modelle,"
        "Eigenschaften,Paketnummern,Inventarcode,Ausmusterung,Grund der Ausmusterung,"
        "Zustand,Vollständigkeit,Ausleihbar,Inventarrelevant,Besitzer,Letzte Inventur,"
        "Verantwortliche Abteilung,Benutzer/Verwendung,Umzug,Zielraum",
        6,
        "",
    ),
    (
        # github.com/Eotics/gestion-informatique: portfolio-it-support/01.Inventaire
        "ID actif;Type d'équipement;Marque / Modèle;Numéro de série;Utilisateur;"
        "Localisation;Date d'achat;Fin de garantie;Logiciels installés;"
        "Licence (Oui/Non);Fournisseur;Statut;Commentaire libre;Problemes/Solution",
        10,
        "Logiciels installés;Licence (Oui/Non);Problemes/Solution",
    ),
    (
        # snake_case with _name, as of a database
        "asset_tag;name;serial;model_name;manufacturer_name;category_name;status_name;"
        "location_name;assigned_username;assigned_first_name;assigned_last_name",
        7,
        "",
    ),
]


def cells(headers: str) -> list[str]:
    return headers.split(";" if ";" in headers else ",")


def is_understood(column: Column) -> bool:
    """It fills a field, or is left out for a reason that is known."""
    is_known = column.confidence is Confidence.KNOWN or bool(column.target)
    return is_known or "already fills" in column.why


@pytest.mark.parametrize(("headers", "before", "unread"), ROWS)
def test_columns_of_the_trade_are_understood(headers, before, unread):
    kind = detect_kind(cells(headers)).kind or Kind.ASSETS
    columns = guess_mapping(cells(headers), kind).columns
    left = [column.header for column in columns if not is_understood(column)]
    assert left == list(filter(None, unread.split(";")))
    assert len(columns) - len(left) >= before


def test_five_of_six_columns_are_understood_where_it_was_not_one_of_two():
    columns = sum(len(cells(headers)) for headers, _before, _unread in ROWS)
    before = sum(before for _headers, before, _unread in ROWS)
    left = sum(len(list(filter(None, row[2].split(";")))) for row in ROWS)
    assert before / columns < 0.5
    assert (columns - left) / columns > 5 / 6


def found(headers: str) -> dict[str, str | None]:
    columns = guess_mapping(cells(headers), Kind.ASSETS).columns
    return {column.header: column.target for column in columns}


def test_columns_of_databases_end_in_name():
    assert found(
        "asset_tag;name;serial;model_name;manufacturer_name;category_name;status_name;"
        "location_name;assigned_username;assigned_first_name;assigned_last_name"
    ) == {
        "asset_tag": "asset_tag",
        "name": "name",
        "serial": "serial_number",
        "model_name": "product_name",
        "manufacturer_name": "manufacturer",
        "category_name": "category",
        "status_name": "state",
        "location_name": "location",
        "assigned_username": "holder_username",
        "assigned_first_name": "holder_first_name",
        "assigned_last_name": "holder_last_name",
    }


@pytest.mark.parametrize(
    ("language", "headers"),
    [
        (
            "English",
            "Tag No,Serial Number,Asset Make,Asset Model,Asset Type,Asset Status,"
            "Current Location,User Allocated,Date Acquired,Unit Cost,Reseller",
        ),
        (
            "German",
            "Inventarcode,Seriennr,Herstellername,Gerätemodell,Gerätekategorie,"
            "Gerätestatus,Standort,Ausgegeben an,Beschaffungsdatum,Einkaufspreis,"
            "Bezugsquelle",
        ),
        (
            "French",
            "Code inventaire,N° de série,Marque,Modèle,Type de matériel,Statut,"
            "Emplacement actuel,Utilisateur actuel,Date d'acquisition,"
            "Prix d'acquisition,Revendeur",
        ),
        (
            "Spanish",
            "Código de activo,Número de serie,Fabricante,Modelo,Tipo de equipo,"
            "Estado del equipo,Ubicación,Asignado a,Fecha de compra,Precio de compra,"
            "Proveedor",
        ),
        (
            "Polish",
            "Numer inwentarzowy,Nr seryjny,Producent,Model sprzętu,Rodzaj sprzętu,"
            "Status urządzenia,Lokalizacja,Wydano dla,Data nabycia,Koszt zakupu,"
            "Dostawca",
        ),
        (
            "Indonesian",
            "Kode aset,Nomor seri,Merek,Nama model,Jenis perangkat,Status aset,Lokasi,"
            "Dipegang oleh,Tanggal pembelian,Harga beli,Pemasok",
        ),
    ],
)
def test_sheets_in_six_languages(language, headers):
    assert list(found(headers).values()) == [
        "asset_tag",
        "serial_number",
        "manufacturer",
        "product_name",
        "category",
        "state",
        "location",
        "holder_name",
        "purchase_date",
        "purchase_price",
        "supplier",
    ]


@pytest.mark.parametrize(
    ("header", "target", "confidence"),
    [
        ("Purchase date (dd/mm/yyyy)", "purchase_date", Confidence.KNOWN),
        ("Kaufdatum (TT.MM.JJJJ)", "purchase_date", Confidence.KNOWN),
        ("Harga Beli (Rp)", "purchase_price", Confidence.KNOWN),
        ("Preis in EUR", "purchase_price", Confidence.KNOWN),
        ("Serial number [required]*", "serial_number", Confidence.KNOWN),
        ("Preis (netto)", "purchase_price", Confidence.LIKELY),
        ("Location (old)", "location", Confidence.LIKELY),
    ],
)
def test_what_stands_in_brackets_explains_a_header(header, target, confidence):
    """It leaves a doubt, unless it says but how the cells are written."""
    (column,) = guess_mapping([header], Kind.ASSETS).columns
    assert (column.target, column.confidence) == (target, confidence)


def test_a_kind_of_device_beside_make_and_model_is_a_category():
    columns = found("Inv.-Nr.,Gerät,Hersteller / Modell,S/N")
    assert columns["Gerät"] == "category"
    assert columns["Hersteller / Modell"] == "make_and_model"


def test_a_header_that_may_mean_two_fields_fills_the_one_that_is_free():
    assert found("Serie,Status,Estado")["Estado"] == "condition"
    assert found("Serie,Estado")["Estado"] == "state"


def test_of_two_likely_columns_the_likelier_wins_wherever_it_stands():
    headers = ["User principal name", "Mail", "First name", "Last name"]
    columns = guess_mapping(headers, Kind.PEOPLE).targets()
    assert columns[1] == "email"
    assert 0 not in columns


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        ("Name,Vorname,E-Mail", ["last_name", "first_name", "email"]),
        ("Name,E-Mail", ["full_name", "email"]),
        ("Nom,Prénom,Courriel", ["last_name", "first_name", "email"]),
        ("Nom,Courriel", ["full_name", "email"]),
        ("Nombre,Apellidos,Correo", ["first_name", "last_name", "email"]),
        ("Nombre,Correo", ["full_name", "email"]),
        ("Name,First name,Last name,Email", [None, "first_name", "last_name", "email"]),
    ],
)
def test_a_name_is_the_part_that_no_other_column_holds(headers, targets):
    columns = guess_mapping(cells(headers), Kind.PEOPLE).columns
    assert [column.target for column in columns] == targets


def test_a_place_beside_a_default_place_is_where_the_device_is():
    columns = found("Default Location,Location,Serial")
    assert (columns["Default Location"], columns["Location"]) == (None, "location")


@pytest.mark.parametrize(
    "headers",
    [
        "Emp ID,Firstname,Lastname,Email ID,Designation,Dept,DOJ,Exit date,Mobile no.",
        "Personalnummer,Vorname,Nachname,Firmen-E-Mail,Jobtitel,Abteilung,Startdatum,"
        "Ausscheidedatum,Mobiltelefon",
        "Matricule,Prénom,Nom de famille,Courriel,Poste,Département,Date d'arrivée,"
        "Date de fin,Téléphone",
        "Número de empleado,Primer nombre,Apellidos,Correo electrónico,Cargo,"
        "Departamento,Fecha de ingreso,Fecha de baja,Teléfono",
        "Numer pracownika,Imię,Nazwisko,E-mail służbowy,Stanowisko,Dział,"
        "Data zatrudnienia,Data odejścia,Telefon",
        "Nomor karyawan,Nama depan,Nama belakang,Email kantor,Jabatan,Departemen,"
        "Tanggal masuk,Tanggal keluar,Nomor telepon",
    ],
)
def test_lists_of_people_in_six_languages(headers):
    assert detect_kind(cells(headers)).kind is Kind.PEOPLE
    columns = guess_mapping(cells(headers), Kind.PEOPLE).columns
    assert [column.target for column in columns] == [
        "employee_number",
        "first_name",
        "last_name",
        "email",
        "job_title",
        "department",
        "start_on",
        "end_on",
        "phone",
    ]
