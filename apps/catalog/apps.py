from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "apps.catalog"

    def ready(self) -> None:
        from apps.events import names

        from .models import Product

        names.register(Product)
