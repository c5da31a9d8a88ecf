"""The link of an invitation: signed, and good for its newest mail only."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from . import membership
from .models import Invitation

_SALT = "accounts.invitation"


class Link(NamedTuple):
    invitation: Invitation
    version: int

    def is_good(self) -> bool:
        is_newest = self.version == self.invitation.link_version
        return is_newest and self.invitation.is_good(timezone.now())


def link_for(invitation: Invitation) -> str:
    key = signing.dumps([invitation.id.hex, invitation.link_version], salt=_SALT)
    return settings.PUBLIC_URL + reverse("accounts:invitation", args=[key])


def open_link(key: str) -> Link | None:
    """None if the key is not ours; whether it is still good is said at accepting."""
    try:
        pk, version = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return None
    invitation = membership.of_link(UUID(pk))
    return Link(invitation, version) if invitation else None


def sentence_for(invitation: Invitation) -> str:
    """What an operator passes on."""
    return f"{invitation.email} accepts on {link_for(invitation)}"
