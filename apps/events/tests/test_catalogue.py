"""Every declaration of every app: it can be told, read, and says nothing personal."""

from __future__ import annotations

import ast
import enum
import json
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

import orjson
import pytest
from django.apps import apps as installed
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from apps.events import payloads, registry, sentences
from apps.events.models import Event
from apps.events.names import Names
from apps.events.payloads import Changes, Field, Text, Told
from apps.events.registry import EventType

TYPES = list(registry.declared_types())
OLD_ROWS = json.loads((Path(__file__).parent / "version_1.json").read_text())
ID = UUID("0190a1b2-0000-7000-8000-000000000001")
_VALUES = {
    UUID: ID,
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, 3, tzinfo=UTC),
    Decimal: Decimal("1.50"),
    bool: True,
    int: 7,
}


@pytest.fixture
def declared_for_tests() -> None:
    """Here are the product's own types alone."""


def sample(hint: Any) -> Any:
    """A value of this type with all that may be there."""
    origin = get_origin(hint)
    if origin is Annotated:
        base, mark = get_args(hint)[:2]
        if isinstance(mark, Changes):
            return {name: change_of(field) for name, field in mark.table.items()}
        assert isinstance(mark, Text)
        return base(mark.about)
    if origin in (Union, UnionType):
        return sample(next(one for one in get_args(hint) if one is not NoneType))
    if origin is list:
        return [sample(get_args(hint)[0])]
    if origin is dict:
        return {sample(get_args(hint)[0]): sample(get_args(hint)[1])}
    if is_dataclass(hint):
        values = payloads.hints_of(hint).items()
        return hint(**{name: sample(kind) for name, kind in values})
    if issubclass(hint, enum.Enum):
        return list(hint)[-1]
    return _VALUES[hint]


def change_of(field: Field) -> dict[str, Any]:
    if isinstance(field.kind, Told):
        return {}
    value = sample(field.kind)
    return {"old": value, "new": value}


def row(type_: EventType[Any], payload: Any) -> Event:
    encoded = orjson.dumps(payloads.as_json(payload), default=str)
    return Event(
        type=type_.name,
        version=type_.version,
        subject_type=type_.subject_type,
        subject_id=ID,
        refs=[ID],
        actor_kind="SYSTEM",
        payload=orjson.loads(encoded),
        occurred_at=timezone.now(),
    )


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_is_told_in_a_sentence_and_read_as_written(type_):
    event = row(type_, sample(type_.payload))
    text = sentences.sentence(event, Names({}))
    assert text
    assert "not known here" not in text
    again = payloads.as_json(type_.read(event))
    assert orjson.loads(orjson.dumps(again, default=str)) == event.payload
    assert type_.icon != "dots"


def _reasons(made_of: type) -> Iterator[type[enum.Enum]]:
    """The codes that a payload of this type, or a part of it, tells as `reason`."""
    for name, hint in payloads.hints_of(made_of).items():
        for kind in (hint, *get_args(hint)):
            if isinstance(kind, type) and is_dataclass(kind):
                yield from _reasons(kind)
            elif name == "reason" and isinstance(kind, enum.EnumMeta):
                yield kind


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_a_reason_that_is_recorded_is_told(type_):
    if type_.name in _WITHOUT_REASON:
        return
    told = sentences.sentence(row(type_, sample(type_.payload)), Names({}))
    for codes in _reasons(type_.payload):
        assert str(list(codes)[-1].label) in told


# Steps of a device, whose place has a reason only where it leaves the register.
_WITHOUT_REASON = {
    type_.name
    for type_ in TYPES
    if type_.subject_type == "asset" and type_.name != "asset.retired"
}


@pytest.mark.parametrize("old", OLD_ROWS, ids=lambda old: old["type"])
def test_rows_of_version_1_are_read_and_told(old):
    """Rows as the release before versions wrote them."""
    type_ = registry.find(old["type"])
    refs = [UUID(ref) for ref in old["refs"]]
    event = Event(
        **{**old, "refs": refs}, version=1, subject_id=refs[0], actor_kind="SYSTEM"
    )
    assert type_.read(event)
    text = sentences.sentence(event, Names({}))
    assert "not known here" not in text
    assert not re.search(r"[a-z]_[a-z]|[A-Z]{3,}_", text), text


