from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin import UserAdmin
from apps.accounts.models import User

from . import services

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Here, because archiving somebody is also about what they hold."""

    actions = [*UserAdmin.actions, "archive", "take_back"]

    @admin.action(description=_("Archive, unless they hold equipment"))
    def archive(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.run(request, queryset, services.archive)

    @admin.action(description=_("Take back, with the first working day as it was"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.run(request, queryset, services.rehire)
