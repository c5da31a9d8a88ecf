from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "apps.companies"

    def ready(self) -> None:
        from apps.events import names

        from .models import Address

        names.register(Address)
