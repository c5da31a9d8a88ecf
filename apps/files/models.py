from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key


class FileQuerySet(TenantQuerySet["File"]):
    reads = Permission.FILES_READ


class File(TenantModel):
    """Something that was uploaded; the bytes lie in the storage under `key`."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=128, blank=True)
    key = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(
        null=True,
        help_text=_("When its bytes were deleted, as somebody in it was erased."),
    )

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [tenant_key("file")]

    def __str__(self) -> str:
        return self.name
