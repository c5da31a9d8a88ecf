from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        from apps.events.subscribers import subscribe

        from . import services

        subscribe("notifications", services.HANDLERS)
