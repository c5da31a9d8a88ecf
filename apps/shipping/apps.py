from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "apps.shipping"

    def ready(self) -> None:
        from apps.events import names

        from .models import Shipment

        names.register(Shipment)
