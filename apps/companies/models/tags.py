"""How a company groups people."""

from __future__ import annotations

from django.db import models

from apps.core.actor import Permission
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key


class TagQuerySet(TenantQuerySet["Tag"]):
    reads = Permission.TAGS_READ


class Tag(TenantModel):
    """A team or role label of people."""

    name = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            tenant_key("tag"),
            models.UniqueConstraint(
                "company",
                models.functions.Lower("name"),
                name="tag_name_per_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name
