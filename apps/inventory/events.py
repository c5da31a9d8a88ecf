"""What happens to devices.

A payload names a device by what is printed on it and by its product. It never carries
the device's own name: what MDM systems export as that is often "Anna's iPad".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event
from apps.events.names import Names
from apps.events.payloads import Changes, Mark, Payload, ProductName, SystemName
from apps.events.registry import EventType, declare
from apps.files.types import FileType

from .fields import FIELDS
from .models import grade_of
from .states import ArchiveReason, AssetState, Grade

CHANGES = Changes.of(FIELDS)
# Values that people know by another word.
_SHOWN: dict[str, Callable[[Any], object]] = {"condition": grade_of}


@dataclass(slots=True, kw_only=True)
class Place:
    """State and holder of a device: at most one of the three, or why it has none."""

    state: AssetState
    user_id: UUID | None = None
    address_id: UUID | None = None
    shipment_id: UUID | None = None
    reason: ArchiveReason | None = None

    def told(self, names: Names) -> str:
        if self.user_id:
            return names.somebody(self.user_id)
        place = self.address_id or self.shipment_id
        return names.text(place, gettext("somewhere") if place else _nowhere())


def _nowhere() -> str:
    return gettext("nowhere yet")


@dataclass(slots=True, kw_only=True)
class Device(Payload):
    """The product is missing only in rows of version 1."""

    product_id: UUID | None = None
    serial_number: Mark
    asset_tag: Mark

    def thing(self) -> str:
        return self.serial_number or self.asset_tag


@dataclass(slots=True, kw_only=True)
class NamedDevice(Device):
    product_name: ProductName | None = None

    def thing(self) -> str:
        mark = self.serial_number or self.asset_tag
        return f"{self.product_name or ''} {mark}".strip()


@dataclass(slots=True, kw_only=True)
class DeviceStep(NamedDevice):
    """`holder_changed` if custody ended or began; `custody_id` is the row that began:
    check_custody rebuilds all custody from these."""

    from_: Place | None = None
    to: Place
    holder_changed: bool
    custody_id: UUID | None = None

    def words(self, names: Names) -> dict[str, str]:
        reason = self.to.reason
        return {
            "to": self.to.told(names),
            "reason": str(ArchiveReason(reason).label) if reason else "",
        }


@dataclass(slots=True, kw_only=True)
class DeviceStored(DeviceStep):
    """`grade` is the condition that was seen as it came in; missing if nobody looked,
    and in rows of versions 1 and 2."""

    grade: Grade | None = None

    def told_as(self) -> Promise | None:
        return _GRADED if self.grade else None

    def words(self, names: Names) -> dict[str, str]:
        grade = str(Grade(self.grade).label) if self.grade else ""
        return {**DeviceStep.words(self, names), "grade": grade}


_GRADED = _("%(thing)s was put into storage at %(to)s, condition “%(grade)s”")


@dataclass(slots=True, kw_only=True)
class DeviceChanged(Device):
    changes: Annotated[dict[str, Any], CHANGES]

    def words(self, names: Names) -> dict[str, str]:
        return {"changed": CHANGES.described(self.changes, names, _SHOWN)}


@dataclass(slots=True, kw_only=True)
class DeviceFile(Device):
    """A file that belongs to it, by what it is; its name may hold anything."""

    file_id: UUID
    file_type: FileType
    size: int


@dataclass(slots=True, kw_only=True)
class DeviceComment(Device):
    """Something that somebody says of it; the words stay in the comment."""

    comment_id: UUID


@dataclass(slots=True, kw_only=True)
class DeviceKnownAs(Device):
    """Systems whose id of the device is another one now, and that have none any more;
    the ids themselves are not told."""

    written: list[SystemName]
    removed: list[SystemName]


@dataclass(slots=True, kw_only=True)
class DeviceRestored(NamedDevice):
    """Undoing an import sets back facts (`changes`) or a step (the other fields)."""

    changes: Annotated[dict[str, Any], CHANGES] = field(default_factory=dict)
    from_: Place | None = None
    to: Place | None = None
    holder_changed: bool = False
    custody_id: UUID | None = None


@dataclass(slots=True, kw_only=True)
class DeviceRemoved(NamedDevice):
    from_: Place


# --- Version 1 --------------------------------------------------------------


def _device_1(payload: dict[str, Any]) -> dict[str, Any]:
    marks = {"serial_number", "asset_tag", "from", "to", "changes"}
    found = {name: value for name, value in payload.items() if name in marks}
    if not found.get("from"):
        found.pop("from", None)
    return found


def _step_1(event: Event) -> dict[str, Any]:
    """`product_name` held the device's own name. There was no `holder_changed`: the
    holder changed if `custody` (now `custody_id`) was there, null where custody ended
    without a new one. `from` of a new device was an empty object."""
    payload = event.payload
    custody = {"custody_id": payload["custody"]} if payload.get("custody") else {}
    return {**_device_1(payload), "holder_changed": "custody" in payload, **custody}


def _stored_2(event: Event) -> dict[str, Any]:
    """There was no `grade`: grading was an asset.updated of its own."""
    return dict(event.payload)


def _changed_1(event: Event) -> dict[str, Any]:
    """`product_name` held the device's own name. `changes` told old and new values of
    `name` and `specification`."""
    found = _device_1(event.payload)
    changes = found["changes"]
    return found | {
        "changes": {
            name: change if CHANGES.is_told(name) else {}
            for name, change in changes.items()
        }
    }


def _restored_1(event: Event) -> dict[str, Any]:
    """As version 1 of asset.updated if it has `changes`, else as that of a step."""
    is_step = "changes" not in event.payload
    found = _step_1(event) if is_step else _changed_1(event)
    return {"changes": {}, "holder_changed": False, **found}


def _removed_1(event: Event) -> dict[str, Any]:
    """`product_name` held the device's own name."""
    return _device_1(event.payload)


