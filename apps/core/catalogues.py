"""Catalogues of texts: gathered from Python and templates by Babel, so that no gettext
program is needed. `manage.py messages` writes them; a test holds them against the
sources (`apps/core/tests/test_catalogues.py`)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

# Function, to the places of text, plural and context among its arguments.
_ONE, _MANY = None, (1, 2)
_OF_CONTEXT, _MANY_OF_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), _ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _MANY),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _OF_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _MANY_OF_CONTEXT),
}
_CALL = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)\(")
_ROOTS = ("apps", "templates", "tequipy")
_NOT = frozenset({"tests", "migrations", "local", "locale"})
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")


class Found(NamedTuple):
    text: str | tuple[str, ...]
    context: str | None
    path: str


class Quiet(Catalog):
    """Without headers that differ from run to run and tell nobody anything."""

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        kept = ("Language", "Plural-Forms", "Content-Type")
        return [pair for pair in super().mime_headers if pair[0] in kept]


def languages() -> list[str]:
    """All but the one that texts are written in."""
    return [code for code, _n in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path_of(language: str) -> Path:
    [root] = settings.LOCALE_PATHS
    return Path(root) / language / "LC_MESSAGES" / "django.po"


# --- Gathering --------------------------------------------------------------


def gather(language: str) -> Quiet:
    """Every text of the sources, with the files it stands in, in a stable order."""
    catalog = Quiet(locale=language, charset="utf-8", fuzzy=False)
    for found in sorted(_found(), key=lambda one: (one.path, _key(one))):
        catalog.add(found.text, locations=[(found.path, 0)], context=found.context)
    for message in catalog:
        message.locations = sorted(set(message.locations))
    return catalog


def _key(found: Found) -> tuple[str, ...]:
    texts = (found.text,) if isinstance(found.text, str) else found.text
    return (*texts, found.context or "")


def _found() -> Iterator[Found]:
    base = Path(settings.BASE_DIR)
    for root in _ROOTS:
        for path in (base / root).rglob("*"):
            name = path.relative_to(base).as_posix()
            if _NOT & set(path.parts[len(base.parts) :]):
                continue
            if path.suffix == ".py":
                yield from _calls(path.read_text(), name)
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield from _of_template(path.read_text(), name)


def _calls(source: str, path: str) -> Iterator[Found]:
    file = io.BytesIO(source.encode())
    for _line, text, _comments, context in extract("python", file, KEYWORDS):
        if text:
            yield Found(text, context, path)


def _of_template(source: str, path: str) -> Iterator[Found]:
    """Django turns a template into calls between blanked-out text; of that only the
    calls are Python."""
    blanked = templatize(source, path)
    calls = (blanked[at : _end(blanked, at)] for at in _starts(blanked))
    yield from _calls("\n".join(calls), path)


def _starts(text: str) -> Iterator[int]:
    return (match.start() for match in _CALL.finditer(text))


def _end(text: str, start: int) -> int:
    """Behind the bracket that closes the call, past strings."""
    quote = ""
    at = text.index("(", start)
    while True:
        at += 1
        letter = text[at]
        if quote and letter == "\\":
            at += 1
        elif letter == quote:
            quote = ""
        elif not quote and letter in "'\"":
            quote = letter
        elif not quote and letter == ")":
            return at + 1


# --- Files ------------------------------------------------------------------


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Quiet:
    """The sources' texts with the translations there are; none is guessed."""
    catalog, known = gather(language), read(language)
    for message in catalog:
        before = known.get(message.id, message.context) if message.id else None
        if before and before.id == message.id:
            message.string = before.string
            message.flags |= before.flags & {"fuzzy"}
            message.user_comments = before.user_comments
    return catalog


def as_po(catalog: Quiet) -> str:
    file = io.BytesIO()
    catalog.header_comment = ""
    write_po(file, catalog, width=88, include_lineno=False, ignore_obsolete=True)
    return file.getvalue().decode().lstrip("\n")


def as_mo(catalog: Quiet) -> bytes:
    """What Django reads: no fuzzy and no empty entry."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


# --- Faults -----------------------------------------------------------------


def faults(catalog: Catalog) -> Iterator[str]:
    """Entries that are missing, fuzzy, or have other placeholders than their text."""
    for message in catalog:
        if not message.id:
            continue
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        told = _strings(message)
        where = f"{message.locations[0][0] if message.locations else '?'}: {texts[0]!r}"
        if message.fuzzy:
            yield f"{where} is fuzzy"
        if not all(told):
            yield f"{where} is missing"
            continue
        wanted = [sorted(PLACEHOLDER.findall(text)) for text in texts]
        if any(sorted(PLACEHOLDER.findall(one)) not in wanted for one in told):
            yield f"{where} has other placeholders"
        edges = [(text[:1].isspace(), text[-1:].isspace()) for text in texts]
        if any((one[:1].isspace(), one[-1:].isspace()) not in edges for one in told):
            yield f"{where} begins or ends with other blanks"


def _strings(message: Message) -> list[str]:
    if isinstance(message.string, str):
        return [message.string] if isinstance(message.id, str) else ["", ""]
    return list(message.string or [""])
