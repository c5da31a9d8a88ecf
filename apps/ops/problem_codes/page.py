"""docs/problems.md."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils import translation
from rest_framework import exceptions

from . import bodies, modules, refusals
from .found import Found

HEAD = """# Codes of problems

Written by `manage.py problem_codes` from the code that refuses: a test fails when they
differ. A code is stable and may stand in a program; a sentence may become a better one.
In the answer it stands as `errors[].code`, and the first one in `type`, as in
`urn:tequipy:problem:required`. What stands in ‹angles› is said of the case. A verb
refuses alike whoever calls it: some of these codes meet only those who use the pages.
Many at once with `atomic` are refused with 422, whatever the reasons of their items.
"""
# What the framework raises before an operation is at work.
_OF_FRAMEWORK = (exceptions.MethodNotAllowed, exceptions.UnsupportedMediaType)
_NAMES = {"core": "Every operation", "accounts": "Sign-in, clients and people"}
_OF_PROXY = re.compile(
    r"return (\d{3}) '\{.*?\"errors\":\[\{\"code\":\"(\w+)\",\"detail\":\"([^\"]+)\""
)


def render() -> str:
    rows: dict[str, dict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    with translation.override("en"):
        found = list(_all())
    said = {(one.code, one.status) for one in found if one.sentence}
    for one in found:
        if one.sentence or (one.code, one.status) not in said:
            rows[one.area][one.code].append(one)
    lines = [HEAD]
    for area in sorted(rows, key=_order):
        lines += [f"## {_heading(area)}", "", "| code | status | says |"]
        lines += ["|---|---|---|"]
        lines += [_row(code, rows[area][code]) for code in sorted(rows[area])]
        lines.append("")
    return "\n".join(lines)


def _all() -> Iterator[Found]:
    yield from refusals.raised(modules.reached())
    yield from bodies.refused()
    for kind in _OF_FRAMEWORK:
        text, code = str(kind.default_detail), str(kind.default_code)
        yield Found("core", code, kind.status_code, text)
    proxy = Path(settings.BASE_DIR, "deploy", "nginx", "tequipy", "locations.conf")
    for status, code, text in _OF_PROXY.findall(proxy.read_text()):
        yield Found("core", code, int(status), text)


def _order(area: str) -> tuple[int, str]:
    return (list(_NAMES).index(area) if area in _NAMES else len(_NAMES), area)


def _heading(area: str) -> str:
    return _NAMES.get(area) or str(apps.get_app_config(area).verbose_name).capitalize()


def _row(code: str, found: list[Found]) -> str:
    statuses = ", ".join(map(str, sorted({one.status for one in found})))
    texts = dict.fromkeys(_shown(one.sentence) for one in found)
    said = "<br>".join(sorted(text for text in texts if text))
    return f"| `{code}` | {statuses} | {said} |"


def _shown(text: str) -> str:
    named = re.sub(
        r"%\((\w+)\)[sd]|\{(\w+)(?::\w+)?\}", lambda m: f"‹{m[1] or m[2]}›", text
    )
    return (
        named.replace("%%", "%")
        .replace("%s", "‹…›")
        .replace("%d", "‹…›")
        .replace("|", "\\|")
    )
