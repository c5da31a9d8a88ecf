"""The tools whose exports are known, with what their columns mean there.

Headers are written as the tools write them and compared as `normalise_header` makes
them. A header that means the same everywhere needs no entry here: see `fields`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.imports.states import Kind

LATER = gettext_lazy("Changes with every check-in of the device, so it is left out.")
COMPANY = gettext_lazy("Left out: all rows go to your company.")
# As long as no field is called like that.
NO_PLACE_FOR_IT = gettext_lazy("Left out: nothing here keeps it.")
SOMETHING_ELSE = gettext_lazy("Left out: this tool means something else by it.")
TOO_COARSE = gettext_lazy("Left out: it names a kind of device, which is no model.")
MAY_SIGN_IN = gettext_lazy("Left out: it says who may sign in, not who works here.")
BAR_CODE = gettext_lazy("Taken for the asset tag as long as no other column is.")
NUMBERED = gettext_lazy("Numbers of this tool's own lists: check what they mean here.")


# What the header says whichever tool wrote it, where no field is called so.
ANYWHERE: dict[Kind, tuple[tuple[Promise, str], ...]] = {
    Kind.ASSETS: ((COMPANY, "Company"),),
    Kind.PEOPLE: (
        (COMPANY, "Company"),
        (
            MAY_SIGN_IN,
            "Activated; Account activated; Enabled; Account enabled; Is enabled; "
            "Login enabled; Sign-in allowed; Block credential",
        ),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Exporter:
    """One list of one tool. `signs` are headers that hardly any other has; `enough`
    of them tell it."""

    name: str
    kind: Kind
    signs: str
    targets: dict[str, str] = field(default_factory=dict)
    # Kept in the specification of a device, under the header's own name.
    facts: str = ""
    # Left out, by the reason.
    ignored: tuple[tuple[Promise, str], ...] = ()
    doubtful: dict[str, Promise] = field(default_factory=dict)
    enough: int = 2


SNIPE_IT_ASSETS = Exporter(
    "Snipe-IT",
    Kind.ASSETS,
    "Checkout Type; Checked Out To: Username; Asset EOL Date; Model Notes",
    targets={"Model": "product_name"},
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Model Notes; Checkout Type; Checked Out To: Location; "
            "Asset EOL Date; EOL; EOL date; Next Audit; Next Audit Date; Last Audit; "
            "Last Checkout; Last Checkout Date; Last Checkin Date; Checkout Date; "
            "Requestable; BYOD; Image; Depreciation; Book Value; Diff; Created At; "
            "Updated At; Min QTY; Fieldset",
        ),
    ),
)
SNIPE_IT_OLD_ASSETS = Exporter(
    "Snipe-IT",
    Kind.ASSETS,
    "Item Name; Full Name; Model Name; Warranty; Asset Tag",
    enough=4,
    targets={"Email": "holder_email"},
    ignored=((NO_PLACE_FOR_IT, "Image; Requestable"),),
)
SNIPE_IT_USERS = Exporter(
    "Snipe-IT",
    Kind.PEOPLE,
    "Activated; Gravatar; VIP; Remote; Employee Number",
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Location; Website; Manager; Manager Username; Remote; VIP; "
            "Gravatar; Assets; Licenses; Accessories; Consumables; Groups; "
            "Permissions; Last Login; Created At",
        ),
    ),
)
SHELF = Exporter(
    "Shelf",
    Kind.ASSETS,
    "custodian; bookable; minQuantity; unitOfMeasure; consumptionType; kit",
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
)
SHELF_USERS = Exporter(
    "Shelf",
    Kind.PEOPLE,
    "role; teamMemberId",
    targets={"teamMemberId": "employee_number"},
    ignored=((NO_PLACE_FOR_IT, "role"),),
)
RALPH = Exporter(
    "Ralph",
    Kind.ASSETS,
    "sn; force_depreciation; service_env; niw; property_of",
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
    doubtful={"model": NUMBERED, "warehouse": NUMBERED},
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "force_depreciation; service_env; region; niw; property_of; "
            "invoice_no; depreciation_rate; depreciation_end_date; budget_info; owner; "
            "configuration_path; parent; tags",
        ),
    ),
)
JAMF_PRELOAD = Exporter(
    "Jamf Pro, inventory preload",
    Kind.ASSETS,
    "appleCareId; purchasingAccount; purchasingContact; barCode1; lifeExpectancy; "
    "poNumber; poDate",
    targets={
        "deviceType": "product_name",
        "username": "holder_username",
        "fullName": "holder_name",
        "emailAddress": "holder_email",
        "building": "location",
        "poNumber": "order_number",
        "poDate": "purchase_date",
        "barCode1": "asset_tag",
    },
    facts="appleCareId",
    doubtful={"deviceType": TOO_COARSE, "barCode1": BAR_CODE},
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "phoneNumber; position; department; room; lifeExpectancy; "
            "purchasingContact; purchasingAccount; leaseExpiration; barCode2",
        ),
    ),
)
JAMF_SEARCH = Exporter(
    "Jamf Pro, search",
    Kind.ASSETS,
    "JSS Computer ID; JSS Mobile Device ID; Last Inventory Update; Management ID; "
    "FileVault 2 Status; Model Identifier; Last Check-in; Last Enrollment",
    targets={
        "JSS Computer ID": "external_id",
        "JSS Mobile Device ID": "external_id",
        "Computer Name": "name",
        "Display Name": "name",
        "Model": "product_name",
        "Model Identifier": "model_number",
        "Make": "manufacturer",
        "Username": "holder_username",
        "Full Name": "holder_name",
        "Email Address": "holder_email",
        "Building": "location",
        "PO Number": "order_number",
        "PO Date": "purchase_date",
    },
    facts="UDID; MAC Address; Operating System Version; OS Version; Processor Type; "
    "Total RAM MB; Drive Capacity MB; IMEI; ICCID",
    ignored=(
        (
            LATER,
            "Last Check-in; Last Inventory Update; Last Enrollment; IP Address; "
            "Last Reported IP Address; FileVault 2 Status; Managed; Battery Level; "
            "Available Space MB; Supervised",
        ),
        (
            NO_PLACE_FOR_IT,
            "Management ID; Phone Number; Position; Department; Room; "
            "Lease Expiration; Life Expectancy; Site; AppleCare ID; Bar Code 1; "
            "Bar Code 2; Asset ID",
        ),
    ),
)
INTUNE = Exporter(
    "Microsoft Intune",
    Kind.ASSETS,
    "Azure AD Device ID; Azure AD registered; EAS activation ID; Primary user UPN; "
    "Intune registered; SkuFamily; JoinType; TPMManufacturerId",
    targets={
        "Device ID": "external_id",
        "Device name": "name",
        "Serial number": "serial_number",
        "Manufacturer": "manufacturer",
        "Model": "product_name",
        "Primary user UPN": "holder_username",
        "Primary user email address": "holder_email",
        "Primary user display name": "holder_name",
    },
    facts="OS; OS version; IMEI; MEID; ICCID; EID; Wi-Fi MAC; EthernetMAC; "
    "Total storage; Azure AD Device ID; ProcessorArchitecture; "
    "SystemManagementBIOSVersion; SkuFamily",
    ignored=(
        (
            LATER,
            "Last check-in; Last EAS sync time; EAS reason; EAS status; "
            "EAS activated; EAS activation ID; Compliance; Compliance grace period "
            "expiration; Security patch level; Free storage; WiFiIPv4Address; "
            "WiFiSubnetID; Device state; Encrypted; Jailbroken; Supervised; Management "
            "certificate expiration date; Azure AD registered; Intune registered; "
            "Subscriber carrier; Phone number; CellularTechnology",
        ),
        (
            NO_PLACE_FOR_IT,
            "Enrollment date; Management name; UserId; "
            "Managed by; Ownership; JoinType; TPMManufacturerId; "
            "TPMManufacturerVersion",
        ),
        (SOMETHING_ELSE, "Category; ProductName"),
    ),
)
BAMBOOHR = Exporter(
    "BambooHR",
    Kind.PEOPLE,
    "Employee #; Work Email; Reports To; Reports To Email; Employment Status; "
    "Hire Date; Division",
    targets={
        "Status": "active",
        "Work Email": "email",
        "Employee #": "employee_number",
    },
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Division; Location; Reports To; Reports To Email; "
            "Employment Status; Supervisor; Supervisor Email; Work Phone Extension; "
            "Gender; Birth Date; Age; Marital Status",
        ),
    ),
)
PERSONIO = Exporter(
    "Personio",
    Kind.PEOPLE,
    "Subcompany; Employment type; Supervisor; Office; Contract end date; "
    "Termination date; Weekly working hours; Beschäftigungsart; Vorgesetzter; "
    "Vorgesetzte:r; Gesellschaft; Einstellungsdatum; Vertragsende; Kündigungsdatum; "
    "Wochenstunden; Arbeitsplatz; Kostenstelle",
    enough=3,  # two of them stand in any list of a German company
    targets={
        "Status": "active",
        "Hire date": "start_on",
        "Einstellungsdatum": "start_on",
        "Last day of work": "end_on",
        "Letzter Arbeitstag": "end_on",
        "Position": "job_title",
        "E-Mail": "email",
    },
    ignored=(
        (
            NO_PLACE_FOR_IT,
            "Subcompany; Employment type; Supervisor; Office; Contract "
            "end date; Weekly working hours; Gender; Cost center; "
            "Team; Beschäftigungsart; Vorgesetzter; Vorgesetzte:r; Gesellschaft; "
            "Vertragsende; Kündigungsdatum; Wochenstunden; Arbeitsplatz; "
            "Kostenstelle; Geschlecht; "
            "Standort; Location; Probation period end; Ende der Probezeit",
        ),
        (SOMETHING_ELSE, "Termination date"),
    ),
)
# The first of two that fit as well wins.
EXPORTERS = (
    SNIPE_IT_ASSETS,
    SNIPE_IT_OLD_ASSETS,
    SNIPE_IT_USERS,
    SHELF,
    SHELF_USERS,
    RALPH,
    JAMF_PRELOAD,
    JAMF_SEARCH,
    INTUNE,
    BAMBOOHR,
    PERSONIO,
)


def words(headers: str) -> Iterable[str]:
    return filter(None, map(str.strip, headers.split(";")))
