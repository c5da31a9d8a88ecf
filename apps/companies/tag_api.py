"""Operations on tags."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.actor import Permission
from apps.core.api import fields
from apps.core.api.reading import Reading
from apps.core.api.resources import MOST_ROWS, Resource, no_query

from . import tags
from .models import Tag
from .shapes import TAG


class TagRequest(fields.Body):
    name = fields.Text(max_length=128)


class TagResource(Resource):
    tag = "Tags"
    noun, singular, plural = "Tag", "tag", "tags"
    names = {"every": "getTags"}
    reading = Reading(TAG, Tag.objects.all, keyset="name")
    bodies = {"create": TagRequest, "update": TagRequest}
    answers = {"every": [TAG], "remove": None}
    permissions = {
        "every": Permission.TAGS_READ,
        "retrieve": Permission.TAGS_READ,
        "create": Permission.TAGS_EDIT,
        "update": Permission.TAGS_EDIT,
        "remove": Permission.TAGS_EDIT,
    }

    def every(self, request: Request) -> HttpResponse:
        """List tags"""
        no_query(request)
        found: list[dict[str, Any]] = []
        after: str | None = ""
        while after is not None:
            page = self.reading.keyset_page(
                self.asking, {}, after=after, limit=MOST_ROWS
            )
            found += page.items
            after = page.next
        return self.answer(found)

    @transaction.atomic
    def create(self, request: Request) -> HttpResponse:
        """Add a tag"""
        company = request.user.company
        tag = tags.create_tag(actor=self.actor, company=company, **self.said())
        return self.one(tag.pk)

    @transaction.atomic
    def update(self, request: Request, id: str) -> HttpResponse:
        """Rename a tag"""
        said, tag = self.said(), self.thing(id)
        tags.rename_tag(tag, actor=self.actor, **said)
        return self.one(tag.pk)

    @transaction.atomic
    def remove(self, request: Request, id: str) -> HttpResponse:
        """Delete a tag

        It is taken from all who have it.
        """
        tags.delete_tag(self.thing(id), actor=self.actor)
        return HttpResponse(status=204)