def test_each_type_that_has_a_version_1_is_proved_by_a_row():
    shown = {old["type"] for old in OLD_ROWS}
    assert {type_.name for type_ in TYPES if 1 in type_.older} <= shown


def _kinds(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is Annotated:
        yield get_args(hint)[1]
    elif get_origin(hint) in (Union, UnionType, list, dict):
        for one in get_args(hint):
            yield from _kinds(one)
    elif is_dataclass(hint):
        for one in payloads.hints_of(hint).values():
            yield from _kinds(one)
    else:
        yield hint


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_each_field_is_of_an_impersonal_kind_or_named_only(type_):
    for kind in _kinds(type_.payload):
        if isinstance(kind, Changes):
            for name, field in kind.table.items():
                assert field.label, name
                if field.is_told:
                    payloads.schema_of(next(_hints_without_none(field.kind)))
        elif not isinstance(kind, Text):
            is_code = isinstance(kind, type) and issubclass(kind, enum.Enum)
            assert is_code or kind in {*_VALUES, NoneType}, kind


def _hints_without_none(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType):
        yield from (one for one in get_args(hint) if one is not NoneType)
    else:
        yield hint


def test_every_field_that_verbs_change_says_whether_it_is_told():
    from apps.accounts import events as accounts
    from apps.accounts import services as people
    from apps.inventory import events as inventory
    from apps.inventory import services as assets

    assert set(accounts.CHANGES.table) == set(people.EDITABLE)
    assert set(inventory.CHANGES.table) == set(assets.EDITABLE)


# --- The code ---------------------------------------------------------------


@cache
def sources() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text())
        for path in sorted((Path(settings.BASE_DIR) / "apps").rglob("*.py"))
        if not {"tests", "migrations"} & set(path.parts) and path.name != "conftest.py"
    }


def test_constants_are_called_as_their_types():
    declared = {}
    for config in installed.get_app_configs():
        path = Path(config.path) / "events.py"
        if path in sources():
            for name, value in vars(import_module(f"{config.name}.events")).items():
                if isinstance(value, EventType):
                    declared[value.name] = name
    assert declared == {
        type_.name: type_.name.replace(".", "_").upper() for type_ in TYPES
    }


def test_every_type_is_recorded_by_some_code():
    """What no test records is named after a run of the whole suite; this is quicker."""
    used = set()
    for path, tree in sources().items():
        nodes = list(ast.walk(tree))
        if path.name == "events.py":  # a table there says when it is recorded
            nodes = [
                node
                for top in tree.body
                if isinstance(top, ast.Assign | ast.AnnAssign)
                and isinstance(top.value, ast.Dict)
                for node in ast.walk(top.value)
            ]
        used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        used |= {node.id for node in nodes if isinstance(node, ast.Name)}
    constants = {
        type_.name.replace(".", "_").upper() for type_ in TYPES if not type_.is_retired
    }
    assert constants - used == set()


def test_names_stand_in_declarations_alone():
    """Elsewhere there are constants; nothing is put together from parts."""
    subjects = {type_.subject_type for type_ in TYPES}
    names = {type_.name for type_ in TYPES}
    starts = re.compile(rf"({'|'.join(sorted(subjects))})\.($|[a-z_]+$)")
    found = [
        f"{path}:{node.lineno} {node.value}"
        for path, tree in sources().items()
        if path.name not in {"events.py", "permissions.py"}  # rights are named alike
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in names or starts.match(node.value)
    ]
    found += [
        f"{path}:{node.lineno} getattr"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr"
        if getattr(node.args[0], "id", "") == "events"
    ]
    assert found == []


def test_docs_show_the_events_of_the_code():
    call_command("event_catalogue", "--check")
