from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin import UserAdmin
from apps.accounts.models import User
from apps.accounts.staff import verb_action
from apps.accounts.states import ArchivedBecause, ErasedBecause
from apps.core.actor import Permission

from . import services

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Here, because archiving somebody is also about what they hold."""

    actions = [*UserAdmin.actions, "archive", "take_back", "erase"]

    @verb_action(Permission.PEOPLE_ARCHIVE, _("Archive, unless they hold equipment"))
    def archive(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        return self.run(
            request,
            queryset,
            services.archive,
            told=_("They can no longer sign in. They can be taken back later."),
            reasons=ArchivedBecause.choices,
            moves=True,
        )

    @verb_action(
        Permission.PEOPLE_REHIRE, _("Take back, with the first working day as it was")
    )
    def take_back(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        told = _("They work here again, in their old role, and can sign in as before.")
        return self.run(request, queryset, services.rehire, told=told, moves=True)

    @verb_action(Permission.PEOPLE_ERASE, _("Erase what is personal, for good"))
    def erase(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        told = _(
            "Of those who have left and hold nothing: names, addresses, notes, "
            "sign-in, answers, mails and imported rows disappear for good; what they "
            "had, and what happened, stays. It can't be taken back."
        )
        return self.run(
            request,
            queryset,
            services.erase,
            told=told,
            reasons=ErasedBecause.choices,
            moves=True,
        )
