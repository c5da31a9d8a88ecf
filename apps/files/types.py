"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

import codecs

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileType(models.TextChoices):
    """Types that nobody's browser runs."""

    PDF = "application/pdf", _("PDF")
    PNG = "image/png", _("PNG")
    JPEG = "image/jpeg", _("JPEG")
    GIF = "image/gif", _("GIF")
    WEBP = "image/webp", _("WebP")
    HEIC = "image/heic", _("HEIC")
    ZIP = "application/zip", _("ZIP, also of office programs")
    TEXT = "text/plain", _("Text")


# What every browser shows as a picture.
PICTURES = frozenset({FileType.PNG, FileType.JPEG, FileType.GIF, FileType.WEBP})
HEAD = 4096  # bytes that `type_of` looks at
_STARTS = (
    (b"%PDF-", FileType.PDF),
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    (b"PK\x03\x04", FileType.ZIP),
)
_HEIC = frozenset({b"heic", b"heix", b"mif1", b"heim"})
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


def type_of(head: bytes) -> FileType | None:
    """None for what is of no known type, and for nothing."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return FileType.HEIC
    return FileType.TEXT if head and _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """UTF-8, whose last character may be cut."""
    if _CONTROLS.intersection(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
