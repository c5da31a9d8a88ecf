from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.states import ErasedBecause
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
from apps.people import services
from apps.people.management import naming


class Command(BaseCommand):
    help = "Erases what is personal of somebody who has left, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        naming.add_arguments(parser)
        parser.add_argument(
            "--reason", choices=ErasedBecause.values, default=ErasedBecause.ASKED.value
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = naming.find(options)
        was_erased = person.is_erased
        try:
            services.erase(person, actor=SYSTEM, reason=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from error
        what = "was erased already" if was_erased else "is erased"
        self.stdout.write(
            f"{person.id} of {person.company.name} {what}; workers clean mails and "
            "imported files, backups keep it until they expire."
        )
