"""The fields of people. A new one is the column of the model, its migration, and one
row here.

Which headers of files mean a field is listed by `imports` (columns/headers.toml).
"""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from apps.core.fields import Field, Table, Value

from .states import PRESENT

Personal = partial(Field, is_personal=True)
WHO, WORK, PARCELS = _("Who it is"), _("Work"), _("Where parcels go")

FIELDS = Table(
    "accounts.User",
    Personal(
        "first_name",
        _("First name"),
        Value.TEXT,
        "First name",
        section=WHO,
        on_page=False,  # the heading
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "last_name",
        _("Last name"),
        Value.TEXT,
        "Last name",
        section=WHO,
        on_page=False,  # the heading
        decides=True,
    ),
    Personal(
        "full_name",
        _("Full name"),
        Value.TEXT,
        "Full name",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "email",
        _("Work e-mail"),
        Value.EMAIL,
        "Email",
        section=WHO,
        is_key=True,
        is_clearable=False,
    ),
    Personal(
        "private_email",
        _("Private e-mail"),
        Value.EMAIL,
        "Private email",
        help_text=_("After the last working day mails go here."),
        section=WHO,
    ),
    Field(
        "role",
        _("Role"),
        Value.ROLE,
        section=WHO,
        shows="get_role_display",
        is_exported=False,  # rights are given one by one
        is_imported=False,
        is_filtered=True,
        is_clearable=False,
    ),
    Personal(
        "username",
        _("User name"),
        Value.TEXT,
        "Username",
        in_form=False,
        is_key=True,
    ),
    Personal(
        "employee_number",
        _("Employee number"),
        Value.CODE,
        "Employee number",
        section=WORK,
        is_key=True,
    ),
    Personal(
        "phone",
        _("Phone"),
        Value.TEXT,
        "Phone",
        section=WHO,
    ),
    Personal(
        "job_title",
        _("Job title"),
        Value.TEXT,
        "Job title",
        section=WORK,
    ),
    Personal(
        "department",
        _("Department"),
        Value.TEXT,
        "Department",
        section=WORK,
        is_filtered=True,
    ),
    Personal(
        "cost_centre",
        _("Cost centre"),
        Value.CODE,
        "Cost centre",
        section=WORK,
    ),
    Personal(
        "parcel_name",
        _("Name on parcels"),
        Value.TEXT,
        "Name on parcels",
        help_text=_("Empty: their own."),
        section=PARCELS,
    ),
    Personal(
        "parcel_phone",
        _("Phone for parcels"),
        Value.TEXT,
        "Phone for parcels",
        help_text=_("What the carrier calls. Empty: their own."),
        section=PARCELS,
    ),
    Personal(
        "street",
        _("Street and number"),
        Value.TEXT,
        "Street",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "street2",
        _("Address line 2"),
        Value.TEXT,
        "Address line 2",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "city",
        _("City"),
        Value.TEXT,
        "City",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "region",
        _("State or province"),
        Value.TEXT,
        "Region",
        column="state",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "postal_code",
        _("Postal code"),
        Value.TEXT,
        "Postal code",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "country_id",
        _("Country"),
        Value.COUNTRY,
        "Country",
        column="country",
        asked_as="country",
        section=PARCELS,
        on_page=False,  # part of the address
        is_filtered=True,
    ),
    Personal(
        "time_zone",
        _("Time zone"),
        Value.TEXT,
        help_text=_("Empty: that of the country. Example: Europe/Warsaw."),
        section=PARCELS,
        is_exported=False,
        is_imported=False,
    ),
    Personal(
        "language",
        _("Language"),
        Value.LANGUAGE,
        help_text=_("Of their pages and mails. Empty: that of the company."),
        section=PARCELS,
        shows="get_language_display",
        is_exported=False,
        is_imported=False,
    ),
    Field(
        "start_on",
        _("First working day"),
        Value.DATE,
        "Start date",
        help_text=_("Empty: they work here already."),
        section=WORK,
        decides=True,
    ),
    Field(
        "end_on",
        _("Last working day"),
        Value.DATE,
        "End date",
        in_form=False,  # an offboarding says it
        decides=True,
    ),
    Field(
        "active",
        _("Active"),
        Value.BOOLEAN,
        "Active",
        reads="state",
        makes=lambda state: "yes" if state in PRESENT else "no",
        is_edited=False,
        on_page=False,
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "notes",
        _("Notes"),
        Value.LONG_TEXT,
        "Notes",
        section=PARCELS,
        on_page=False,  # below the facts
    ),
)
