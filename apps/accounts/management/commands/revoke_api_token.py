from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import api_tokens
from apps.accounts.models import ApiToken
from apps.core.actor import SYSTEM


class Command(BaseCommand):
    help = "Revokes an API token: from the next request on it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=UUID, help="as list_api_tokens says it")

    def handle(self, *args: Any, **options: Any) -> None:
        token = ApiToken.objects.filter(pk=options["id"]).first()
        if token is None:
            raise CommandError(f"{options['id']}: no such token; see list_api_tokens.")
        api_tokens.revoke(token, actor=SYSTEM)
        self.stdout.write(f"{options['id']} is revoked.")
