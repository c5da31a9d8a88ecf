"""Who signs in, in however many companies."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.address_states import AddressChangeState
from apps.core import languages
from apps.core.ids import uuid7
from apps.core.keys import has_code, key


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
