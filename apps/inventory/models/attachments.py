"""Files of devices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.files.models import File

from .assets import Asset


class AttachmentQuerySet(TenantQuerySet["Attachment"]):
    reads = Permission.ATTACHMENTS_READ

    def present(self) -> AttachmentQuerySet:
        return self.filter(removed_at=None)


class Attachment(TenantModel):
    """A file that belongs to a device: its invoice, a photo."""

    asset = TenantForeignKey(Asset, db_index=False, related_name="attachments")
    file = TenantForeignKey(File, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When it was taken away; its bytes are deleted soon after."),
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [tenant_key("attachment")]
        indexes = [
            models.Index(
                fields=["company", "asset", "-id"], name="attachment_by_asset"
            ),
            models.Index(
                fields=["id"],
                condition=Q(removed_at__isnull=False),
                name="attachment_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.file.name
