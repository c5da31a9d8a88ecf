from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"

    def ready(self) -> None:
        from apps.core import seen
        from apps.events import names

        from .models import Asset
        from .payloads import whereabouts

        names.register(Asset)
        seen.register(Asset, whereabouts, "inventory/_now.html")
