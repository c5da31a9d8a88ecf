"""What a process does before its first request, so that nobody waits for it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template import loader


def load_templates() -> None:
    """Compiles those of our pages, which the loader keeps."""
    folder = Path(settings.BASE_DIR, "templates")
    for path in sorted(folder.rglob("*.html")):
        loader.get_template(str(path.relative_to(folder)))
