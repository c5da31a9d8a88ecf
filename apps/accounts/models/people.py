"""Who one is in a company, and what is noted of it."""

from __future__ import annotations

import re
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.states import PRESENT, UserState
from apps.companies.models import (
    Address,
    Company,
    Country,
    Tag,
    Warehouse,
    check_time_zone,
)
from apps.core import languages
from apps.core.actor import Actor, Permission, Role
from apps.core.external_ids import ExternalId, external_id_constraints, named
from apps.core.folding import Fold, fold, has_words
from apps.core.keys import any_of, has_key
from apps.core.roles import COMPANY_ROLES
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key

from .logins import Login


class UserQuerySet(TenantQuerySet["User"]):
    reads = Permission.PEOPLE_READ

    def own(self, actor: Actor) -> models.Q:
        return models.Q(pk=actor.id)

    def people(self) -> UserQuerySet:
        """Those a person would call people: no API clients, nobody erased."""
        return self.with_erased().exclude(state=UserState.DELETED)

    def with_erased(self) -> UserQuerySet:
        """Also those who were: the history leads to them, no list does."""
        return self.filter(role__in=COMPANY_ROLES)

    def present(self) -> UserQuerySet:
        return self.filter(state__in=PRESENT)

    def search(self, text: str) -> UserQuerySet:
        """By part of name, e-mail or employee number; served by a trigram index."""
        return self.filter(has_words("search_text", text))

    def with_external_id(self, system: str, text: str | None) -> UserQuerySet:
        """By the whole id by which another system knows them."""
        found = named(UserExternalId.objects.all(), system, text)
        return self.filter(pk__in=found.values("user"))

    def called(self, text: str | None) -> UserQuerySet:
        """Whoever may be meant by an e-mail or a name; User.NAMES say who is."""
        text = text or ""
        whole = ("first_name", models.Value(" "), "last_name")
        names = {
            "named": whole,
            "labelled": (*whole, models.Value(", "), "department"),
            "addressed": (*whole, models.Value(" ("), "email", models.Value(")")),
        }
        folded = {
            name: Fold(Concat(*parts, output_field=models.TextField()))
            for name, parts in names.items()
        }
        # What stands before a comma or bracket is in the index.
        found = self.search(re.split(r"[,(]", text)[0]).alias(**folded)
        either = any_of({name: [fold(text)] for name in folded})
        return found.filter(has_key("email", text) | either)


