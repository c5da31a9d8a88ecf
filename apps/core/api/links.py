"""Links from what is made or listed to the operations on it (OpenAPI 3.1, 4.8.20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Where an answer has the id of one thing.
_FIRST = {"items": "#/items/0/id", "content": "#/content/0/id", "id": "#/id"}


def add(document: dict[str, Any]) -> None:
    paths = document["paths"]
    components = document.get("components", {}).get("schemas", {})
    for path, operations in paths.items():
        targets = list(_targets(f"{path}/{{id}}", paths))
        if "{" in path or not targets:
            continue
        for operation in operations.values():
            answer = operation["responses"].get("200")
            pointer = answer and _pointer(answer, components)
            if pointer:
                answer["links"] = {
                    name: {
                        "operationId": name,
                        "parameters": {"path.id": f"$response.body{pointer}"},
                    }
                    for name in targets
                }


def _targets(prefix: str, paths: dict[str, Any]) -> Iterator[str]:
    """The ids of operations on one thing."""
    for path, operations in paths.items():
        if (path == prefix or path.startswith(f"{prefix}/")) and path.count("{") == 1:
            for operation in operations.values():
                yield operation["operationId"]


def _pointer(answer: dict[str, Any], components: dict[str, Any]) -> str | None:
    schema = answer["content"]["application/json"]["schema"]
    if schema.get("type") == "array":
        return "#/0/id"
    name = schema.get("$ref", "").rpartition("/")[2]
    properties = components.get(name, {}).get("properties", {})
    return next((at for word, at in _FIRST.items() if word in properties), None)
