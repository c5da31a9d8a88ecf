from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class OpsConfig(AppConfig):
    name = "apps.ops"

    def ready(self) -> None:
        from .grants import grant_to_application

        # Once a migrate: any one app will do, the tables of all are there by then.
        events = apps.get_app_config("events")
        post_migrate.connect(grant_to_application, sender=events)
