from django.apps import AppConfig


class RedeploymentsConfig(AppConfig):
    name = "apps.redeployments"

    def ready(self) -> None:
        from apps.events import names

        from . import shown
        from .models import Redeployment

        shown.register()
        names.register(Redeployment)
