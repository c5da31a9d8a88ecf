"""Directories of devices (MDM) and of people (HRIS) whose exports are known, with what
their columns mean there."""

from __future__ import annotations

from apps.imports.states import Kind

from .exporter import (
    BAR_CODE,
    LATER,
    NO_PLACE_FOR_IT,
    NOT_THE_HOLDER,
    SOMETHING_ELSE,
    TOO_COARSE,
    Exporter,
)

JAMF_PRELOAD = Exporter(
    "Jamf Pro, inventory preload",
    Kind.ASSETS,
    "appleCareId; purchasingAccount; purchasingContact; barCode1; lifeExpectancy; "
    "poNumber; poDate",
    source="https://github.com/PixarAnimationStudios/ruby-jss: "
    "lib/jamf/api/jamf_pro/oapi_schemas/inventory_preload_record_v2.rb",
    held="The user name, full name and e-mail are those of the holder.",
    targets={
        "username": "holder_username",
        "fullName": "holder_name",
        "emailAddress": "holder_email",
        "building": "location",
        "poNumber": "order_number",
        "poDate": "purchase_date",
        "barCode1": "asset_tag",
    },
    facts="appleCareId",
    doubtful={"barCode1": BAR_CODE},
    ignored=(
        (TOO_COARSE, "deviceType"),
        (
            NO_PLACE_FOR_IT,
            "phoneNumber; position; department; room; lifeExpectancy; "
            "purchasingContact; purchasingAccount; leaseExpiration; barCode2",
        ),
    ),
    others="serialNumber; purchasePrice; assetTag; vendor; warrantyExpiration",
)
JAMF_SEARCH = Exporter(
    "Jamf Pro, search",
    Kind.ASSETS,
    "JSS Computer ID; JSS Mobile Device ID; Last Inventory Update; Management ID; "
    "FileVault 2 Status; Model Identifier; Last Check-in; Last Enrollment",
    source="https://docs.jamf.com: advanced computer searches; the columns are those "
    "that somebody ticked",
    held="Username, Full Name and Email Address are those of the holder.",
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
    others="Serial Number; Asset Tag",
)
INTUNE = Exporter(
    "Microsoft Intune",
    Kind.ASSETS,
    "Azure AD Device ID; Azure AD registered; EAS activation ID; Primary user UPN; "
    "Intune registered; SkuFamily; JoinType; TPMManufacturerId",
    source="https://learn.microsoft.com: Intune, export-graph-apis; managedDevice",
    held="The primary user is the holder. Who manages the device is left out.",
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
            "Enrollment date; Management name; UserId; Ownership; JoinType; "
            "TPMManufacturerId; TPMManufacturerVersion",
        ),
        (NOT_THE_HOLDER, "Managed by"),
        (SOMETHING_ELSE, "Category; ProductName"),
    ),
)
BAMBOOHR = Exporter(
    "BambooHR",
    Kind.PEOPLE,
    "Employee #; Work Email; Reports To; Reports To Email; Employment Status; "
    "Hire Date; Division",
    source="https://docs.workato.com: BambooHR, fields; the columns of a report are "
    "chosen by whoever makes it",
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
    others="First Name; Last Name; Job Title; Department; Mobile Phone",
)
PERSONIO = Exporter(
    "Personio",
    Kind.PEOPLE,
    "Subcompany; Employment type; Supervisor; Office; Contract end date; "
    "Termination date; Weekly working hours; Beschäftigungsart; Vorgesetzter; "
    "Vorgesetzte:r; Gesellschaft; Einstellungsdatum; Vertragsende; Kündigungsdatum; "
    "Wochenstunden; Arbeitsplatz; Kostenstelle",
    source="https://support.personio.de: 211776305; the columns are the company's own "
    "attributes",
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