# --- Types ------------------------------------------------------------------

ASSET_CREATED = declare(
    "asset.created",
    DeviceStep,
    _("%(thing)s was registered and went to %(to)s"),
    icon="laptop",
    version=2,
    older={1: _step_1},
)
ASSET_HANDED_OVER = declare(
    "asset.handed_over",
    DeviceStep,
    _("%(thing)s was handed to %(to)s"),
    icon="laptop",
    version=2,
    older={1: _step_1},
)
ASSET_SENT = declare(
    "asset.sent",
    DeviceStep,
    _("%(thing)s went on its way with %(to)s"),
    icon="laptop",
    version=2,
    older={1: _step_1},
)
ASSET_STORED = declare(
    "asset.stored",
    DeviceStored,
    _("%(thing)s was put into storage at %(to)s"),
    icon="laptop",
    version=3,
    older={1: _step_1, 2: _stored_2},
)
ASSET_SENT_TO_REPAIR = declare(
    "asset.sent_to_repair",
    DeviceStep,
    _("%(thing)s went to repair at %(to)s"),
    icon="laptop",
    version=2,
    older={1: _step_1},
)
ASSET_RESERVED = declare(
    "asset.reserved",
    DeviceStep,
    _("%(thing)s was reserved at %(to)s"),
    icon="laptop",
)
ASSET_RETIRED = declare(
    "asset.retired",
    DeviceStep,
    _("%(thing)s left the register: %(reason)s"),
    icon="laptop",
    version=2,
    older={1: _step_1},
)
ASSET_UPDATED = declare(
    "asset.updated",
    DeviceChanged,
    _("%(thing)s was changed: %(changed)s"),
    icon="laptop",
    version=2,
    older={1: _changed_1},
)
ASSET_EXTERNAL_IDS_SET = declare(
    "asset.external_ids_set",
    DeviceKnownAs,
    _("The ids of %(thing)s in other systems were changed"),
    icon="laptop",
)
ASSET_RESTORED = declare(
    "asset.restored",
    DeviceRestored,
    _("%(thing)s is as it was before an import"),
    icon="laptop",
    version=2,
    older={1: _restored_1},
)
ASSET_REMOVED = declare(
    "asset.removed",
    DeviceRemoved,
    _("%(thing)s was taken out: its import was undone"),
    icon="laptop",
    version=2,
    older={1: _removed_1},
)

ASSET_FILE_ADDED = declare(
    "asset.file_added",
    DeviceFile,
    _("A file was added to %(thing)s"),
    icon="laptop",
)
ASSET_FILE_REMOVED = declare(
    "asset.file_removed",
    DeviceFile,
    _("A file of %(thing)s was removed"),
    icon="laptop",
)

ASSET_PICTURE_CHOSEN = declare(
    "asset.picture_chosen",
    DeviceFile,
    _("A photo was chosen as the picture of %(thing)s"),
    icon="camera",
)
ASSET_COMMENT_ADDED = declare(
    "asset.comment_added",
    DeviceComment,
    _("%(thing)s was commented on"),
    icon="message",
)
ASSET_COMMENT_EDITED = declare(
    "asset.comment_edited",
    DeviceComment,
    _("A comment on %(thing)s was changed"),
    icon="message",
)
ASSET_COMMENT_REMOVED = declare(
    "asset.comment_removed",
    DeviceComment,
    _("A comment on %(thing)s was removed"),
    icon="trash",
)

# What is recorded when a device comes into a state, also anew at another holder.
ARRIVALS: dict[AssetState, EventType[Any]] = {
    AssetState.ACTIVE: ASSET_HANDED_OVER,
    AssetState.STORAGE: ASSET_STORED,
    AssetState.RESERVED: ASSET_RESERVED,
    AssetState.IN_TRANSIT: ASSET_SENT,
    AssetState.IN_REPAIR: ASSET_SENT_TO_REPAIR,
    AssetState.ARCHIVED: ASSET_RETIRED,
}
