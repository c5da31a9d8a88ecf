"""Links by which whoever has them gets one file, for a day or two, without signing in.

Within a day the link to a file stays the same, so that what names it does, too.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import File

_DAY = 86_400
_SALT = "files.download"


def url(file_id: UUID) -> str:
    """Good until the end of tomorrow (UTC)."""
    until = (int(time.time()) // _DAY + 2) * _DAY
    token = signing.Signer(salt=_SALT).sign_object([file_id.hex, until])
    return settings.PUBLIC_URL + reverse("files:download", args=[token])


def open_link(token: str) -> File | None:
    """The file; None if the link is not ours, too old, or the file was erased."""
    try:
        key, until = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    if time.time() >= until:
        return None
    return File.objects.filter(pk=key, erased_at__isnull=True).first()
