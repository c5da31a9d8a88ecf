from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "apps.companies"

    def ready(self) -> None:
        from apps.core import seen
        from apps.events import names

        from .models import Address, Entity, Tag
        from .services import shown_of

        for model in (Address, Entity, Tag):
            names.register(model)
        seen.register(Address, shown_of, "companies/_now.html")
