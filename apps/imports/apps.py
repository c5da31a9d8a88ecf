from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "apps.imports"

    def ready(self) -> None:
        from apps.events import names

        from .models import Batch

        names.register(Batch)
