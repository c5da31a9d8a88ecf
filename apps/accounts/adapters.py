from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


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
