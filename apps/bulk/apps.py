from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BulkConfig(AppConfig):
    name = "apps.bulk"

    def ready(self) -> None:
        from apps.accounts.events import USER_ERASED
        from apps.events import names
        from apps.events.subscribers import subscribe

        from . import forgetting
        from .models import BulkJob

        autodiscover_modules("bulk_verbs")
        names.register(BulkJob)
        subscribe("bulk", {USER_ERASED: forgetting.hear_erased})
