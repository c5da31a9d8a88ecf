"""Where the labels of a sheet are, against what other programs print them at."""

import itertools

import pytest

from apps.labels.layouts import LAYOUTS

# Left, top, step right, step down, in mm: the first ones as several programs have
# them, the others by gLabels' avery-iso-templates.xml.
OTHERS = {
    "L7160": (7.2, 15.1, 66.0, 38.1),
    "L7163": (4.6, 15.1, 101.6, 38.1),
    "L4731": (9.0, 13.5, 27.9, 10.0),
    "L7161": (7.4, 8.1, 65.9, 46.7),
    "L7162": (4.0, 13.0, 102.5, 33.9),
    "L7651": (4.7, 10.9, 40.6, 21.2),
    "L7654": (10.0, 22.0, 48.5, 25.4),
}


@pytest.mark.parametrize("code", OTHERS)
def test_sheets_are_where_others_print_them(code):
    layout = LAYOUTS[code]
    left, top = layout.place(0)
    right, down = layout.place(layout.columns + 1)
    found = (left, top, right - left, down - top)
    assert found == pytest.approx(OTHERS[code], abs=1)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_labels_lie_on_the_page_and_not_on_each_other(layout):
    width, height = layout.page_size
    places = [layout.place(index) for index in range(layout.per_page)]
    assert len(set(places)) == layout.per_page
    for x, y in places:
        assert -0.01 <= x <= width - layout.width + 0.01
        assert -0.01 <= y <= height - layout.height + 0.01
    for (x, y), (a, b) in itertools.pairwise(places):
        assert a - x >= layout.width - 0.01 or b - y >= layout.height - 0.01
