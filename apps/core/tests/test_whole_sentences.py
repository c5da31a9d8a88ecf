"""Words stay as their translators wrote them: German writes nouns with a capital, and
says "a" and plurals by other rules. So labels are quoted as they stand, and no sentence
is put together from parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
_CASES = {"lower", "upper", "title", "capitalize", "swapcase", "casefold", "capfirst"}
_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
# The first letter of a whole sentence that may begin with a name.
_BEGINNINGS = {"apps/events/sentences.py"}
SOURCES = {
    str(path.relative_to(ROOT)): path
    for path in sorted((ROOT / "apps").rglob("*.py"))
    if not {"tests", "migrations"} & set(path.parts) and path.name != "conftest.py"
}
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


def is_word(node: ast.AST, words: set[str]) -> bool:
    """Whether something in it is a label, or has gone through gettext, or is a code
    that is made to look like words."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr == "label":
            return True
        if isinstance(one, ast.Name) and one.id in words:
            return True
        if not isinstance(one, ast.Call):
            continue
        name = called(one)
        if name in _GETTEXT or re.fullmatch(r"get_\w+_display", name):
            return True
        parts = [a.value for a in one.args if isinstance(a, ast.Constant)]
        if name == "replace" and parts == ["_", " "]:
            return True
    return False


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def faults(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    words: set[str] = set()
    inside = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)]
    for node in (node for function in inside for node in ast.walk(function)):
        if isinstance(node, ast.Assign) and is_word(node.value, set()):
            words |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    words -= {"_"}
    for node in ast.walk(tree):
        is_put_together = (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and any(_is_text(side) for side in (node.left, node.right))
        ) or (
            isinstance(node, ast.JoinedStr)
            and any(_is_text(p.value) for p in node.values if hasattr(p, "format_spec"))
        )
        if is_put_together:
            yield f"{node.lineno}: put together from parts"
        if isinstance(node, ast.Call) and called(node) in _CASES:
            base = getattr(node.func, "value", None) or (node.args or [None])[0]
            is_function = isinstance(node.func, ast.Name)
            if is_function or (base is not None and is_word(base, words)):
                yield f"{node.lineno}: {called(node)}"


def _is_text(node: ast.AST) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        node = node.left
    return isinstance(node, ast.Call) and called(node) in _GETTEXT


def test_no_word_is_bent():
    others = [name for name in SOURCES if name not in _BEGINNINGS]
    found = {name: list(faults(SOURCES[name].read_text())) for name in others}
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "source",
    [
        "x.get_state_display().lower()",
        "BatchState(x.state).label.lower()",
        "def f():\n    label = x.label\n    print(label.title())",
        "_('Ready').lower()",
        "code.replace('_', ' ').capitalize()",
        "capfirst(x)",
        "_('An ') + name",
        "f\"{_('Ready')} now\"",
        "(_('%(n)d of') % {'n': 1}) + rest",
    ],
)
def test_it_finds(source):
    assert list(faults(source))


@pytest.mark.parametrize("source", ["email.lower()", "_('It is %(x)s') % {'x': a}"])
def test_it_leaves(source):
    assert not list(faults(source))


_BENT = re.compile(r"(\S+)\|(?:lower|upper|title|capfirst)\b|\{% filter ")
_ARTICLE = re.compile(r"\b[Aa]n? \{\{|\}\}(?:s|es|ed)\b")
_NO_WORDS = {"person.email|lower"}


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_template_bends_words(path):
    text = path.read_text()
    bent = {found[0] for found in _BENT.finditer(text)}
    assert bent - _NO_WORDS == set()
    assert _ARTICLE.findall(text) == []
