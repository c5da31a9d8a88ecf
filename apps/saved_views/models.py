from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.api.conditions import Where
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key


class SavedViewQuerySet(TenantQuerySet["SavedView"]):
    reads = Permission.VIEWS_READ

    def own(self, actor: Actor) -> Q:
        return Q(owner=actor.id) | Q(is_shared=True)


class SavedView(TenantModel):
    """Filters, order and columns of a list under a name, as its query string says them.
    The one without a name says with which columns its owner left the list."""

    owner = TenantForeignKey(User, models.CASCADE, db_index=False, related_name="+")
    list_name = models.CharField(max_length=32)
    name = models.CharField(max_length=64, blank=True)
    query = models.CharField(max_length=2_000, blank=True)
    is_shared = models.BooleanField(
        default=False, help_text=_("Everybody in the company has it.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            tenant_key("saved_view"),
            models.UniqueConstraint(
                fields=["company", "list_name", "owner", "name"],
                condition=Q(is_shared=False),
                name="saved_view_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["company", "list_name", "name"],
                condition=Q(is_shared=True),
                name="saved_view_once_a_company",
            ),
            models.CheckConstraint(
                condition=Q(is_shared=False) | ~Q(name=""),
                name="saved_view_shared_has_name",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "owner"], name="saved_view_by_owner"),
        ]

    def __str__(self) -> str:
        return self.name


_TABLE = SavedView._meta.db_table
_KEPT = f"""
SELECT json_agg(json_build_array(id, name, query, is_shared, is_own) ORDER BY
    is_shared DESC, name) FROM (
    SELECT id, name, query, is_shared, owner_id = %s AS is_own FROM "{_TABLE}"
    WHERE company_id = %s AND list_name = %s AND NOT is_shared AND owner_id = %s
    UNION ALL
    SELECT id, name, query, is_shared, owner_id = %s FROM "{_TABLE}"
    WHERE company_id = %s AND list_name = %s AND is_shared
) kept
"""  # noqa: S608


def kept(actor: Actor, list_name: str) -> Where:
    """What selects the views of a list that somebody has."""
    own = (actor.company_id, list_name)
    return Where(_KEPT, (actor.id, *own, actor.id, actor.id, *own))
