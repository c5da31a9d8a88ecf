from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: companies and platform staff add people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
