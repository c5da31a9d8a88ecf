from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class PeopleConfig(AppConfig):
    name = "apps.people"

    def ready(self) -> None:
        """Every app's part of what is kept about somebody is known (core.personal)."""
        from . import shown

        shown.register()
        for config in apps.get_app_configs():
            is_ours = config.name.startswith("apps.")
            if is_ours and module_has_submodule(config.module, "personal"):
                import_module(f"{config.name}.personal")
