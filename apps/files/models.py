from __future__ import annotations

from django.db import models

from apps.core.actor import Actor
from apps.core.tenancy import TenantModel, tenant_key


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, actor: Actor) -> FileQuerySet:
        if actor.sees_everything:
            return self
        if actor.reads_company:
            return self.filter(company_id=actor.company_id)
        return self.none()


class File(TenantModel):
    """Something that was uploaded; the bytes lie in the storage under `key`."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=128, blank=True)
    key = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [tenant_key("file")]

    def __str__(self) -> str:
        return self.name
