"""Which workflow has a device."""

from __future__ import annotations

from django.db import models

from apps.core.tenancy import TenantForeignKey, TenantModel, tenant_key

from .assets import Asset


class Claim(TenantModel):
    """The one open workflow an asset is locked to. It names the workflow by plain
    values; the workflow's line holds the foreign key."""

    asset = TenantForeignKey(
        Asset, models.CASCADE, db_index=False, related_name="claims"
    )
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=16)
    workflow_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            tenant_key("claim"),
            models.UniqueConstraint(fields=["asset"], name="claim_one_per_asset"),
        ]
        indexes = [
            models.Index(fields=["company", "workflow_id"], name="claim_by_workflow")
        ]

    def __str__(self) -> str:
        return self.reference
