from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from apps.accounts import invitations, membership
from apps.accounts import services as accounts
from apps.companies import services as companies
from apps.companies.models import Country
from apps.core.actor import SYSTEM, Role
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Creates a company and its first admin; prints the admin's invitation link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--slug", required=True, help="short name, such as acme")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--first-name", help="the admin's; else from the e-mail")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--country", metavar="CODE", help="ISO 3166-1, such as DE")

    def handle(self, *args: Any, **options: Any) -> None:
        email, slug = options["admin"], options["slug"]
        try:
            validate_slug(slug)
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{slug}, {email}: {error.messages[0]}") from error
        code = (options["country"] or "").upper() or None
        if code and not Country.objects.filter(pk=code).exists():
            raise CommandError(f"--country {code}: no country that Tequipy works in.")
        try:
            with transaction.atomic():
                company = companies.create_company(
                    actor=SYSTEM, name=options["name"], slug=slug, country_id=code
                )
                admin = accounts.create(
                    actor=SYSTEM,
                    company=company,
                    first_name=options["first_name"] or email.split("@")[0].title(),
                    last_name=options["last_name"],
                    email=email,
                    role=Role.COMPANY_ADMIN,
                )
                invitation = membership.invite(admin, actor=SYSTEM)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(invitations.sentence_for(invitation))
