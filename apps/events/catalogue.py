"""The catalogue of events as JSON Schema and as a page: one source for webhooks, the
feed and the documents."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from django.utils import translation

from .registry import EventType, declared_types

HEAD = """# Events

Written by `manage.py event_catalogue` from each app's `events.py`: a test fails when
they differ. The same as JSON Schema stands in [events.json](events.json).

Names and payloads are a contract. A version that was recorded stays as it is, but that
codes, and fields in `changes`, may be added. What is to be said otherwise becomes the
next version, and rows keep the one they were written with (`version`; older rows than
versions are version 1). A field without a value is left out, never null, but in `old`
and `new`. Payloads carry ids, codes, times and the
names of products and places. Nothing personal: of a personal field, and of free text,
an event says that it changed (`{}`), never its value.
"""


def schemas() -> dict[str, Any]:
    """Name of the type -> its present version, sentence, and the JSON Schema of its
    payload."""
    return {
        declared.name: {
            "version": declared.version,
            "sentence": _sentence(declared),
            "payload": declared.schema(),
        }
        for declared in declared_types()
    }


def page() -> str:
    """The catalogue in Markdown, for people."""
    return "\n".join([HEAD, *(_section(declared) for declared in declared_types())])


def _section(declared: EventType[Any]) -> str:
    schema = declared.schema()
    lines = [
        f"## {declared.name}",
        "",
        f"Version {declared.version}: “{_sentence(declared)}”",
        "",
    ]
    if schema["properties"]:
        lines += ["| field | value |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in _rows(schema)]
        lines.append("")
    for version, upgrade in sorted(declared.older.items()):
        lines += [f"In version {version}: {_what_was(upgrade)}", ""]
    return "\n".join(lines)


def _sentence(declared: EventType[Any]) -> str:
    with translation.override("en"):
        return re.sub(r"%\((\w+)\)s", r"{\1}", str(declared.sentence))


def _what_was(upgrade: Any) -> str:
    return " ".join((inspect.getdoc(upgrade) or "").split())


def _rows(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in schema["properties"].items():
        is_needed = name in schema["required"]
        told = _told(value) + ("" if is_needed or prefix else ", if there is one")
        yield f"`{prefix}{name}`", told
        items = value.get("items", {})
        if value.get("type") == "object" and "required" in value:
            yield from _rows(value, f"{prefix}{name}.")
        elif items.get("type") == "object":
            yield from _rows(items, f"{prefix}{name}[].")


def _told(value: dict[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{code}`" if code else "empty" for code in value["enum"])
    if value["type"] == "array":
        return f"list of {_told(value['items'])}"
    if value["type"] == "object" and "required" not in value:
        return _told_of_each(value["properties"])
    kind = value.get("format", value["type"])
    return str(value.get("description") or _WORDS[kind])


def _told_of_each(properties: dict[str, Any]) -> str:
    """Of a dictionary: what its keys are."""
    if all(one["type"] == "integer" for one in properties.values()):
        return "numbers by code: " + ", ".join(f"`{code}`" for code in properties)
    shown = (
        f"`{name}`{' (not told)' if change.get('maxProperties') == 0 else ''}"
        for name, change in properties.items()
    )
    return "`old` and `new` by field: " + ", ".join(shown)


_WORDS = {
    "uuid": "id",
    "date": "day",
    "date-time": "time",
    "object": "object",
    "integer": "number",
    "boolean": "true or false",
    "string": "decimal number",
}
