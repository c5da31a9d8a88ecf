"""What happens to imports."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.events.names import Names
from apps.events.payloads import Payload
from apps.events.registry import declare

from .states import Kind, UndoReason, Verdict


@dataclass(slots=True, kw_only=True)
class Import(Payload):
    """`kind` is missing until the file was read, if nobody said it."""

    kind: Kind | None = None


@dataclass(slots=True, kw_only=True)
class ImportRows(Import):
    rows: int


@dataclass(slots=True, kw_only=True)
class ImportCounts(Import):
    """`counts` are rows by verdict."""

    counts: dict[Verdict, int]


@dataclass(slots=True, kw_only=True)
class UndoStarted(Import):
    reason: UndoReason

    def words(self, names: Names) -> dict[str, str]:
        return {"reason": str(UndoReason(self.reason).label)}


@dataclass(slots=True, kw_only=True)
class ImportUndone(Import):
    """Rows that were taken back, and rows that had to stay."""

    undone: int
    kept: int


@dataclass(slots=True, kw_only=True)
class UndoStopped(Import):
    """`rows` were taken back; it is missing if the undoing failed."""

    rows: int | None = None


IMPORT_UPLOADED = declare(
    "import.uploaded", Import, _("A file was uploaded"), icon="upload"
)
IMPORT_READ = declare("import.read", ImportRows, _("A file was read"), icon="upload")
IMPORT_PLANNED = declare(
    "import.planned", ImportCounts, _("An import was planned"), icon="upload"
)
IMPORT_APPLIED = declare(
    "import.applied", ImportCounts, _("An import was applied"), icon="upload"
)
IMPORT_STOPPED = declare(
    "import.stopped", ImportRows, _("An import was stopped"), icon="upload"
)
IMPORT_FAILED = declare("import.failed", Import, _("An import failed"), icon="upload")
IMPORT_DISCARDED = declare(
    "import.discarded", Import, _("An import was discarded"), icon="upload"
)
IMPORT_UNDO_STARTED = declare(
    "import.undo_started",
    UndoStarted,
    _("Undoing an import was started: %(reason)s"),
    icon="upload",
)
IMPORT_UNDONE = declare(
    "import.undone", ImportUndone, _("An import was undone"), icon="upload"
)
IMPORT_UNDO_STOPPED = declare(
    "import.undo_stopped",
    UndoStopped,
    _("Undoing an import was stopped"),
    icon="upload",
)
