"""Tabler's style sheet, cut to what pages of ours use: of 635 KB a page needs a tenth.

A rule stays if each class, id and attribute value of one of its selectors is a word of
a template, of a script or of our Python; a variable, if a rule that stays asks for it.
Words are taken widely: a rule too many costs bytes, one too few costs looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

WHOLE = "static/vendor/tabler/tabler.min.css"
CUT = "static/css/tabler.css"
_SOURCES = ("templates/**/*.html", "apps/**/*.py", "static/js/*.js")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NEEDED = re.compile(r"[.#]((?:\\.|[\w-])+)|\[[\w-]+[~^$*|]?=\"?([\w-]+)")
# What stands in :not() need not be there.
_NOT = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
_ASKED = re.compile(r"var\(\s*(--[\w-]+)")


@dataclass(slots=True)
class Rule:
    """`head` with its block; `inner` are the rules of an at-rule that has such."""

    head: str
    body: str
    inner: list[Rule]

    @property
    def is_of_rules(self) -> bool:
        return self.head.startswith(("@media", "@supports", "@container", "@layer"))

    def __str__(self) -> str:
        if self.is_of_rules:
            return f"{self.head}{{{''.join(map(str, self.inner))}}}"
        return f"{self.head}{{{self.body}}}"


def cut() -> str:
    """The style sheet as it is committed; `manage.py style_sheet` writes it."""
    text = Path(settings.BASE_DIR, WHOLE).read_text()
    licence = text[text.index("/*!") : text.index("*/") + 2]
    rules = list(_used(_rules(text[text.index("*/") + 2 :]), _words()))
    return f"{licence}\n" + "\n".join(map(str, _with_used_variables(rules))) + "\n"


def declarations(text: str) -> set[tuple[str, str, str]]:
    """All that a style sheet says: where (its at-rules), of what, what."""
    return set(_declarations(_rules(text), ""))


def _declarations(
    rules: Iterator[Rule] | list[Rule], where: str
) -> Iterator[tuple[str, str, str]]:
    for rule in rules:
        if rule.is_of_rules:
            yield from _declarations(rule.inner, where + rule.head)
            continue
        for selector in _parts(rule.head, ","):
            for said in _parts(rule.body, ";"):
                yield where, selector, said


def _words() -> set[str]:
    found: set[str] = set()
    for pattern in _SOURCES:
        for path in Path(settings.BASE_DIR).glob(pattern):
            if "tests" not in path.parts:
                found.update(_WORD.findall(path.read_text()))
    return found


def _rules(text: str) -> Iterator[Rule]:
    start = 0
    while (opened := text.find("{", start)) >= 0:
        head = text[start:opened].strip()
        # Statements such as @import stand before a head.
        head = head.rpartition(";")[2].strip()
        closed = _end(text, opened)
        rule = Rule(head, text[opened + 1 : closed], [])
        if rule.is_of_rules:
            rule.inner = list(_rules(rule.body))
        yield rule
        start = closed + 1


def _end(text: str, opened: int) -> int:
    depth, quote = 0, ""
    for at in range(opened, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if not depth:
                return at
    raise ValueError("a block without end")


def _used(rules: Iterator[Rule] | list[Rule], words: set[str]) -> Iterator[Rule]:
    for rule in rules:
        if rule.is_of_rules:
            rule.inner = list(_used(rule.inner, words))
            if rule.inner:
                yield rule
        elif rule.head.startswith("@"):
            yield rule
        else:
            heads = [one for one in _parts(rule.head, ",") if _is_used(one, words)]
            if heads:
                yield Rule(",".join(heads), rule.body, [])


def _parts(text: str, separator: str) -> Iterator[str]:
    """Between the separators outside of brackets and quotes; none is empty."""
    depth, start, quote = 0, 0, ""
    for at, sign in enumerate(f"{text}{separator}"):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == separator and not depth:
            if part := text[start:at]:
                yield part
            start = at + 1
        else:
            depth += (sign in "([") - (sign in ")]")


def _is_used(selector: str, words: set[str]) -> bool:
    named = _NEEDED.findall(_NOT.sub("", selector))
    return all((name or value).replace("\\", "") in words for name, value in named)


def _with_used_variables(rules: list[Rule]) -> list[Rule]:
    """Until nothing more goes: a variable may be asked for by one that goes. Ours are
    asked for by our own style sheets."""
    own = "".join(
        path.read_text()
        for path in sorted(Path(settings.BASE_DIR, "static/css").glob("*.css"))
        if path.name != Path(CUT).name
    )
    while True:
        text = own + "".join(map(str, rules))
        asked = set(_ASKED.findall(text))
        names = set(re.findall(r"animation(?:-name)?:([^;}]+)", text))
        moves = {word for name in names for word in _WORD.findall(name)}
        kept = [rule for rule in rules if _stays(rule, asked, moves)]
        if own + "".join(map(str, kept)) == text:
            return kept
        rules = kept


def _stays(rule: Rule, asked: set[str], moves: set[str]) -> bool:
    if rule.is_of_rules:
        rule.inner = [one for one in rule.inner if _stays(one, asked, moves)]
        return bool(rule.inner)
    if rule.head.startswith("@keyframes"):
        return rule.head.split()[1] in moves
    if rule.head.startswith("@"):
        return True
    kept = [
        one
        for one in _parts(rule.body, ";")
        if not one.startswith("--") or one.partition(":")[0].strip() in asked
    ]
    rule.body = ";".join(kept)
    return bool(kept)
