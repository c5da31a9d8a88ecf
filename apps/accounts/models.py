from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Concat, Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address, Company, Country, Warehouse, check_time_zone
from apps.core.actor import Actor, ActorKind, Role
from apps.core.ids import uuid7
from apps.core.tenancy import TenantForeignKey, TenantModel, tenant_key

from . import roles
from .states import PRESENT, UserState


class LoginManager(BaseUserManager["Login"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any):
        login = self.model(email=email.strip().lower(), **extra)
        login.set_password(password)
        login.save(using=self._db)
        return login

    def create_superuser(self, email: str, password: str | None = None, **extra: Any):
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **extra
        )

    def get_by_natural_key(self, username: str | None):
        return self.get(email=(username or "").lower())


class Login(AbstractBaseUser, PermissionsMixin):
    """How one signs in. One Login may be a User in several companies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = LoginManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="login_email_lower"
            )
        ]

    def __str__(self) -> str:
        return self.email


class ResetRequest(models.Model):
    """Somebody asked for the mail that sets a new password; gone once it has left."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # As it was typed: whether it is anybody's is looked up later.
    email = models.EmailField()
    asked_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> UserQuerySet:
        if actor.sees_everything:
            return self
        if actor.reads_company:
            return self.filter(company_id=actor.company_id)
        if actor.kind == ActorKind.USER:
            return self.filter(id=actor.id)
        return self.none()

    def people(self) -> UserQuerySet:
        """Those a person would call people: no API clients, nobody erased."""
        return self.filter(role__in=[Role.EMPLOYEE, Role.COMPANY_ADMIN, Role.STORAGE])

    def present(self) -> UserQuerySet:
        return self.filter(state__in=PRESENT)

    def search(self, text: str) -> UserQuerySet:
        """By part of name, e-mail or employee number; served by a trigram index."""
        queryset = self
        for word in text.upper().split()[:5]:
            queryset = queryset.filter(search_text__contains=word)
        return queryset


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
    email = models.EmailField(_("work e-mail"))
    private_email = models.EmailField(_("private e-mail"), blank=True)
    username = models.CharField(max_length=128, blank=True)
    employee_number = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    job_title = models.CharField(max_length=128, blank=True)
    department = models.CharField(max_length=128, blank=True)
    street = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[check_time_zone]
    )
    start_on = models.DateField(null=True, blank=True)
    end_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search_text = models.GeneratedField(
        expression=Upper(
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

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            tenant_key("user"),
            models.UniqueConstraint(
                "company",
                Lower("email"),
                condition=~models.Q(state="DELETED"),
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
            models.Index(fields=["company", "last_name", "id"], name="user_by_name"),
            models.Index(
                fields=["company", "state", "last_name", "id"], name="user_by_state"
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="user_search_trgm"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:detail", args=[self.pk])

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def has_left(self) -> bool:
        return self.state not in PRESENT

    def zone(self, company: Company) -> ZoneInfo:
        """Their own time zone, else their country's, else the company's."""
        known = self.time_zone or (self.country.time_zone if self.country else "")
        return ZoneInfo(known or company.time_zone)


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
