from apps.accounts.kept_answers import IdempotencyKey

from .clients import ApiSession, ApiToken, ApiTokenQuerySet
from .invitations import Invitation
from .logins import AddressChange, Login, LoginManager, ResetRequest
from .people import (
    Erasure,
    StorageAssignment,
    User,
    UserExternalId,
    UserQuerySet,
    UserTag,
)

__all__ = [
    "AddressChange",
    "ApiSession",
    "ApiToken",
    "ApiTokenQuerySet",
    "Erasure",
    "IdempotencyKey",
    "Invitation",
    "Login",
    "LoginManager",
    "ResetRequest",
    "StorageAssignment",
    "User",
    "UserExternalId",
    "UserQuerySet",
    "UserTag",
]
