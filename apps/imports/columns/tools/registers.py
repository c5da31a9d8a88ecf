"""Registers of equipment whose exports are known, with what their columns mean there.
A header that means the same everywhere needs no entry: see the tables of fields."""

from __future__ import annotations

from apps.imports.states import Kind

from .exporter import (
    A_GROUP,
    COMPANY,
    IN_A_DEVICE,
    LATER,
    NO_PLACE_FOR_IT,
    NOT_THE_HOLDER,
    NUMBERED,
    SOMETHING_ELSE,
    Exporter,
)

_OF_SNIPE_IT = (
    "Checked out to a person: the holder. To a location: the device is at that place, "
    "held by nobody. To another device: it stays at the place of the row, and the name "
    "of the other device is kept in the specification as “Checked out to”."
)
SNIPE_IT_ASSETS = Exporter(
    "Snipe-IT",
    Kind.ASSETS,
    "Checkout Type; Checked Out To: Username; Asset EOL Date; Model Notes; "
    "Checkout Location; Checked Out To: Location; Checkout to Location",
    what="assets",
    source="https://github.com/grokability/snipe-it: sample_csvs/assets-sample.csv, "
    "app/Importer/ItemImporter.php",
    held=_OF_SNIPE_IT,
    targets={"Model": "product_name"},
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Model Notes; Asset EOL Date; EOL; EOL date; Next Audit; Next Audit Date; "
            "Last Audit; Last Checkout; Last Checkout Date; Last Checkin Date; "
            "Checkout Date; Expected Checkin; Requestable; BYOD; Image; Depreciation; "
            "Book Value; Diff; Created At; Updated At; Min QTY; Fieldset",
        ),
    ),
    others="Company; Name; Asset Tag; Serial; Category; Supplier; Manufacturer; "
    "Location; Order Number; Model Number; Asset Notes; Purchase Date; Purchase Cost; "
    "Checked Out To: First Name; Checked Out To: Last Name; Checked Out To: Email; "
    "Status; Warranty",
)
SNIPE_IT_OLD_ASSETS = Exporter(
    "Snipe-IT",
    Kind.ASSETS,
    "Item Name; Full Name; Model Name; Warranty; Asset Tag",
    what="assets, older",
    source="https://github.com/grokability/snipe-it: app/Importer/import_mappings.md",
    held="Full Name, Email and Username are those of the holder.",
    enough=4,
    targets={"Email": "holder_email"},
    ignored=((NO_PLACE_FOR_IT, "Image; Requestable"),),
    others="Company; Category; Manufacturer; Model Number; Serial; Location; Notes; "
    "Purchase Date; Purchase Cost; Status; Supplier; Username",
)
SNIPE_IT_REPORT = Exporter(
    "Snipe-IT",
    Kind.ASSETS,
    "Checked Out; Employee No.; Fully Depreciated; Expected Checkin; Default Location; "
    "Warranty Expires; Checkout Date; Diff; Model No.; Asset Name; Purchased",
    what="custom asset report",
    source="https://github.com/grokability/snipe-it: "
    "app/Http/Controllers/ReportsController.php",
    held=_OF_SNIPE_IT + " Which of them it is, the column Type says.",
    enough=4,
    targets={
        "Asset Name": "name",
        "Model": "product_name",
        "Checked Out": "holder_name",
        "Type": "holder_kind",
    },
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "EOL; Diff; Fully Depreciated; Checkout Date; Last Checkin Date; "
            "Expected Checkin; Created At; Updated At; Deleted; Last Audit; "
            "Next Audit Date; Address; City; Country; Zip",
        ),
        (NOT_THE_HOLDER, "Manager"),
        # Of the holder, the place, the depreciation.
        (SOMETHING_ELSE, "Employee No.; Department; Title; State; Value"),
    ),
    others="Company; Asset Tag; Model No.; Category; Manufacturer; Serial; Purchased; "
    "Cost; Order Number; Supplier; Location; Default Location; Username; Status; "
    "Warranty; Warranty Expires; Notes",
)
SNIPE_IT_USERS = Exporter(
    "Snipe-IT",
    Kind.PEOPLE,
    "Activated; Gravatar; VIP; Remote; Employee Number",
    what="people",
    source="https://github.com/grokability/snipe-it: sample_csvs/users-sample.csv, "
    "app/Importer/UserImporter.php",
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Location; Website; Manager; Manager Username; Remote; VIP; "
            "Gravatar; Assets; Licenses; Accessories; Consumables; Groups; "
            "Permissions; Last Login; Created At",
        ),
    ),
    others="First Name; Last Name; Email; Username; Address; City; State; Country; "
    "Postal Code; Phone; Job Title; Notes; Company; Department; Start Date; End Date",
)
SHELF = Exporter(
    "Shelf",
    Kind.ASSETS,
    "custodian; bookable; minQuantity; unitOfMeasure; consumptionType; kit",
    what="assets",
    source="https://www.shelf.nu/knowledge-base/importing-assets-to-shelf-csv-guide",
    held="The custodian, by name or e-mail, is the holder. A kit holds nothing here.",
    # The title is the name of one device, its model is another column.
    targets={
        "title": "name",
        "assetModel": "product_name",
        "description": "notes",
        "valuation": "purchase_price",
    },
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "kit; tags; bookable; type; quantity; minQuantity; "
            "unitOfMeasure; consumptionType; barcode_Code128; barcode_Code39; "
            "barcode_DataMatrix; barcode_ExternalQR; barcode_EAN13; qrId; imageUrl",
        ),
    ),
    others="category; location; custodian",
)
SHELF_USERS = Exporter(
    "Shelf",
    Kind.PEOPLE,
    "role; teamMemberId",
    what="people",
    source="https://github.com/Shelf-nu/shelf.nu: example CSV of users",
    # The id of a record of Shelf's own, to be joined with the account.
    ignored=((NO_PLACE_FOR_IT, "role"), (SOMETHING_ELSE, "teamMemberId")),
    others="email",
)
RALPH = Exporter(
    "Ralph",
    Kind.ASSETS,
    "sn; force_depreciation; service_env; niw; property_of",
    what="back office assets",
    source="https://github.com/allegro/ralph: src/ralph/back_office/models.py",
    held="The user is the holder. The owner answers for it, and is left out.",
    targets={
        "id": "external_id",
        "sn": "serial_number",
        "barcode": "asset_tag",
        "hostname": "name",
        "model": "product_name",
        "price": "purchase_price",
        "provider": "supplier",
        "invoice_date": "purchase_date",
        "order_no": "order_number",
        "remarks": "notes",
        "warehouse": "location",
        "user": "holder_username",
    },
    facts="imei; imei2",
    doubtful={"model": NUMBERED, "warehouse": NUMBERED},
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "force_depreciation; service_env; region; niw; property_of; "
            "invoice_no; depreciation_rate; depreciation_end_date; budget_info; "
            "configuration_path; tags; loan_end_date; task_url",
        ),
        (NOT_THE_HOLDER, "owner"),
        (IN_A_DEVICE, "parent"),
        # A desk or a room of the user, in words of their own.
        (SOMETHING_ELSE, "location; office_infrastructure"),
    ),
    others="status",
)
GLPI = Exporter(
    "GLPI",
    Kind.ASSETS,
    "Alternate username; Alternate username number; Technician in charge; "
    "Group in charge; Last inventory date; Last boot date; Entity; Inventory number; "
    "Update Source",
    what="computers and other assets",
    source="https://github.com/glpi-project/glpi: src/Computer.php",
    held="The user is the holder. A group can't be one, and the alternate username is "
    "what the inventory agent saw last: both are left out.",
    targets={
        "Name": "name",
        "Type": "category",
        "Model": "product_name",
        "User": "holder_name",
        "ID": "external_id",
    },
    facts="UUID; Network; Operating System; Operating System - Name; "
    "Operating System - Version",
    ignored=(
        (COMPANY, "Entity"),
        (LATER, "Last inventory date; Last boot date; Last update"),
        (NOT_THE_HOLDER, "Alternate username; Technician in charge"),
        (A_GROUP, "Group; Group in charge"),
        (
            NO_PLACE_FOR_IT,
            "Alternate username number; Creation date; Update Source; Domain",
        ),
    ),
    others="Status; Manufacturer; Serial number; Inventory number; Location; Comments",
)
NETBOX = Exporter(
    "NetBox",
    Kind.ASSETS,
    "device_type; role; tenant; rack; face; airflow; virtual_chassis; vc_position; "
    "vc_priority; device_bay; platform; cluster; site; config_template",
    what="devices",
    source="https://github.com/netbox-community/netbox: "
    "netbox/dcim/forms/bulk_import.py",
    held="Devices are held by nobody: each is at its site. What is in a rack, a bay or "
    "a parent device is at that site, too.",
    enough=3,
    targets={
        "name": "name",
        "device_type": "product_name",
        "role": "category",
        "site": "location",
        "serial": "serial_number",
        "id": "external_id",
    },
    facts="platform",
    ignored=(
        (COMPANY, "tenant; tenant_group"),
        (NOT_THE_HOLDER, "owner"),
        (IN_A_DEVICE, "parent; device_bay; virtual_chassis; vc_position; vc_priority"),
        # A room of the site.
        (SOMETHING_ELSE, "location; description"),
        (
            NO_PLACE_FOR_IT,
            "rack; position; face; latitude; longitude; airflow; cooling_method; "
            "cluster; config_template; tags",
        ),
    ),
    others="manufacturer; asset_tag; status; comments",
)
INVENTREE = Exporter(
    "InvenTree",
    Kind.ASSETS,
    "Part.Name; Part.IPN; Part.Revision; Location.Name; Supplier Part.SKU; "
    "Supplier Part.MPN; Stocktake Date; Installed Items; Child Items; Stale; "
    "Allocated Quantity",
    what="stock items",
    source="https://github.com/inventree/InvenTree: "
    "src/backend/InvenTree/stock/serializers.py",
    held="Nobody holds stock. What is installed in another item, or with a customer, "
    "is at the place of the row.",
    targets={
        "Part.Name": "product_name",
        "Part.IPN": "model_number",
        "Location.Name": "location",
        "ID": "external_id",
    },
    facts="Batch Code",
    ignored=(
        (IN_A_DEVICE, "Installed In; Parent Item; Installed Items; Child Items"),
        (NOT_THE_HOLDER, "Customer; Owner"),
        # Numbers of its own lists; the condition of the stock.
        (SOMETHING_ELSE, "Part; Location; Stock Location; Status; Supplier Part"),
        (
            NO_PLACE_FOR_IT,
            "Quantity; Allocated Quantity; Stocktake Date; Expiry Date; Stale; "
            "Expired; In Stock; Part.Description; Part.Revision; Part.Minimum Price; "
            "Part.Maximum Price; Supplier Part.SKU; Supplier Part.MPN; Barcode Hash",
        ),
    ),
    others="Serial Number; Purchase Price; Purchase Price Currency; Notes",
)
HOMEBOX = Exporter(
    "Homebox",
    Kind.ASSETS,
    "HB.name; HB.location; HB.asset_id; HB.import_ref; HB.quantity; HB.serial_number",
    what="items",
    source="https://hay-kot.github.io/homebox/import-csv/",
    held="Nobody holds an item: each is at its location.",
    targets={
        "HB.import_ref": "external_id",
        "HB.asset_id": "asset_tag",
        "HB.name": "name",
        "HB.location": "location",
        "HB.manufacturer": "manufacturer",
        "HB.model_number": "model_number",
        "HB.serial_number": "serial_number",
        "HB.purchase_price": "purchase_price",
        "HB.purchase_from": "supplier",
        "HB.purchase_time": "purchase_date",
        "HB.purchase_date": "purchase_date",
        "HB.warranty_expires": "warranty_ends_on",
        "HB.notes": "notes",
    },
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "HB.labels; HB.tags; HB.quantity; HB.description; HB.insured; HB.archived; "
            "HB.url; HB.lifetime_warranty; HB.warranty_details; HB.sold_to; "
            "HB.sold_price; HB.sold_time; HB.sold_date; HB.sold_notes",
        ),
    ),
)
LEIHS = Exporter(
    "leihs",
    Kind.ASSETS,
    "Inventory Code; Borrowable; Responsible department; Working order; Completeness; "
    "Relevant for inventory; Borrower First name; Borrower Personal ID; "
    "User/Typical usage",
    what="inventory",
    source="https://github.com/leihs/leihs: features/examples/inventar_csv.feature",
    held="The borrower is the holder. The owner is a department, and is left out.",
    enough=3,
    targets={"Product": "product_name", "Building": "location", "Name": "name"},
    facts="MAC-Address; IMEI-Number",
    ignored=(
        (NOT_THE_HOLDER, "Responsible person; Owner; User/Typical usage"),
        (
            NO_PLACE_FOR_IT,
            "Version; Description; Technical Details; Internal Description; "
            "Important notes for hand over; Accessories; Compatibles; Properties; "
            "Retirement; Reason for Retirement; Working order; Completeness; "
            "Borrowable; Status note; Room; Shelf; Relevant for inventory; "
            "Last Checked; Responsible department; Supply Category; Reference; "
            "Project Number; Contract expiration; Move; Target area; Check-In Date; "
            "Check-In State; Check-In Note; Borrower Personal ID; Created at; "
            "Updated at; Categories",
        ),
    ),
    others="Manufacturer; Serial Number; Note; Invoice Number; Invoice Date; "
    "Initial Price; Supplier; Warranty expiration; Borrower Last name",
)
