"""What the pages of returns read of their query strings."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.query import Query, SearchField

from .states import Kind


class WhoForm(Query):
    """First part of a new return: whose, and which kind. Lives in the query string,
    where the draft of the second part follows it."""

    q = SearchField()
    kind = forms.ChoiceField(required=False, choices=Kind.choices)
    user = forms.UUIDField(required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = User.objects.visible_to(actor).people().present()

    def takes(self, name: str) -> bool:
        is_draft = name in ("day", "address", "contact_email")
        is_item = name.startswith(("decision_", "reason_", "item_"))
        return is_draft or is_item or super().takes(name)

    @property
    def person(self) -> User | None:
        """Raises User.DoesNotExist for somebody who is not there, or not visible."""
        pk = self.cleaned_data["user"]
        people = self.people.select_related("company", "country")
        return people.get(pk=pk) if pk else None

    @property
    def chosen_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"] or Kind.OFFBOARDING)

    def options(self, limit: int) -> list[User]:
        found = self.people.search(self.cleaned_data["q"])
        return list(found.select_related("company").order_by("sort_key", "id")[:limit])
