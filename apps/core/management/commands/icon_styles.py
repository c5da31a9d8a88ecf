from typing import Any

from django.core.management.base import BaseCommand

from apps.core import icons


class Command(BaseCommand):
    help = "Writes static/css/icons.css anew, of static/icons.svg."

    def handle(self, *args: Any, **options: Any) -> None:
        icons.TARGET.write_text(icons.styles())
        print(f"{icons.TARGET.name} is written.")
