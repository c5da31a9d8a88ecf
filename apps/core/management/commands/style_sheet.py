from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core import style_sheets


class Command(BaseCommand):
    help = f"Cuts Tabler's style sheet to what pages use, into {style_sheets.CUT}."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR, style_sheets.CUT).write_text(style_sheets.cut())
