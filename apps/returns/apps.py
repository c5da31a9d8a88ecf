from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "apps.returns"

    def ready(self) -> None:
        from apps.events import names

        from .models import Return

        names.register(Return)
