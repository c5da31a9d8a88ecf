from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import known_browsers, limits
from .models import Login


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: companies and platform staff add people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """allauth would sign its mails with the Host of the request."""
        site = SimpleNamespace(name="Tequipy", domain=settings.PUBLIC_URL)
        super().send_mail(template_prefix, email, {"current_site": site, **context})

    # --- Limits: ours in place of allauth's -------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email") or getattr(request.user, "email", "")
        try:
            self._taken = limits.take(
                email,
                address=self.get_client_ip(request),
                browser=known_browsers.id_for(request, email),
            )
        except limits.TooMany as refused:
            told = {"seconds": refused.seconds}
            raise ValidationError(_wait(refused.seconds), "too_many", told) from None

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.give_back(self._taken)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where fewer proxies told an address than TRUSTED_PROXIES says, whoever
        talks to us directly."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            return request.META.get("REMOTE_ADDR", "")

    def post_login(
        self, request: HttpRequest, user: Login, **kwargs: Any
    ) -> HttpResponse:
        known_browsers.remember(request, user.email)
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: Login, password: str) -> None:
        """By the link of a mail, too: who has read it gets in at once."""
        super().set_password(user, password)
        known_browsers.remember(current.request, user.email)


def _wait(seconds: int) -> str:
    """The same for addresses nobody signs in with."""
    if seconds <= 90:
        wait = ngettext("%d second", "%d seconds", seconds) % seconds
    elif seconds <= 90 * 60:
        minutes = -(-seconds // 60)
        wait = ngettext("%d minute", "%d minutes", minutes) % minutes
    else:
        hours = -(-seconds // 3600)
        wait = ngettext("%d hour", "%d hours", hours) % hours
    return _(
        "There were too many wrong passwords. Try again in %(wait)s, or set a new "
        "password by mail: with it you get in at once."
    ) % {"wait": wait}
