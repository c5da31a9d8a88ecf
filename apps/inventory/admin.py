from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from . import services
from .models import Asset, AssetExternalId, Attachment, Claim, Comment, Custody
from .states import ArchiveReason


class CustodyInline(ReadOnlyInline):
    model = Custody
    fields = ["user", "address", "shipment", "period"]
    ordering = ["-period"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Custody]:
        queryset = super().get_queryset(request)
        return queryset.select_related("user", "address", "shipment")


@admin.register(Asset)
class AssetAdmin(VerbAdmin):
    list_display = ["name", "serial_number", "asset_tag", "company", "state", "holder"]
    list_select_related = ["company", "user", "address", "shipment"]
    list_filter = ["state", "archive_reason"]
    search_fields = ["search_text"]
    ordering = ["-id"]
    inlines = [CustodyInline]
    actions = ["retire"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    @verb_action(Permission.ASSETS_RETIRE, _("Retire"))
    def retire(
        self, request: HttpRequest, queryset: QuerySet[Asset]
    ) -> HttpResponse | None:
        return self.run(
            request,
            queryset,
            services.retire,
            told=_(
                "They leave the register at once, whoever has them. What is found "
                "again is put into storage on its page."
            ),
            reasons=ArchiveReason.choices,
            moves=True,
        )


@admin.register(AssetExternalId)
class AssetExternalIdAdmin(ReadOnlyAdmin):
    list_display = ["asset", "system", "external_id", "company"]
    list_select_related = ["asset", "company"]
    search_fields = ["external_id__exact"]
    ordering = ["-id"]


@admin.register(Custody)
class CustodyAdmin(ReadOnlyAdmin):
    list_display = ["asset", "company", "holder", "period"]
    list_select_related = ["asset", "company", "user", "address", "shipment"]
    ordering = ["-id"]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["reference", "kind", "asset", "company", "created_at"]
    list_select_related = ["asset", "company"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["file", "kind", "asset", "company", "created_at", "removed_at"]
    list_select_related = ["file", "asset", "company"]
    ordering = ["-id"]


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ["asset", "company", "created_at", "edited_at", "removed_at"]
    list_select_related = ["asset", "company"]
    ordering = ["-id"]
