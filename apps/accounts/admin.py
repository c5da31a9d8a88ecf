from __future__ import annotations

from functools import partial

# Registered first, to be taken away below.
import allauth.account.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.companies.entities import note_vat_check
from apps.companies.models import Entity
from apps.core.actor import Actor, Permission
from apps.core.admin import ReadOnlyAdmin
from apps.core.errors import Invalid

from . import api_tokens, membership, services, sign_in_address
from .kept_answers import IdempotencyKey
from .models import (
    AddressChange,
    ApiSession,
    ApiToken,
    Erasure,
    Invitation,
    Login,
    ResetRequest,
    StorageAssignment,
    User,
    UserExternalId,
    UserTag,
)
from .sessions import is_of_staff
from .staff import VerbAdmin, verb_action
from .states import LockedOutBecause, SignInEndedBecause

# Rights come from roles, addresses from their owners: not from these two tables.
admin.site.unregister([EmailAddress, Group])


def _may_enter(request: HttpRequest) -> bool:
    """Who has a staff role now; the flag of the Login alone may be an old one."""
    if not (request.user.is_active and request.user.is_staff):
        return False
    if not hasattr(request, "is_of_staff"):
        request.is_of_staff = is_of_staff(request.user)
    return request.is_of_staff


def _sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """The one sign-in page, with its limits; there is no admin for anybody else."""
    if admin.site.has_permission(request):
        return redirect("admin:index")
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


admin.site.login = _sign_in
admin.site.has_permission = _may_enter
admin.site.site_header = admin.site.site_title = "Tequipy"
admin.site.index_title = _("Platform staff")


class AddressActionForm(ActionForm):
    """Beside the list of actions; only one of them reads it."""

    new_email = forms.EmailField(label=_("New address"), required=False)
    staff_reason = forms.CharField(label=_("Reason"), required=False, max_length=255)


@admin.register(Login)
class LoginAdmin(VerbAdmin):
    list_display = ["email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email__startswith"]
    ordering = ["email"]
    exclude = ["password", "groups", "user_permissions"]
    actions = ["activate", "deactivate", "change_address"]
    action_form = AddressActionForm

    @verb_action(Permission.LOGINS_LOCK, _("Let sign in"))
    def activate(
        self, request: HttpRequest, queryset: QuerySet[Login]
    ) -> HttpResponse | None:
        told = _("They can sign in again, to all their companies.")
        return self.run(request, queryset, services.allow_sign_in, told=told)

    @verb_action(Permission.LOGINS_LOCK, _("Lock out"))
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

    @verb_action(
        Permission.LOGINS_CHANGE_ADDRESS,
        _("Change the sign-in address (no old mailbox)"),
    )
    def change_address(
        self, request: HttpRequest, queryset: QuerySet[Login]
    ) -> HttpResponse | None:
        """For one at a time: the new mailbox is asked, the old one told."""
        email = request.POST.get("new_email", "")
        reason = request.POST.get("staff_reason", "")
        if len(queryset) != 1 or not email or not reason:
            text = _("Choose one login, and enter the new address and the reason.")
            messages.error(request, text)
            return None

        def ask(login: Login, *, actor: Actor) -> None:
            try:
                validate_email(email)
            except ValidationError as error:
                raise Invalid("bad_email", error.messages[0]) from error
            sign_in_address.ask(login, email, actor=actor, staff_reason=reason)

        told = _("The new mailbox is asked, and the old one is told.")
        return self.run(request, queryset, ask, told=told)


