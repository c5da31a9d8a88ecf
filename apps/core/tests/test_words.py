"""Texts for people and the docs say what the field says (see CONTRIBUTING.md): no word
that a native reader would stop at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

# What is not said, as an expression of whole words -> what to say instead.
INSTEAD = {
    r"(?:on|in|off|from|into|to) (?:our |the )?books": "register, registered",
    r"the books": "the register",
    r"mend(?:s|ed|ing)?": "repair (a device), fix (a fault)",
    r"(?:left|leave|leaves|leaving) (?:\w+ )?alone": "skipped, skip",
    r"ours": "name it: Tequipy's, the company's, the register's",
    r"who(?:ever)? asked": "requested by, or name the role",
}
_GETTEXT = re.compile(r"_|_lazy|n?p?gettext(?:_lazy|_noop)?")
_IN_TEMPLATE = re.compile(
    r"""{%\s*trans(?:late)?\s+(["'])(.*?)\1|_\((["'])(.*?)\3\)"""
    r"""|{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans""",
    re.S,
)
BASE = Path(settings.BASE_DIR)


def _of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if _GETTEXT.fullmatch(name):
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def _of_template(path: Path) -> Iterator[str]:
    for found in _IN_TEMPLATE.finditer(path.read_text()):
        yield found[2] or found[4] or found[5] or ""


def _paragraphs(path: Path) -> Iterator[str]:
    yield from re.sub(r"```.*?```", "", path.read_text(), flags=re.S).split("\n\n")


@cache
def texts() -> dict[Path, list[str]]:
    found = {
        path: list(_of_module(path))
        for folder in ("apps", "tequipy")
        for path in (BASE / folder).rglob("*.py")
        if "tests" not in path.parts
    }
    for path in (BASE / "templates").rglob("*.*"):
        if path.suffix in (".html", ".txt"):
            found[path] = list(_of_template(path))
    for path in [*BASE.glob("*.md"), *(BASE / "docs").glob("*.md")]:
        found[path] = list(_paragraphs(path))
    return found


@pytest.mark.parametrize("word", INSTEAD)
def test_nothing_that_people_read_says(word):
    said = re.compile(rf"\b(?:{word})\b", re.I)
    found = [
        f"{path.relative_to(BASE)}: {text.strip()[:90]!r}: say {INSTEAD[word]}"
        for path, texts_of in texts().items()
        for text in texts_of
        if said.search(text)
    ]
    assert found == []


def test_texts_of_all_three_kinds_are_looked_at():
    def count(suffix: str) -> int:
        return sum(
            len(found) for path, found in texts().items() if path.suffix == suffix
        )

    assert min(count(".py"), count(".html"), count(".md")) > 300
    assert count(".txt") > 10
