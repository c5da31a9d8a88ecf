"""What happens to saved views. Their names and filters may hold what is personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from apps.core.lists import find
from apps.events.names import Names
from apps.events.payloads import Payload, Text
from apps.events.registry import declare

ListName = Annotated[str, Text("which list it is a view of, such as assets")]


@dataclass(slots=True, kw_only=True)
class View(Payload):
    list: ListName
    is_shared: bool

    def words(self, names: Names) -> dict[str, str]:
        found = find(self.list)
        return {"list": str(found.title) if found else self.list}


VIEW_SAVED = declare("view.saved", View, _("A view of %(list)s was saved"), icon="list")
VIEW_CHANGED = declare(
    "view.changed", View, _("A view of %(list)s was changed"), icon="list"
)
VIEW_DELETED = declare(
    "view.deleted", View, _("A view of %(list)s was deleted"), icon="list"
)
