"""Sheets and rolls that labels are printed on.

Size, count and gap of the sheets are what their makers print on the package and state
on avery.co.uk, avery-zweckform.com and avery.com; each is centred on its page. The
margins that follow are within 1 mm, most within 0.3 mm, of those in the templates of
gLabels (avery-iso-templates.xml) and others. Rolls have the size of their labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


@dataclass(frozen=True)
class Layout:
    """Labels of `width` times `height` on a page, all in mm; a roll is a page of one
    label."""

    code: str
    maker: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    gap_x: float = 0.0
    gap_y: float = 0.0
    page: tuple[float, float] | None = None

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def is_sheet(self) -> bool:
        return self.page is not None

    @property
    def page_size(self) -> tuple[float, float]:
        return self.page or (self.width, self.height)

    @cached_property
    def margins(self) -> tuple[float, float]:
        """Left and top."""
        width, height = self.page_size
        used_x = self.columns * self.width + (self.columns - 1) * self.gap_x
        used_y = self.rows * self.height + (self.rows - 1) * self.gap_y
        return (width - used_x) / 2, (height - used_y) / 2

    def place(self, index: int) -> tuple[float, float]:
        """The upper left corner of a label from that of the page; by rows, from 0."""
        row, column = divmod(index, self.columns)
        left, top = self.margins
        return (
            left + column * (self.width + self.gap_x),
            top + row * (self.height + self.gap_y),
        )

    def __str__(self) -> str:
        size = f"{self.width:g} × {self.height:g} mm"
        name = f"{self.maker} {self.code}".strip()
        return (
            f"{name}: {size} ({self.per_page})" if self.is_sheet else f"{name} {size}"
        )


def _a4(
    code: str, width: float, height: float, columns: int, rows: int, gap_x: float = 0.0
) -> Layout:
    return Layout(code, "Avery", width, height, columns, rows, gap_x, page=A4)


LAYOUTS: dict[str, Layout] = {
    layout.code: layout
    for layout in (
        _a4("L7160", 63.5, 38.1, 3, 7, 2.5),
        _a4("L7159", 63.5, 33.9, 3, 8, 2.5),
        _a4("L7161", 63.5, 46.6, 3, 6, 2.5),
        _a4("L7162", 99.1, 33.9, 2, 8, 2.5),
        _a4("L7163", 99.1, 38.1, 2, 7, 2.5),
        _a4("L7651", 38.1, 21.2, 5, 13, 2.5),
        _a4("L7654", 45.7, 25.4, 4, 10, 2.6),
        _a4("L4731", 25.4, 10.0, 7, 27, 2.5),
        _a4("L4736", 45.7, 21.2, 4, 12, 2.6),
        _a4("L6009", 45.7, 21.2, 4, 12, 2.6),  # silver polyester, for devices
        _a4("3652", 70.0, 42.3, 3, 7),
        _a4("3667", 48.5, 16.9, 4, 16),
        Layout("5160", "Avery", 66.675, 25.4, 3, 10, 3.175, page=LETTER),
        Layout("5163", "Avery", 101.6, 50.8, 2, 5, 4.7625, page=LETTER),
        Layout("DK-11201", "Brother", 90.0, 29.0),
        Layout("DK-11209", "Brother", 62.0, 29.0),
        Layout("11352", "Dymo", 54.0, 25.0),
        Layout("11354", "Dymo", 57.0, 32.0),
        Layout("99010", "Dymo", 89.0, 28.0),
        Layout("99012", "Dymo", 89.0, 36.0),
        Layout("51x25", "", 50.8, 25.4),  # 2 × 1 inches: Zebra and others
    )
}
DEFAULT = "L7160"


def choices() -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """For a field, by what they are printed with."""
    groups: list[tuple[str | Promise, list[tuple[str, str]]]] = []
    for label, page in (
        (_("Sheets, A4"), A4),
        (_("Sheets, US Letter"), LETTER),
        (_("Label printers"), None),
    ):
        found = [(one.code, str(one)) for one in LAYOUTS.values() if one.page == page]
        groups.append((label, found))
    return groups
