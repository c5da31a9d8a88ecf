from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"

    def ready(self) -> None:
        from apps.events import names

        from .models import Asset

        names.register(Asset)
