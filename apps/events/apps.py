from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class EventsConfig(AppConfig):
    name = "apps.events"
    verbose_name = "History"

    def ready(self) -> None:
        """Every app's declarations are known before anything is recorded or told."""
        for config in apps.get_app_configs():
            is_ours = config.name.startswith("apps.")
            if is_ours and module_has_submodule(config.module, "events"):
                import_module(f"{config.name}.events")
