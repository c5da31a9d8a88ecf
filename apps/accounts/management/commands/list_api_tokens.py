from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.accounts.models import ApiToken
from apps.core.keys import has_code, key


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else "never"


class Command(BaseCommand):
    help = "Lists API tokens, the newest first: id, company, role, name, days, state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", metavar="SLUG", help="of one company only")

    def handle(self, *args: Any, **options: Any) -> None:
        tokens = ApiToken.objects.select_related("user", "company").order_by("-id")
        if options["company"] is not None:
            tokens = tokens.filter(has_code("company__slug", key(options["company"])))
        now = timezone.now()
        for token in tokens.iterator():
            state = "good" if token.is_good(now) else "expired"
            columns = [
                str(token.id),
                token.company.slug,
                token.user.role,
                token.user.name,
                f"expires {_day(token.expires_at)}",
                f"last used {_day(token.last_used_at)}",
                "revoked" if token.revoked_at else state,
            ]
            self.stdout.write("\t".join(columns))
