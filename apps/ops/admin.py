from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as _registered_first  # noqa: F401
from django_celery_beat import models as beat

from apps.core.admin import ReadOnlyAdmin

from .models import BackupRun

# Schedules live in code and are synced at beat's start: a changed or deleted row would
# stop mails until then.
admin.site.unregister(
    [
        beat.ClockedSchedule,
        beat.CrontabSchedule,
        beat.IntervalSchedule,
        beat.PeriodicTask,
        beat.SolarSchedule,
    ]
)


@admin.register(beat.PeriodicTask)
class ScheduleAdmin(ReadOnlyAdmin):
    """What beat sends, and when it last did; switched on and off by actions."""

    list_display = ["name", "task", "interval", "enabled", "last_run_at"]
    list_select_related = ["interval"]
    search_fields = ["name"]
    actions = ["enable", "disable"]

    @admin.action(description=_("Switch on"))
    def enable(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._switch(queryset, is_on=True)

    @admin.action(description=_("Switch off"))
    def disable(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._switch(queryset, is_on=False)

    def _switch(self, queryset: QuerySet, *, is_on: bool) -> None:
        for task in queryset:
            task.enabled = is_on
            task.save()  # tells beat


@admin.register(BackupRun)
class BackupRunAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "size_bytes", "finished_at", "verified_at"]
    list_filter = ["kind"]
    ordering = ["-finished_at"]
