from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        from apps.accounts.events import USER_ERASED
        from apps.events.subscribers import subscribe

        from . import services

        handlers = {**services.HANDLERS, USER_ERASED: services.forget}
        subscribe("notifications", handlers)
