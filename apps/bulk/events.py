"""What happens to bulk jobs; what their verbs do has its own events, of the same
correlation id (the job's)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from apps.core import bulk_verbs
from apps.events.names import Names
from apps.events.payloads import Payload, Text
from apps.events.registry import declare

VerbName = Annotated[str, Text("the name of a bulk verb, such as assets.archive")]


@dataclass(slots=True, kw_only=True)
class Bulk(Payload):
    """What is to be done, and to how many."""

    verb: VerbName
    rows: int

    def words(self, names: Names) -> dict[str, str]:
        declared = bulk_verbs.find(self.verb)
        return {"what": declared.titled(self.rows) if declared else self.verb}


@dataclass(slots=True, kw_only=True)
class BulkEnded(Bulk):
    """How many it was done to, were so already, refused it."""

    done: int
    skipped: int
    refused: int


BULK_ASKED = declare("bulk.asked", Bulk, _("Asked of many: %(what)s"), icon="list")
BULK_COMPLETED = declare(
    "bulk.completed", BulkEnded, _("Finished: %(what)s"), icon="list"
)
BULK_STOPPED = declare(
    "bulk.stopped", BulkEnded, _("Stopped half-way: %(what)s"), icon="list"
)
BULK_FAILED = declare(
    "bulk.failed", BulkEnded, _("Failed half-way: %(what)s"), icon="list"
)
