from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "apps.returns"

    def ready(self) -> None:
        from apps.events.names import register

        from .naming import names

        register(names)
