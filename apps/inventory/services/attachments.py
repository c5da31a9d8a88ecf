"""Files that belong to a device: its invoice, a photo of its damage."""

from __future__ import annotations

from functools import partial

from django.core.files.base import File as Upload
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import background
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.events.registry import EventType
from apps.events.services import record
from apps.files import services as files
from apps.files.types import HEAD, PICTURES, FileType, type_of
from apps.inventory import events
from apps.inventory.models import Asset, Attachment, AttachmentKind

from .rows import lock

MOST_BYTES = 20_000_000
MOST_FILES = 50  # of one device
LONGEST_NAME = 255


@transaction.atomic
def attach(
    asset: Asset,
    upload: Upload,
    *,
    actor: Actor,
    name: str = "",
    kind: str = AttachmentKind.OTHER,
) -> Attachment:
    """Keeps a file with the device, by `name` or its own. Raises Invalid `no_file`,
    `file_too_large`, `bad_file_type` or `no_name`, Conflict `too_many_files`."""
    actor.require(Permission.ASSETS_EDIT, asset.company_id)
    content_type = _type(upload)
    upload.name = _name(name or upload.name or "")
    (asset,) = lock([asset.pk])
    if asset.attachments.present().count() >= MOST_FILES:
        told = _("A device has at most %(count)d files: remove one first.")
        raise Conflict("too_many_files", told % {"count": MOST_FILES}, field="file")
    file = files.store(upload, company_id=asset.company_id, content_type=content_type)
    made = Attachment.objects.create(
        company_id=asset.company_id,
        asset=asset,
        file=file,
        kind=AttachmentKind(kind),
        created_by=actor.id,
    )
    _record(events.ASSET_FILE_ADDED, made, actor=actor)
    return made


def _type(upload: Upload) -> FileType:
    if upload.size > MOST_BYTES:
        told = _("A file has at most %(count)d MB.") % {"count": MOST_BYTES // 10**6}
        raise Invalid("file_too_large", told, field="file")
    head = upload.read(HEAD)
    upload.seek(0)
    if not head:
        raise Invalid("no_file", _("The file is empty."), field="file")
    kind = type_of(head)
    if kind is None:
        known = ", ".join(str(one.label) for one in FileType)
        told = _("Files of this type are not kept. There are: %(types)s.")
        raise Invalid("bad_file_type", told % {"types": known}, field="file")
    return kind


def _name(said: str) -> str:
    name = one_line(said).replace("\\", "/").rpartition("/")[2]
    if not name.strip("."):
        raise Invalid("no_name", _("Say what the file is called."), field="name")
    if len(name) > LONGEST_NAME:
        told = _("The name is longer than %(count)d characters: shorten it.")
        raise Invalid("too_long", told % {"count": LONGEST_NAME}, field="name")
    return name


@transaction.atomic
def detach(attachment: Attachment, *, actor: Actor) -> Attachment:
    """Takes a file away; its bytes are deleted at once, or by the next who looks."""
    actor.require(Permission.ASSETS_EDIT, attachment.company_id)
    attachment = Attachment.objects.select_for_update(of=("self",)).get(
        pk=attachment.pk
    )
    if attachment.removed_at is not None:
        return attachment
    attachment.removed_at, attachment.is_picture = timezone.now(), False
    attachment.save(update_fields=["removed_at", "is_picture"])
    _record(events.ASSET_FILE_REMOVED, attachment, actor=actor)
    erase = partial(background.publish, "apps.inventory.tasks.erase_removed_files")
    transaction.on_commit(erase, robust=True)
    return attachment


@transaction.atomic
def choose_picture(attachment: Attachment, *, actor: Actor) -> Attachment:
    """Pages show the device by this photo, instead of the one before. Raises Invalid
    `no_picture` for what is none, Conflict `file_removed`."""
    actor.require(Permission.ASSETS_EDIT, attachment.company_id)
    lock([attachment.asset_id])
    rows = Attachment.objects.select_for_update(of=("self",))
    found = {one.pk: one for one in rows.filter(asset_id=attachment.asset_id)}
    attachment = found.get(attachment.pk, attachment)
    if attachment.removed_at is not None or attachment.pk not in found:
        raise Conflict("file_removed", _("This file was removed meanwhile."))
    if attachment.file.content_type not in PICTURES:
        raise Invalid("no_picture", _("This file is no picture."), field="file")
    if attachment.is_picture:
        return attachment
    for one in found.values():
        if one.is_picture:
            one.is_picture = False
            one.save(update_fields=["is_picture"])
    attachment.is_picture = True
    attachment.save(update_fields=["is_picture"])
    _record(events.ASSET_PICTURE_CHOSEN, attachment, actor=actor)
    return attachment


def erase_removed_files() -> int:
    """Deletes the bytes and the names of what was taken away; returns how many. A file
    that can't be deleted now is tried again."""
    done = 0
    for pk in Attachment.objects.exclude(removed_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            rows = Attachment.objects.select_for_update(skip_locked=True, of=("self",))
            found = rows.filter(pk=pk).select_related("file").first()
            if found is None:
                continue
            found.file.name = ""
            files.erase(found.file)
            found.delete()
            done += 1
    return done


def _record(
    type_: EventType[events.DeviceFile], attachment: Attachment, *, actor: Actor
) -> None:
    asset, file = attachment.asset, attachment.file
    told = events.DeviceFile(
        product_id=asset.product_id,
        serial_number=asset.serial_number,
        asset_tag=asset.asset_tag,
        file_id=file.id,
        file_type=FileType(file.content_type),
        size=file.size,
    )
    record(
        type_,
        told,
        actor=actor,
        company_id=asset.company_id,
        subject_id=asset.id,
    )
