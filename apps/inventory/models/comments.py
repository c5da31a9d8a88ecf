"""What people say to each other about a device."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor, Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key

from .assets import Asset


class CommentQuerySet(TenantQuerySet["Comment"]):
    reads = Permission.COMMENTS_READ

    def own(self, actor: Actor) -> Q:
        return Q(author_id=actor.id)

    def at_places(self, actor: Actor) -> Q:
        return Q(asset__in=Asset.objects.filter(Asset.objects.at_places(actor)))


class Comment(TenantModel):
    """One remark of somebody about a device; of a removed one only that it was there
    stays."""

    asset = TenantForeignKey(Asset, db_index=False, related_name="comments")
    author_id = models.UUIDField(
        null=True, help_text=_("The person who wrote it; empty: the system.")
    )
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            tenant_key("comment"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) ^ Q(text=""),
                name="comment_says_something_or_is_removed",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "asset", "-id"], name="comment_by_asset"),
            models.Index(fields=["company", "author_id"], name="comment_by_author"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def version(self) -> str:
        """What a form that changes it has shown."""
        return (self.edited_at or self.created_at).isoformat()
