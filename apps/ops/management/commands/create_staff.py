from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts import invitations, membership
from apps.accounts import services as accounts
from apps.companies.models import Company
from apps.core.actor import SYSTEM, Role
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Creates somebody of the platform's staff; prints their invitation link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--first-name", help="else from the e-mail")
        parser.add_argument("--last-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {error.messages[0]}") from error
        platform = Company.objects.get(kind=Company.Kind.PLATFORM)
        try:
            with transaction.atomic():
                user = accounts.create(
                    actor=SYSTEM,
                    company=platform,
                    first_name=options["first_name"] or email.split("@")[0].title(),
                    last_name=options["last_name"],
                    email=email,
                    role=Role.TEQUIPY_ADMIN,
                )
                invitation = membership.invite(user, actor=SYSTEM)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(invitations.sentence_for(invitation))
