"""Labels as a PDF, and one as a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.inventory.models import Asset

from . import fonts
from .composing import POINT, BarCode, Label, Rectangles, compose
from .layouts import Layout

# One takes 4 ms, and the request that prints them is waited for.
MOST_LABELS = 1_000


def labels_pdf(
    assets: Iterable[Asset],
    layout: Layout,
    target: IO[bytes],
    *,
    bar_code: BarCode = BarCode.TAG_OR_SERIAL,
    start: int = 1,
) -> int:
    """Writes a PDF of one label for each asset, in their order; returns how many.

    `start` is the first free label of the first sheet, counted by rows from 1. They
    have their `company` at hand, and may come from an iterator: one is drawn, and
    forgotten, before the next.
    """
    from reportlab.pdfgen.canvas import Canvas

    fonts.load()
    width, height = (side / POINT for side in layout.page_size)
    canvas = Canvas(
        target,
        pagesize=(width, height),
        pageCompression=1,
        lang=get_language(),
    )
    canvas.setTitle("Labels")
    canvas.setCreator("Tequipy")
    # At its own size: scaled to the printer's margins it would miss the labels.
    canvas.setViewerPreference("PrintScaling", "None")
    count, place = 0, start - 1
    for asset in assets:
        if place == layout.per_page:
            canvas.showPage()
            place = 0
        label = compose(asset, layout, bar_code)
        _draw(canvas, label, *layout.place(place), layout.page_size[1])
        count, place = count + 1, place + 1
    canvas.save()
    return count


def _draw(canvas: Any, label: Label, left: float, top: float, page: float) -> None:
    """With its upper left corner there, in mm from that of a page so high."""
    for text in label.texts:
        canvas.setFont(text.font, text.size / POINT)
        canvas.drawString(
            (left + text.x) / POINT, (page - top - text.y) / POINT, text.text
        )
    for code in label.codes:
        canvas.addLiteral(_filled(code, left, page - top))


def _filled(code: Rectangles, left: float, base: float) -> str:
    """One path in whole numbers under a matrix that turns y round: what a viewer
    smooths at their edges would show between rectangles of their own."""
    matrix = (
        f"{code.scale_x / POINT:.5f} 0 0 {-code.scale_y / POINT:.5f} "
        f"{(left + code.x) / POINT:.4f} {(base - code.y) / POINT:.4f}"
    )
    parts = " ".join(f"{x} {y} {w} {h} re" for x, y, w, h in code.parts)
    return f"q 0 g {matrix} cm {parts} f Q"


def preview(asset: Asset, layout: Layout, bar_code: BarCode) -> SafeString:
    """One label as SVG."""
    label = compose(asset, layout, bar_code)
    return format_html(
        '<svg class="label-preview" viewBox="0 0 {} {}" role="img" aria-hidden="true">'
        '<rect width="100%" height="100%" rx="1.5" fill="#fff"/>{}{}</svg>',
        layout.width,
        layout.height,
        format_html_join("", "{}", ((_svg(code),) for code in label.codes)),
        format_html_join(
            "",
            '<text x="{}" y="{}" font-size="{}" font-weight="{}" textLength="{}" '
            'lengthAdjust="spacingAndGlyphs">{}</text>',
            (
                (
                    round(text.x, 2),
                    round(text.y, 2),
                    round(text.size, 2),
                    700 if text.font == fonts.BOLD else 400,
                    round(fonts.width(text.text, text.font, text.size), 2),
                    text.text,
                )
                for text in label.texts
            ),
        ),
    )


def _svg(code: Rectangles) -> SafeString:
    path = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in code.parts)
    return format_html(
        '<path transform="translate({} {}) scale({} {})" d="{}"/>',
        round(code.x, 3),
        round(code.y, 3),
        round(code.scale_x, 4),
        round(code.scale_y, 4),
        path,
    )


def qr_svg(rows: list[list[tuple[int, int]]], quiet: int) -> str:
    """A QR code as a picture, dark on white also where the page is dark."""
    side = len(rows) + 2 * quiet
    path = "".join(
        f"M{start + quiet} {y + quiet}h{count}v1h-{count}z"
        for y, row in enumerate(rows)
        for start, count in row
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" '
        f'fill="#fff"/><path d="{path}"/></svg>'
    )
