from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "apps.companies"

    def ready(self) -> None:
        from apps.core import seen
        from apps.events import names

        from .models import Address
        from .services import shown_of

        names.register(Address)
        seen.register(Address, shown_of, "companies/_now.html")
