from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them

        # What one process has kept, any other can say.
        autodiscover_modules("texts")
