"""How a person gets a Login."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.invitation_states import InvitationState
from apps.accounts.states import PRESENT
from apps.core.tenancy import TenantForeignKey, TenantModel, tenant_key

from .people import User


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
