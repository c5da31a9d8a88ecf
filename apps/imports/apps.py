from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "apps.imports"

    def ready(self) -> None:
        from apps.core import seen
        from apps.events import names

        from .models import Batch
        from .progress import shown_of

        names.register(Batch)
        seen.register(Batch, shown_of, "imports/_now.html")
