from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.ops.demo import loading, sign_ins


class Command(BaseCommand):
    requires_system_checks = []  # a second start does nothing, and at once
    help = "Loads the demo companies, once; prints who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loading.load()
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(sign_ins.as_text())
