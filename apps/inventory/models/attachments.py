"""Files of devices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.files.models import File

from .assets import Asset


class AttachmentKind(models.TextChoices):
    RECEIPT = "RECEIPT", _("Receipt")
    PHOTO = "PHOTO", _("Photo")
    HANDOVER = "HANDOVER", _("Handover form")
    OTHER = "OTHER", _("Other")


class AttachmentQuerySet(TenantQuerySet["Attachment"]):
    reads = Permission.ATTACHMENTS_READ

    def present(self) -> AttachmentQuerySet:
        return self.filter(removed_at=None)

    def picture(self) -> models.Subquery:
        """For an annotation of assets: the id of what pages show it by, or None."""
        chosen = self.filter(asset=models.OuterRef("pk"), is_picture=True)
        return models.Subquery(chosen.values("pk"))


class Attachment(TenantModel):
    """A file that belongs to a device: its invoice, a photo."""

    asset = TenantForeignKey(Asset, db_index=False, related_name="attachments")
    file = TenantForeignKey(File, related_name="+")
    kind = models.CharField(
        max_length=16,
        choices=AttachmentKind,
        default=AttachmentKind.OTHER,
        db_default=AttachmentKind.OTHER,
    )
    is_picture = models.BooleanField(
        default=False, db_default=False, help_text=_("Pages show the device by it.")
    )
    created_by = models.UUIDField(
        null=True, blank=True, help_text=_("Who added it; empty: the system.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When it was taken away; its bytes are deleted soon after."),
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("attachment"),
            models.UniqueConstraint(
                fields=["asset"],
                condition=Q(is_picture=True),
                name="attachment_one_picture_an_asset",
            ),
        ]
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
