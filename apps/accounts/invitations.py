"""The link by which somebody sets their first password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from .models import Login


def link_for(login: Login) -> str:
    """Good for PASSWORD_RESET_TIMEOUT (three days), and until a password is set with
    it."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(login),
            "key": default_token_generator.make_token(login),
        },
    )
    return settings.PUBLIC_URL + path


def sentence_for(login: Login) -> str:
    """What an operator passes on."""
    if login.has_usable_password():
        return f"{login.email} keeps the password they have."
    return f"{login.email} sets a password on {link_for(login)}"
