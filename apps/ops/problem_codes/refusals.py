"""What is raised: refusals of verbs, errors of the API, and single problems."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from inspect import signature

from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from apps.core.api.problems import BadParameter, Problem, Unprocessable
from apps.core.errors import DomainError

from . import found
from .found import Found
from .modules import Module
from .values import Values, argument


def raised(modules: Sequence[Module]) -> Iterator[Found]:
    values = Values(modules)
    turned = _turned(modules)
    for module in modules:
        for call in module.calls():
            meant = module.meant(call.func)
            if meant is Problem:
                yield from _problem(module, call, values)
            elif meant is ErrorDetail:
                pairs = values.pairs(module, _given(call, "code", 1), _text(call, 0))
                yield from found.of(module.area, 422, pairs)
            elif isinstance(meant, type) and issubclass(meant, DomainError):
                yield from _refusal(module, call, values, meant, turned)
            elif isinstance(meant, type) and issubclass(meant, APIException):
                yield from _of_api(module, call, values, meant)
            elif _is_super(call):
                yield from _of_class(module, call, values)
        for kind in _raised_bare(module):
            said = _said_by_class(kind, values, module)
            code = str(kind.default_code)
            pairs = [(code, sentence) for sentence in said]
            yield from found.of(module.area, kind.status_code, pairs)


def _given(call: ast.Call, name: str, place: int) -> ast.AST | None:
    return argument(call, place, name)


def _text(call: ast.Call, place: int) -> ast.AST | None:
    return argument(call, place, "message")


def _raised_bare(module: Module) -> Iterator[type[APIException]]:
    """`raise Changed`"""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            kind = module.meant(node.exc)
            if isinstance(kind, type) and issubclass(kind, APIException):
                yield kind


def _refusal(
    module: Module,
    call: ast.Call,
    values: Values,
    kind: type[DomainError],
    turned: set[str],
) -> Iterator[Found]:
    if "code" not in signature(kind).parameters:
        return  # it has one of its own: _of_class
    told = _given(call, "code", 0)
    inside = {function.name for function in module.functions_around(call)}
    status = 400 if inside & turned else kind.status
    pairs = values.pairs(module, told, _text(call, 1) or told)
    yield from found.of(module.area, status, pairs)


def _of_api(
    module: Module, call: ast.Call, values: Values, kind: type[APIException]
) -> Iterator[Found]:
    takes = list(signature(kind.__init__).parameters)[1:]
    text = (
        argument(call, takes.index("detail"), "detail") if "detail" in takes else None
    )
    code = argument(call, takes.index("code"), "code") if "code" in takes else None
    if kind is Unprocessable or isinstance(text, ast.Dict):
        return  # each of its problems is made on its own
    status = 422 if kind is ValidationError else kind.status_code
    if code is not None:
        pairs = list(values.pairs(module, code, text))
    else:
        said = values.sentences(module, text) or [""]
        if text is None:
            said = _said_by_class(kind, values, module)
        pairs = [(str(kind.default_code), sentence) for sentence in said]
    yield from found.of(module.area, status, pairs)


def _said_by_class(
    kind: type[APIException], values: Values, module: Module
) -> list[str]:
    """Its own sentence, if it has one when nothing is given."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
            calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
            for call in filter(_is_super, calls):
                return values.sentences(module, argument(call, 0, "detail"))
    return [str(kind.default_detail)]


def _is_super(call: ast.Call) -> bool:
    """`super().__init__(...)`"""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and isinstance(call.func.value, ast.Call)
        and getattr(call.func.value.func, "id", "") == "super"
    )


def _of_class(module: Module, call: ast.Call, values: Values) -> Iterator[Found]:
    """A refusal with a class of its own has its code in there."""
    outer = next(one for one in module.around(call) if isinstance(one, ast.ClassDef))
    kind = getattr(module.loaded, outer.name, None)
    if not isinstance(kind, type) or not issubclass(kind, DomainError):
        return
    if kind is not DomainError:
        (about, *_rest) = (kind.__doc__ or "").partition(" (HTTP")
        for code, said in values.pairs(module, _given(call, "code", 0), _text(call, 1)):
            pair = code, said or f"{about}."
            yield from found.of(module.area, kind.status, [pair])


def _problem(module: Module, call: ast.Call, values: Values) -> Iterator[Found]:
    """Its status is that of the answer which is made around it."""
    function = next(module.functions_around(call), None)
    if function is None or function.name == "__init__":
        return
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        is_answer = getattr(node.func, "id", "") == "respond"
        status = node.args[1] if is_answer and len(node.args) > 1 else None
        pairs = values.pairs(
            module, _given(call, "code", 0), argument(call, 1, "detail")
        )
        if isinstance(status, ast.Constant) and isinstance(status.value, int):
            yield from found.of(module.area, status.value, pairs)
        elif module.meant(node.func) is Unprocessable:
            yield from found.of(module.area, 422, pairs)


def _turned(modules: Sequence[Module]) -> set[str]:
    """Functions whose refusals are told of a parameter: `except Invalid as error:
    raise BadParameter("after", error.code, ...)`, and what they call."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Try) and _tells_parameter(module, node):
                found |= _names_called(node.body)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and node.name in found:
                own = {name for name in _names_called([node]) if name.startswith("_")}
                found |= own & {
                    one.name
                    for one in ast.walk(module.tree)
                    if isinstance(one, ast.FunctionDef)
                }
    return found


def _tells_parameter(module: Module, node: ast.Try) -> bool:
    return any(
        isinstance(inner, ast.Call) and module.meant(inner.func) is BadParameter
        for one in node.handlers
        for inner in ast.walk(one)
    )


def _names_called(nodes: Sequence[ast.AST]) -> set[str]:
    return {
        getattr(inner.func, "id", None) or getattr(inner.func, "attr", "")
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
    }