@admin.register(User)
class UserAdmin(VerbAdmin):
    list_display = ["name", "email", "company", "role", "state", "login"]
    list_select_related = ["company", "login"]
    list_filter = ["role", "state"]
    search_fields = ["search_text"]
    ordering = ["-id"]
    actions = ["invite", "end_sign_in"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    @verb_action(Permission.PEOPLE_LET_SIGN_IN, _("Invite to sign in"))
    def invite(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        told = _("Each gets a mail; nothing changes before they accept.")
        return self.run(request, queryset, membership.invite, told=told)

    @verb_action(Permission.PEOPLE_LET_SIGN_IN, _("End their sign-in"))
    def end_sign_in(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        told = _("They no longer see this company, from the next click on.")
        reasons = SignInEndedBecause.choices
        return self.run(request, queryset, membership.end, told=told, reasons=reasons)


@admin.register(StorageAssignment)
class StorageAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["user", "address", "warehouse", "company"]
    list_select_related = ["user", "address", "warehouse", "company"]
    ordering = ["-id"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["user", "company", "state", "sent_at", "expires_at", "ended_at"]
    list_select_related = ["user", "company"]
    list_filter = ["state"]
    ordering = ["-id"]


@admin.register(ApiToken)
class ApiTokenAdmin(VerbAdmin):
    list_display = ["user", "company", "issued_at", "expires_at", "last_used_at"]
    list_display += ["revoked_at"]
    list_select_related = ["user", "company"]
    ordering = ["-id"]
    actions = ["revoke"]

    @verb_action(Permission.API_TOKENS_ISSUE, _("Revoke"))
    def revoke(
        self, request: HttpRequest, queryset: QuerySet[ApiToken]
    ) -> HttpResponse | None:
        told = _("From its next request on, whatever uses it is refused.")
        return self.run(request, queryset, api_tokens.revoke, told=told)


@admin.register(ApiSession)
class ApiSessionAdmin(ReadOnlyAdmin):
    list_display = ["user", "company", "started_at", "refreshed_at", "ended_at"]
    list_select_related = ["user", "company"]
    exclude = ["auth_hash"]
    ordering = ["-id"]


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ["key", "user", "company", "status", "created_at"]
    list_select_related = ["user", "company"]
    exclude = ["fingerprint", "headers", "body"]
    ordering = ["-id"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """People who are erased, until the copies are cleaned, too."""

    list_display = ["user_id", "company", "created_at"]
    list_select_related = ["company"]
    exclude = ["traces"]
    ordering = ["-id"]


@admin.register(AddressChange)
class AddressChangeAdmin(ReadOnlyAdmin):
    list_display = ["login", "state", "new_email", "asked_at", "ended_at"]
    list_select_related = ["login"]
    list_filter = ["state"]
    ordering = ["-id"]


@admin.register(ResetRequest)
class ResetRequestAdmin(ReadOnlyAdmin):
    """Reset mails that have not left yet."""

    list_display = ["email", "asked_at", "next_try_at"]
    ordering = ["-asked_at"]


@admin.register(UserExternalId)
class UserExternalIdAdmin(ReadOnlyAdmin):
    list_display = ["user", "system", "external_id", "company"]
    list_select_related = ["user", "company"]
    search_fields = ["external_id__exact"]
    ordering = ["-id"]


@admin.register(UserTag)
class UserTagAdmin(ReadOnlyAdmin):
    list_display = ["user", "tag", "company"]
    list_select_related = ["user", "tag", "company"]
    search_fields = ["company__slug__exact", "tag__name__istartswith"]
    ordering = ["-id"]


@admin.register(Entity)
class EntityAdmin(VerbAdmin):
    """Here, and not beside the model, because its actions are verbs."""

    list_display = ["legal_name", "company", "country", "vat_id", "is_vat_validated"]
    list_select_related = ["company", "country"]
    list_filter = ["is_active", "is_vat_validated"]
    search_fields = ["company__slug__exact", "legal_name__istartswith"]
    ordering = ["-id"]
    actions = ["vat_is_valid", "vat_is_not_valid"]

    @verb_action(Permission.ENTITIES_CHECK_VAT, _("VAT number is valid by VIES"))
    def vat_is_valid(
        self, request: HttpRequest, queryset: QuerySet[Entity]
    ) -> HttpResponse | None:
        verb = partial(note_vat_check, is_valid=True)
        told = _("Their VAT numbers are noted as validated.")
        return self.run(request, queryset, verb, told=told)

    @verb_action(Permission.ENTITIES_CHECK_VAT, _("VAT number is not valid"))
    def vat_is_not_valid(
        self, request: HttpRequest, queryset: QuerySet[Entity]
    ) -> HttpResponse | None:
        verb = partial(note_vat_check, is_valid=False)
        told = _("Their VAT numbers are noted as not validated.")
        return self.run(request, queryset, verb, told=told)
