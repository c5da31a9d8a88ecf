"""The modules that the API is made of, and what names in them mean."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType

from django.conf import settings

START = ("tequipy.api", "apps.core.middleware")
# What the framework is told by name.
_NAMED = ("DEFAULT_AUTHENTICATION_CLASSES", "DEFAULT_PARSER_CLASSES")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One source file, with who stands inside whom."""

    name: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    @property
    def area(self) -> str:
        """The app."""
        return self.name.split(".")[1]

    @cached_property
    def loaded(self) -> ModuleType:
        return importlib.import_module(self.name)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, from the inside out."""
        inner: ast.AST | None = self.parents.get(node)
        while inner is not None:
            yield inner
            inner = self.parents.get(inner)

    def functions_around(self, node: ast.AST) -> Iterator[Function]:
        return (one for one in self.around(node) if isinstance(one, Function))

    def meant(self, expression: ast.AST) -> object:
        """The object that a name, or a name in a module, stands for; None if it is no
        global one."""
        if isinstance(expression, ast.Name):
            return getattr(self.loaded, expression.id, None)
        if isinstance(expression, ast.Attribute):
            return getattr(self.meant(expression.value), expression.attr, None)
        return None


def reached() -> list[Module]:
    """All modules of ours that the operations import, directly or not."""
    found: dict[str, Module] = {}
    told = settings.REST_FRAMEWORK
    named = [one.rpartition(".")[0] for key in _NAMED for one in told[key]]
    todo = [*START, *named]
    while todo:
        name = todo.pop()
        source = _source(name)
        if name in found or source is None:
            continue
        found[name] = module = Module(name, ast.parse(source.read_text()))
        package = name if source.name == "__init__.py" else name.rpartition(".")[0]
        todo.extend(_imported(module.tree, package))
        todo.append(name.rpartition(".")[0])
    own = (found[name] for name in sorted(found))
    return [module for module in own if module.name.startswith("apps.")]


def _source(name: str) -> Path | None:
    if not name.startswith(("apps.", "tequipy.")):
        return None
    path = Path(settings.BASE_DIR, *name.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.exists()), None)


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{one.name}" for one in node.names)
