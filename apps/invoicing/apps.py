from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"

    def ready(self) -> None:
        from apps.core import seen
        from apps.events import names

        from .models import Invoice

        seen.register(Invoice, Invoice.shown_facts, "invoicing/_now.html")
        names.register(Invoice)
