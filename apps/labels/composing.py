"""What stands where on one label, in mm from its upper left corner; a PDF and the
preview draw the same."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from itertools import accumulate

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.inventory.models import Asset

from . import codes, fonts
from .layouts import Layout

POINT = 25.4 / 72  # mm
_QUIET_OF_BARS = 10  # modules left white at both ends
# Two dots of a printer with 300 dpi: thinner bars run together.
_THINNEST_BAR = 0.169
_LOWEST_WITH_BARS = 16.0  # of a label
_SMALLEST, _LARGEST = 4.0, 9.0  # type sizes, in points
_LINE = 1.22  # of the type size


class BarCode(enum.StrEnum):
    """What the bars say."""

    label: Promise

    def __new__(cls, code: str, label: Promise) -> BarCode:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    TAG_OR_SERIAL = "tag_or_serial", _("Asset tag, else serial number")
    TAG = "tag", _("Asset tag")
    SERIAL = "serial", _("Serial number")
    NONE = "none", _("No barcode")

    def of(self, asset: Asset) -> str:
        """ "" where there is nothing to say."""
        if self is BarCode.TAG_OR_SERIAL:
            return asset.asset_tag or asset.serial_number
        if self is BarCode.TAG:
            return asset.asset_tag
        return asset.serial_number if self is BarCode.SERIAL else ""


@dataclass(frozen=True)
class Text:
    """`y` is the base line; `size` in mm."""

    x: float
    y: float
    size: float
    text: str
    font: str


@dataclass(frozen=True)
class Rectangles:
    """Dark parts (x, y, width, height) of a code in modules, which are scaled to mm
    and begin at a point."""

    x: float
    y: float
    scale_x: float
    scale_y: float
    parts: list[tuple[int, int, int, int]]


@dataclass(frozen=True)
class Label:
    texts: list[Text]
    codes: list[Rectangles]


def compose(asset: Asset, layout: Layout, bar_code: BarCode) -> Label:
    pad = _padding(layout)
    inner_x, inner_y = layout.width - 2 * pad, layout.height - 2 * pad
    bars = _bars(bar_code.of(asset), layout)
    band = 0.0 if bars is None else bars.scale_y + 1.2
    square = _square(codes.address(asset.pk), pad, min(inner_y - band, inner_x * 0.45))
    side = square.scale_x * (square.parts[-1][1] + 1)
    left = pad + side + max(1.0, square.scale_x * 2)
    texts = _lines(asset, left, pad, layout.width - pad - left, inner_y - band)
    return Label(texts, [square, *([bars] if bars else [])])


def lacks_letters(asset: Asset) -> bool:
    """Something of it is printed as a box."""
    return any(
        fonts.MISSING in fonts.printable(text) and fonts.MISSING not in text
        for text in _said(asset)
    )


def lacks_bars(asset: Asset, layout: Layout, bar_code: BarCode) -> bool:
    """There is no barcode: nothing to say, no sign for it, or no room."""
    return bar_code != BarCode.NONE and _bars(bar_code.of(asset), layout) is None


def _padding(layout: Layout) -> float:
    return min(2.5, max(1.0, layout.height * 0.06))


def _said(asset: Asset) -> tuple[str, str, str, str]:
    return asset.company.name, asset.name, asset.asset_tag, asset.serial_number


def _square(text: str, pad: float, room: float) -> Rectangles:
    rows = codes.qr(text)
    scale = room / len(rows)
    parts = [(start, y, count, 1) for y, row in enumerate(rows) for start, count in row]
    return Rectangles(pad, pad, scale, scale, parts)


def _bars(said: str, layout: Layout) -> Rectangles | None:
    """Along the lower edge; None where they would be too thin to be read."""
    widths = codes.bars(said)
    if widths is None or layout.height < _LOWEST_WITH_BARS:
        return None
    pad = _padding(layout)
    whole = sum(widths) + 2 * _QUIET_OF_BARS
    module = min(0.4, (layout.width - pad) / whole)
    if module < _THINNEST_BAR:
        return None
    starts = [0, *accumulate(widths)]
    height = min(9.0, layout.height * 0.22)
    return Rectangles(
        (layout.width - sum(widths) * module) / 2,
        layout.height - pad - height,
        module,
        height,
        [(starts[at], 0, widths[at], 1) for at in range(0, len(widths), 2)],
    )


def _lines(
    asset: Asset, left: float, top: float, width: float, height: float
) -> list[Text]:
    """Whose it is, what it is, its tag and serial number, as large as fits. The company
    goes first, then the name is one line; what tells a device apart is always there."""
    company, name, tag, serial = map(fonts.printable, _said(asset))
    marks = [text for text in (tag, serial) if text]
    for names, has_company in ((2, True), (1, True), (1, False), (0, False)):
        count = names + has_company + len(marks)
        size = min(_LARGEST, height / POINT / _LINE / max(count, 1))
        if size >= _SMALLEST:
            break
    lines = [(company, fonts.REGULAR)] if has_company else []
    lines += [(line, fonts.BOLD) for line in _wrap(name, names, width, size)]
    lines += [(text, fonts.BOLD) for text in [tag] if text]
    lines += [(text, fonts.REGULAR) for text in [serial] if text]
    found, base = [], top
    for text, font in lines:
        base += size * POINT * _LINE
        fitting = _fitting(text, font, size, width, is_whole=text in marks)
        found.append(Text(left, base - size * POINT * 0.3, *fitting, font))
    return found


def _fitting(
    text: str, font: str, size: float, width: float, *, is_whole: bool
) -> tuple[float, str]:
    """Size in mm and text that fit. A mark is set smaller rather than cut."""
    room = width / POINT
    if is_whole:
        wide = fonts.width(text, font, size)
        return min(size, size * room / wide) * POINT, text
    return size * POINT, _cut(text, font, size, room)


def _cut(text: str, font: str, size: float, room: float) -> str:
    if fonts.width(text, font, size) <= room:
        return text
    while text and fonts.width(text + "…", font, size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _wrap(text: str, most: int, width: float, size: float) -> list[str]:
    """In at most so many lines, between words; the last one may be too long."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        is_last = len(lines) == most
        fits = fonts.width(longer, fonts.BOLD, size) <= width / POINT
        if lines and (fits or is_last):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:most]
