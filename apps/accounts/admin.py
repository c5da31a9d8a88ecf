from __future__ import annotations

# Registered first, to be taken away below.
import allauth.account.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.admin import ReadOnlyAdmin

from . import services
from .models import Login, StorageAssignment, User
from .staff import VerbAdmin
from .states import LockedOutBecause

# Rights come from roles, addresses from `give_login`: not from these two tables.
admin.site.unregister([EmailAddress, Group])


def _sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """The one sign-in page, with its limits; there is no admin for anybody else."""
    if admin.site.has_permission(request):
        return redirect("admin:index")
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


admin.site.login = _sign_in
admin.site.site_header = admin.site.site_title = "Tequipy"
admin.site.index_title = _("Platform staff")


@admin.register(Login)
class LoginAdmin(VerbAdmin):
    list_display = ["email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email__startswith"]
    ordering = ["email"]
    exclude = ["password", "groups", "user_permissions"]
    actions = ["activate", "deactivate"]

    @admin.action(description=_("Let sign in"))
    def activate(
        self, request: HttpRequest, queryset: QuerySet[Login]
    ) -> HttpResponse | None:
        told = _("They can sign in again, to all their companies.")
        return self.run(request, queryset, services.allow_sign_in, told=told)

    @admin.action(description=_("Lock out"))
    def deactivate(
        self, request: HttpRequest, queryset: QuerySet[Login]
    ) -> HttpResponse | None:
        return self.run(
            request,
            queryset,
            services.forbid_sign_in,
            told=_(
                "They are signed out of all their companies at once, and can't sign in "
                "until they are let in again."
            ),
            reasons=LockedOutBecause.choices,
        )


@admin.register(User)
class UserAdmin(VerbAdmin):
    list_display = ["name", "email", "company", "role", "state", "login"]
    list_select_related = ["company", "login"]
    list_filter = ["role", "state"]
    search_fields = ["search_text"]
    ordering = ["-id"]
    actions = ["give_login"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    @admin.action(description=_("Give a login"))
    def give_login(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        told = _("They can sign in with their work e-mail.")
        return self.run(request, queryset, services.give_login, told=told)


@admin.register(StorageAssignment)
class StorageAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["user", "address", "warehouse", "company"]
    list_select_related = ["user", "address", "warehouse", "company"]
    ordering = ["-id"]
