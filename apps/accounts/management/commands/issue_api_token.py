from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import api_tokens
from apps.companies.management import naming
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
from apps.core.roles import CLIENT_ROLES


class Command(BaseCommand):
    help = "Issues an API token for a new client of a company; prints only the token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--role", required=True, choices=sorted(CLIENT_ROLES))
        parser.add_argument("--days", type=int, default=api_tokens.DAYS)
        parser.add_argument("--name", default="", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        company = naming.company(options["company"])
        try:
            _token, text = api_tokens.issue(
                actor=SYSTEM,
                company=company,
                name=options["name"] or options["role"],
                role=options["role"],
                days=options["days"],
            )
        except DomainError as error:
            raise CommandError(f"--{error.field}: {error.message}") from error
        self.stdout.write(text)
