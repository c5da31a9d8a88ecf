from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "apps.imports"

    def ready(self) -> None:
        from apps.accounts.events import USER_ERASED
        from apps.core import seen
        from apps.events import names
        from apps.events.subscribers import subscribe

        from .erasure import forgetting
        from .models import Batch
        from .run.progress import shown_of

        subscribe("imports", {USER_ERASED: forgetting.hear})
        names.register(Batch)
        seen.register(Batch, shown_of, "imports/_now.html")
