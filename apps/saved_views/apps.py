from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SavedViewsConfig(AppConfig):
    name = "apps.saved_views"

    def ready(self) -> None:
        from apps.accounts.events import USER_ERASED
        from apps.core.lists import keep_views_in
        from apps.events.subscribers import subscribe

        from . import forgetting
        from .models import kept

        autodiscover_modules("lists")
        keep_views_in(kept)
        subscribe("saved_views", {USER_ERASED: forgetting.hear_erased})
