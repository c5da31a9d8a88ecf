from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "apps.returns"

    def ready(self) -> None:
        from apps.events import names

        from . import shown
        from .models import Return

        shown.register()
        names.register(Return)
