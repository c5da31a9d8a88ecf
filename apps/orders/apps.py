from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "apps.orders"

    def ready(self) -> None:
        from apps.events import names

        from . import shown
        from .models import Order

        shown.register()
        names.register(Order)
