from __future__ import annotations

from apps.core import icons
from apps.core.templatetags.badges import BADGES
from apps.core.templatetags.ui import CATEGORY_ICONS


def test_the_style_sheet_is_of_the_drawings_that_there_are():
    assert icons.TARGET.read_text() == icons.styles(), "manage.py icon_styles"


def test_each_icon_of_a_row_has_a_style():
    wanted = {badge[1] for kind in BADGES.values() for badge in kind.values()}
    wanted |= {*CATEGORY_ICONS.values(), "box", "dots"}
    styles = icons.styles()
    assert [name for name in wanted if f".i-{name} {{" not in styles] == []
