from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "apps.companies"

    def ready(self) -> None:
        from apps.events.names import register

        from .naming import names

        register(names)
