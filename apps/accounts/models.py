from __future__ import annotations

import re
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
from apps.core.ids import uuid7
from apps.core.keys import any_of, has_code, has_key, key
from apps.core.roles import COMPANY_ROLES
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key

from . import roles
from .address_states import AddressChangeState
from .invitation_states import InvitationState
from .kept_answers import IdempotencyKey  # noqa: F401  (a table of this app)
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
        return self.get(has_code("email", key(username)))


class Login(AbstractBaseUser, PermissionsMixin):
    """How one signs in. One Login may be a User in several companies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    # Another value ends all sessions, as another password does.
    session_salt = models.CharField(
        max_length=32, blank=True, default="", db_default=""
    )

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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        if not self.session_salt:
            return super()._get_session_auth_hash(secret)
        return salted_hmac(
            "apps.accounts.models.Login.session",
            self.password + self.session_salt,
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class AddressChange(models.Model):
    """Somebody wants to sign in with another address. It takes effect once the new
    mailbox has agreed, and the old one has, or seven days have passed, or platform
    staff asked for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.ForeignKey(
        Login, models.CASCADE, related_name="address_changes", db_index=False
    )
    state = models.CharField(
        max_length=16, choices=AddressChangeState, default=AddressChangeState.WAITING
    )
    old_email = models.EmailField()
    new_email = models.EmailField()
    staff_reason = models.CharField(
        max_length=255, blank=True, help_text=_("Why platform staff asked for it.")
    )
    # Of the page on which it was asked for.
    language = models.CharField(
        max_length=languages.LENGTH, blank=True, default="", db_default=""
    )
    asked_at = models.DateTimeField()
    agreed_at_new_at = models.DateTimeField(null=True)
    agreed_at_old_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The mails to both addresses; None once they have left.
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of a sign-in address")
        verbose_name_plural = _("changes of sign-in addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["login"],
                condition=models.Q(state=AddressChangeState.WAITING),
                name="address_change_one_waiting",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="address_change_to_mail",
                condition=models.Q(next_try_at__isnull=False),
            ),
            models.Index(
                fields=["asked_at"],
                name="address_change_waiting",
                condition=models.Q(state=AddressChangeState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ResetRequest(models.Model):
    """Somebody asked for the mail that sets a new password; gone once it has left."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # As it was typed: whether it is anybody's is looked up later.
    email = models.EmailField()
    # Of the page on which they asked.
    language = models.CharField(
        max_length=languages.LENGTH, blank=True, default="", db_default=""
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


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


class Invitation(TenantModel):
    """A company asks somebody to sign in as this person. It gives nothing before the
    invited accepts, signed in."""

    user = TenantForeignKey(
        User, models.CASCADE, db_index=False, related_name="invitations"
    )
    state = models.CharField(
        max_length=16, choices=InvitationState, default=InvitationState.OPEN
    )
    email = models.EmailField(help_text=_("Where the link went."))
    link_version = models.PositiveSmallIntegerField(default=1)
    invited_by = models.UUIDField(null=True, help_text=_("The person who invited."))
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            tenant_key("invitation"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state=InvitationState.OPEN),
                name="invitation_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "user", "-id"], name="invitation_of_user"),
            models.Index(fields=["company", "sent_at"], name="invitation_sent"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_good(self, now: datetime) -> bool:
        """Open, not expired, and still about the address of this person."""
        return (
            self.state == InvitationState.OPEN
            and now < self.expires_at
            and self.user.state in PRESENT
            and self.user.email.lower() == self.email
        )


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


class ApiSession(TenantModel):
    """A person signed in to the API: all tokens that followed from one sign-in.

    Its refresh token is good once; one that comes a second time ends the session.
    """

    user = TenantForeignKey(User, models.CASCADE, related_name="+")
    login = models.ForeignKey(Login, models.CASCADE, related_name="api_sessions")
    # As a browser's session: another password, or salt, ends it.
    auth_hash = models.CharField(max_length=128)
    refresh_id = models.UUIDField(help_text=_("The refresh token that is good."))
    started_at = models.DateTimeField(auto_now_add=True)
    refreshed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("session of the API")
        verbose_name_plural = _("sessions of the API")
        constraints = [tenant_key("api_session")]

    def __str__(self) -> str:
        return str(self.pk)


class ApiTokenQuerySet(TenantQuerySet["ApiToken"]):
    reads = Permission.API_TOKENS_READ


class ApiToken(TenantModel):
    """What a client of the API signs in with; its text is shown once and kept
    nowhere."""

    user = TenantForeignKey(User, models.CASCADE, related_name="api_tokens")
    issued_by = models.UUIDField(null=True, help_text=_("The person who issued it."))
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [tenant_key("api_token")]
        indexes = [
            models.Index(fields=["company", "-id"], name="api_token_newest"),
        ]

    def __str__(self) -> str:
        return self.user.name

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
