"""Which texts an expression can be, as far as the source says."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from apps.core.told import Sentence

from .modules import Function, Module

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
_MOST_STEPS = 6


class Values:
    """Follows names to where they are set, and parameters to who calls."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._modules = modules

    def pairs(
        self, module: Module, code: ast.AST | None, text: ast.AST | None
    ) -> Iterator[tuple[str, str]]:
        """Codes with their sentences. Where a function is given both, each caller's
        code goes with that caller's sentence."""
        given = self._parameter(module, code)
        if given is None:
            for one in sorted(self.codes(module, code)):
                for sentence in self.sentences(module, text) or [""]:
                    yield one, sentence
            return
        function, place = given
        said = self._parameter(module, _innermost(text))
        for home, call in self._callers(module, function):
            own = text, module
            if said is not None and said[0] is function:
                name = getattr(_innermost(text), "id", "")
                own = argument(call, said[1], name), home
            name = getattr(code, "id", "")
            for one in sorted(self.codes(home, argument(call, place, name))):
                for sentence in self.sentences(own[1], own[0]) or [""]:
                    yield one, sentence

    def _parameter(
        self, module: Module, expression: ast.AST | None
    ) -> tuple[Function, int] | None:
        """The function whose parameter it is, and which one."""
        if not isinstance(expression, ast.Name):
            return None
        for function in module.functions_around(expression):
            if _set_before(function, expression) is not None:
                return None
            if (place := _place(function, expression.id)) is not None:
                return function, place
        return None

    def codes(self, module: Module, expression: ast.AST | None) -> set[str]:
        """A code that is only passed on, as `error.code`, is none of this place."""
        found: set[str] = set()
        for home, one in self._ends(module, expression):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                found.add(one.value)
            elif (sentence := _sentence(home, one)) is not None:
                found.add(sentence.reason)
        return found

    def sentences(self, module: Module, expression: ast.AST | None) -> list[str]:
        found: list[str] = []
        for home, one in self._ends(module, expression):
            if (sentence := _sentence(home, one)) is not None:
                found.append(str(sentence.text))
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                found.append(one.value)
        return list(dict.fromkeys(found))

    def _ends(
        self, module: Module, expression: ast.AST | None, steps: int = 0
    ) -> Iterator[tuple[Module, ast.AST]]:
        """The constants and declared sentences that it leads to."""
        if expression is None or steps > _MOST_STEPS:
            return
        for home, one in self._next(module, expression):
            if one is expression:
                yield home, one
            else:
                yield from self._ends(home, one, steps + 1)

    def _next(self, module: Module, one: ast.AST) -> Iterator[tuple[Module, ast.AST]]:
        if isinstance(one, ast.Constant) or _sentence(module, one):
            yield module, one
        elif isinstance(one, ast.BoolOp):
            yield from ((module, value) for value in one.values)
        elif isinstance(one, ast.IfExp):
            yield from ((module, value) for value in (one.body, one.orelse))
        elif isinstance(one, ast.BinOp):
            yield module, one.left
        elif isinstance(one, ast.Call):
            yield from self._called(module, one)
        elif isinstance(one, ast.Name):
            yield from self._named(module, one)

    def _called(
        self, module: Module, call: ast.Call
    ) -> Iterator[tuple[Module, ast.AST]]:
        if isinstance(call.func, ast.Name):
            name = call.func.id
            if name in GETTEXT | {"str"} and call.args:
                # Of one and of many, what is said of many.
                yield module, call.args[1 if name == "ngettext" else 0]
                return
            for function in _functions(module, name):
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield module, node.value

    def _named(
        self, module: Module, name: ast.Name
    ) -> Iterator[tuple[Module, ast.AST]]:
        for function in module.functions_around(name):
            if (value := _set_before(function, name)) is not None:
                yield module, value
                return
            if (place := _place(function, name.id)) is not None:
                yield from self._given(module, function, name.id, place)
                return

    def _given(
        self, module: Module, function: Function, name: str, place: int
    ) -> Iterator[tuple[Module, ast.AST]]:
        for home, call in self._callers(module, function):
            if (value := argument(call, place, name)) is not None:
                yield home, value

    def _callers(
        self, module: Module, function: Function
    ) -> list[tuple[Module, ast.Call]]:
        """Those in the module, else all."""
        found: list[tuple[Module, ast.Call]] = []
        for homes in ([module], self._modules):
            if not found:
                found = [
                    (home, call)
                    for home in homes
                    for call in home.calls()
                    if _called_name(call) == function.name
                ]
        return found


def _innermost(expression: ast.AST | None) -> ast.AST | None:
    """The name in `str(sentence) % {...}`."""
    while True:
        if isinstance(expression, ast.BinOp):
            expression = expression.left
        elif isinstance(expression, ast.Call) and expression.args:
            if getattr(expression.func, "id", "") != "str":
                return expression
            expression = expression.args[0]
        else:
            return expression


def argument(call: ast.Call, place: int, name: str) -> ast.AST | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place < len(call.args) else None


def _called_name(call: ast.Call) -> str:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


def _sentence(module: Module, one: ast.AST) -> Sentence | None:
    named = one.func if isinstance(one, ast.Call) else one
    if isinstance(named, ast.Attribute):
        meant = module.meant(named)
        return meant if isinstance(meant, Sentence) else None
    return None


def _functions(module: Module, name: str) -> Iterator[Function]:
    for node in ast.walk(module.tree):
        if isinstance(node, Function) and node.name == name:
            yield node


def _set_before(function: Function, name: ast.Name) -> ast.AST | None:
    """The value that the name was given last."""
    found: tuple[int, ast.AST] | None = None
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        value = node.value
        is_it = any(isinstance(t, ast.Name) and t.id == name.id for t in targets)
        if not is_it or value is None or node.lineno > name.lineno:
            continue
        if found is None or node.lineno >= found[0]:
            found = (node.lineno, value)
    return None if found is None else found[1]


def _place(function: Function, name: str) -> int | None:
    """Of a parameter among those that callers give."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]):
        names = names[1:]
    if name in names:
        return names.index(name)
    named = [one.arg for one in function.args.kwonlyargs]
    return len(names) + named.index(name) if name in named else None