class User(TenantModel):
    """Who one is in one company: a person with a role, or an API client."""

    login = models.ForeignKey(
        Login, models.SET_NULL, null=True, blank=True, related_name="users"
    )
    role = models.CharField(
        max_length=32,
        choices=roles.CHOICES,
        default=Role.EMPLOYEE,
    )
    state = models.CharField(
        max_length=32, choices=UserState, default=UserState.CREATED
    )
    state_before_offboarding = models.CharField(max_length=32, blank=True)
    first_name = models.CharField(max_length=128)
    last_name = models.CharField(max_length=128, blank=True)
    email = models.EmailField(
        _("work e-mail"), blank=True, help_text=_("Empty for a client of the API.")
    )
    private_email = models.EmailField(_("private e-mail"), blank=True)
    username = models.CharField(max_length=128, blank=True)
    employee_number = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    job_title = models.CharField(max_length=128, blank=True)
    department = models.CharField(max_length=128, blank=True)
    cost_centre = models.CharField(
        max_length=128, blank=True, default="", db_default=""
    )
    parcel_name = models.CharField(
        max_length=255, blank=True, default="", db_default=""
    )
    parcel_phone = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )
    street = models.CharField(max_length=255, blank=True)
    street2 = models.CharField(max_length=255, blank=True, default="", db_default="")
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[check_time_zone]
    )
    # Of their pages and mails; "" is as the company's.
    language = models.CharField(
        max_length=languages.LENGTH,
        choices=languages.choices,
        blank=True,
        default="",
        db_default="",
    )
    start_on = models.DateField(null=True, blank=True)
    end_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Kept by a trigger: see sort_keys.
    sort_key = models.TextField(
        blank=True, db_collation="C", db_default="", default="", editable=False
    )
    search_text = models.GeneratedField(
        expression=Fold(
            Concat(
                "first_name",
                models.Value(" "),
                "last_name",
                models.Value(" "),
                "email",
                models.Value(" "),
                "employee_number",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = UserQuerySet.as_manager()
    # What people call somebody by, the surest first.
    NAMES = tuple(map(attrgetter, ("email", "name", "label", "name_and_email")))

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            tenant_key("user"),
            models.UniqueConstraint(
                "company",
                Lower("email"),
                condition=~models.Q(state="DELETED") & ~models.Q(email=""),
                name="user_email_per_company",
                violation_error_message=_("Somebody has this e-mail already."),
            ),
            models.UniqueConstraint(
                fields=["company", "employee_number"],
                condition=~models.Q(employee_number="") & ~models.Q(state="DELETED"),
                name="user_employee_number_per_company",
            ),
            models.UniqueConstraint(
                fields=["company", "login"],
                condition=models.Q(login__isnull=False),
                name="user_login_per_company",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "sort_key", "id"], name="user_sorted"),
            models.Index(
                fields=["company", "state", "sort_key", "id"],
                name="user_sorted_by_state",
            ),
            models.Index(
                fields=["company", "role", "sort_key", "id"],
                name="user_sorted_by_role",
            ),
            models.Index(
                fields=["company", "department", "sort_key", "id"],
                name="user_sorted_in_department",
            ),
            models.Index(
                fields=["company", "country", "sort_key", "id"],
                name="user_sorted_in_country",
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="user_search_trgm"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Empty for clients and platform staff: they have no page."""
        has_page = self.role in COMPANY_ROLES
        return reverse("people:detail", args=[self.pk]) if has_page else ""

    @property
    def is_erased(self) -> bool:
        return self.state == UserState.DELETED

    @property
    def name(self) -> str:
        """Of somebody erased none is stored."""
        if self.is_erased:
            return gettext("Erased person")
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def recipient(self) -> str:
        """The name that stands on their parcels."""
        return self.parcel_name or self.name

    @property
    def recipient_phone(self) -> str:
        return self.parcel_phone or self.phone

    @property
    def label(self) -> str:
        """What tells them from somebody of the same name, as pickers show it."""
        return f"{self.name}, {self.department}" if self.department else self.name

    @property
    def name_and_email(self) -> str:
        return f"{self.name} ({self.email})" if self.email else self.name

    @property
    def has_left(self) -> bool:
        return self.state not in PRESENT

    def zone(self, company: Company) -> ZoneInfo:
        """Their own time zone, else their country's, else the company's."""
        known = self.time_zone or (self.country.time_zone if self.country else "")
        return ZoneInfo(known or company.time_zone)


class UserTag(TenantModel):
    """A tag that somebody has."""

    user = TenantForeignKey(
        User, models.CASCADE, db_index=False, related_name="user_tags"
    )
    tag = TenantForeignKey(
        Tag, models.CASCADE, db_index=False, related_name="user_tags"
    )
    # Kept by triggers: whether the person still counts among those who have the tag.
    is_present = models.BooleanField(default=True, db_default=True, editable=False)

    class Meta:
        verbose_name = _("tag of a person")
        verbose_name_plural = _("tags of people")
        constraints = [
            tenant_key("user_tag"),
            models.UniqueConstraint(fields=["user", "tag"], name="user_tag_once"),
        ]
        indexes = [
            models.Index(fields=["tag", "user"], name="user_tag_by_tag"),
        ]

    def __str__(self) -> str:
        return str(self.tag)


class UserExternalId(ExternalId):
    """By which id another system knows somebody."""

    user = TenantForeignKey(
        User, models.CASCADE, db_index=False, related_name="external_ids"
    )

    class Meta:
        verbose_name = _("id of a person in another system")
        verbose_name_plural = _("ids of people in other systems")
        constraints = [
            tenant_key("user_external_id"),
            *external_id_constraints("user_external_id", "user"),
        ]


class Erasure(TenantModel):
    """By what the copies of somebody erased are found; gone once they are cleaned."""

    user = TenantForeignKey(User, models.CASCADE, db_index=False, related_name="+")
    # In lower case: emails [...], names [first, last], username, employee_number and
    # phone [...], shared [what of these somebody else has, too]
    traces = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("erasure in progress")
        verbose_name_plural = _("erasures in progress")
        constraints = [
            tenant_key("erasure"),
            models.UniqueConstraint(fields=["user"], name="erasure_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StorageAssignment(TenantModel):
    """Where a warehouse worker works: an address of the company, or, for workers of
    the platform, a whole warehouse."""

    user = TenantForeignKey(User, models.CASCADE, related_name="storage_assignments")
    address = TenantForeignKey(
        Address, models.CASCADE, null=True, blank=True, related_name="+"
    )
    warehouse = models.ForeignKey(
        Warehouse, models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            tenant_key("storage_assignment"),
            models.UniqueConstraint(
                fields=["user", "address", "warehouse"],
                nulls_distinct=False,
                name="storage_assignment_once",
            ),
            models.CheckConstraint(
                condition=models.Q(address__isnull=True, warehouse__isnull=False)
                | models.Q(address__isnull=False, warehouse__isnull=True),
                name="storage_assignment_one_place",
            ),
        ]

    def __str__(self) -> str:
        return str(self.address or self.warehouse)
