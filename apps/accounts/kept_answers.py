"""What a client was answered under an `Idempotency-Key`, for whoever asks again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from apps.core.ids import uuid7
from apps.core.tenancy import TenantForeignKey, TenantModel, tenant_key

if TYPE_CHECKING:
    from .models import User

KEPT = timedelta(hours=24)
LONGEST_KEY = 255
# Less than a web process gives one statement.
PATIENCE_SECONDS = 5
_SWEPT_AT_ONCE = 5_000


class IdempotencyKey(TenantModel):
    """A request that a client marked, so that sending it again does nothing more."""

    user = TenantForeignKey(
        "accounts.User", models.CASCADE, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=LONGEST_KEY)
    fingerprint = models.BinaryField()  # of method, address and body
    # None only inside the transaction that is about to answer.
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            tenant_key("idempotency_key"),
            models.UniqueConstraint(
                fields=["user", "key"], name="idempotency_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class StillRunning(Exception):
    """The same request is being worked on, for longer than is waited for."""


_CLAIM = f"""
INSERT INTO {IdempotencyKey._meta.db_table}
    (id, company_id, user_id, key, fingerprint, headers, body, created_at)
SELECT %s, %s, %s, %s, %s, '{{}}', '', %s
FROM set_config('lock_timeout', %s, true)
ON CONFLICT (user_id, key) DO NOTHING
"""  # noqa: S608


def claim(user: User, key: str, fingerprint: bytes) -> IdempotencyKey | None:
    """None where the caller, whose transaction it is, is the first: it does the work
    and calls `keep`. Else what was answered, also if somebody is just about to: that is
    waited for. Raises StillRunning."""
    row = [uuid7(), user.company_id, user.pk, key, fingerprint, timezone.now()]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [*row, f"{PATIENCE_SECONDS}s"])
            if cursor.rowcount:
                return None
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillRunning from None
        raise
    found = IdempotencyKey.objects.filter(user=user, key=key).first()
    if found is None:  # swept just now
        raise StillRunning
    return found


def keep(
    user: User, key: str, *, status: int, headers: Mapping[str, Any], body: bytes
) -> None:
    IdempotencyKey.objects.filter(user=user, key=key).update(
        status=status, headers=dict(headers), body=body
    )


def forget_old() -> int:
    """Those that are kept long enough; how many."""
    old = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT)
    gone = 0
    while ids := list(old.order_by("created_at").values_list("pk")[:_SWEPT_AT_ONCE]):
        gone += IdempotencyKey.objects.filter(pk__in=[pk for (pk,) in ids]).delete()[0]
    return gone
