"""The icons as a style sheet, for where a page has hundreds of them: a class of eight
letters instead of a drawing. `manage.py icon_styles` writes it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

SOURCE = Path(settings.BASE_DIR, "static", "icons.svg")
TARGET = Path(settings.BASE_DIR, "static", "css", "icons.css")
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.S)
_GROUND = '<path stroke="none" d="M0 0h24v24H0z" fill="none" /> '
_BEGIN = """/* Made of static/icons.svg by manage.py icon_styles. */
[class^="i-"]::before, [class*=" i-"]::before { content: ""; display: inline-block; flex: none; width: 1.15em; height: 1.15em; vertical-align: -.2em; background: currentColor; mask: var(--i) center / contain no-repeat; }
"""  # noqa: E501


def styles() -> str:
    return _BEGIN + "".join(
        f'.i-{name} {{ --i: url("data:image/svg+xml,{_drawing(paths)}"); }}\n'
        for name, paths in _SYMBOL.findall(SOURCE.read_text())
    )


def _drawing(paths: str) -> str:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        'stroke="#000" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{paths.replace(_GROUND, '')}</svg>"
    )
    return quote(re.sub(r" ?/>\s*", "/>", svg).replace('"', "'"), safe="/:=' ,.-")
