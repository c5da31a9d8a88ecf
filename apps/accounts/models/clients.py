"""How the API knows who asks."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key

from .logins import Login
from .people import User


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
