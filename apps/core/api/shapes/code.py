"""Python that a shape is put together as, once, and that then makes the object of
each row: nothing that is the same for all rows is asked again.

    print(inspect.getsource(SHAPE.reader(columns)))
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from typing import Any

# The cells of one row.
Row = Any
# Makes the object of a row.
Build = Callable[[Row], dict[str, Any]]
# Begins an answer. What many of its rows lead to (a company, a product) is made once.
Reader = Callable[[], Build]
_INDENT = "    "
_numbers = count(1)


class Code:
    """Lines of a function, in the order in which they run."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[str, Any] = {}
        self._memos: list[str] = []
        self._numbers = count(1)

    def inner(self) -> Code:
        """Lines for a block of the same function."""
        found = Code()
        found._names, found._memos = self._names, self._memos
        found._numbers = self._numbers
        return found

    def add(self, line: str, block: Code | None = None) -> None:
        self.lines.append(line)
        if block is not None:
            self.lines += [f"{_INDENT}{inside}" for inside in block.lines or ["pass"]]

    def local(self, name: str) -> str:
        """A name that nothing else has."""
        return f"{name}_{next(self._numbers)}"

    def bind(self, value: Any) -> str:
        """What the value is called in the code."""
        for name, known in self._names.items():
            if known is value:
                return name
        called = getattr(value, "__name__", "").strip("_")
        name = self.local(called if called.isidentifier() else "function")
        self._names[name] = value
        return name

    def memo(self) -> str:
        """A dictionary that the rows of one answer share."""
        name = self.local("known")
        self._memos.append(name)
        return name

    def reader(self, result: str) -> Reader:
        build, begin = self.inner(), self.inner()
        build.add("def build(row):", self)
        for name in self._memos:
            begin.add(f"{name} = {{}}")
        begin.lines += [*build.lines, f"{_INDENT}return {result}", "return build"]
        module = self.inner()
        module.add("def begin():", begin)
        source = "\n".join(module.lines) + "\n"
        path = f"<shape {next(_numbers)}>"
        # So that a traceback shows the line.
        linecache.cache[path] = (len(source), None, source.splitlines(True), path)
        names = dict(self._names)
        exec(compile(source, path, "exec"), names)  # noqa: S102 - of our declarations
        return names["begin"]
