"""The leaver's link: signed, expiring, good for one return, without an account."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import Return

MAX_AGE = timedelta(days=30)
_SALT = "returns.leaver"


class LinkExpired(Exception):
    """The link was good once; `ret` is what it was for."""

    def __init__(self, ret: Return) -> None:
        super().__init__()
        self.ret = ret


def url(ret: Return) -> str:
    token = signing.dumps([ret.id.hex, ret.link_version], salt=_SALT)
    return settings.PUBLIC_URL + reverse("returns:leaver", args=[token])


def open_link(token: str) -> Return | None:
    """The return of a link, None if the token is not ours. Raises LinkExpired."""
    try:
        key, version = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    ret = (
        Return.objects.not_deleted()
        .select_related("company", "user__company", "address", "country")
        .filter(pk=key)
        .first()
    )
    if ret is None or ret.user.is_erased:
        return None
    try:
        signing.loads(token, salt=_SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise LinkExpired(ret) from error
    if version != ret.link_version:
        raise LinkExpired(ret)
    return ret
