from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OpsConfig(AppConfig):
    name = "apps.ops"

    def ready(self) -> None:
        from .grants import grant_to_application

        # ops is the last of our apps: all tables are there by then.
        post_migrate.connect(grant_to_application, sender=self)
