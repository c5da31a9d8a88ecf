"""Every transition has a door that exists, or a reason why there is none."""

from importlib import import_module

import pytest
from celery import current_app
from django.apps import apps
from django.contrib import admin
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from apps.core import doors
from apps.ops.management.commands.state_diagrams import MODULES

DOORS = [
    pytest.param(module, door, id=f"{name}-{number}")
    for name, module in MODULES.items()
    for number, door in enumerate(module.DOORS)
]


def url_names() -> set[str]:
    def below(resolver: URLResolver, prefix: str) -> set[str]:
        names = set()
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                names.add(f"{prefix}{entry.name}")
            else:
                space = f"{entry.namespace}:" if entry.namespace else ""
                names |= below(entry, prefix + space)
        return names

    return below(get_resolver(), "")


@pytest.mark.parametrize("name", MODULES)
def test_each_transition_has_a_door_or_a_reason(name):
    module = MODULES[name]
    assert doors.unexplained(module.TRANSITIONS, module.DOORS) == []


@pytest.mark.parametrize(("module", "door"), DOORS)
def test_each_door_stands_in_a_transition_of_its_table(module, door):
    if door.enters:
        assert doors.through(module.TRANSITIONS, door)
    else:
        assert not set().union(*(module.TRANSITIONS[s] for s in door.leaves))


@pytest.mark.parametrize(("module", "door"), DOORS)
def test_a_reason_shuts_no_way_that_is_open(module, door):
    if not door.why_not:
        return
    for current, target in doors.pairs(module.TRANSITIONS):
        if door.opens(current, target):
            others = [d for d in module.DOORS if d.verb and d.opens(current, target)]
            assert others == []


@pytest.mark.parametrize(("module", "door"), DOORS)
def test_the_verb_exists_and_is_called_from_somewhere(module, door):
    if door.why_not:
        assert not door.verb
        return
    path, name = door.verb.rsplit(".", 1)
    assert callable(getattr(import_module(f"apps.{path}"), name))
    assert door.places


@pytest.mark.parametrize(("module", "door"), DOORS)
def test_the_places_exist(module, door):
    current_app.loader.import_default_modules()
    for place in door.places:
        kind, _space, what = place.partition(" ")
        if kind in {"page", "api"}:
            assert what in url_names()
        elif kind == "admin":
            app, model, action = what.split(".")
            assert action in admin.site._registry[apps.get_model(app, model)].actions
        elif kind == "command":
            assert what in get_commands()
        else:
            assert kind == "task"
            assert what in current_app.tasks


def test_whoever_has_left_can_come_back():
    """The kind of fault that case 04 was: a way in the table that nothing calls."""
    from apps.accounts.states import DOORS, UserState

    for state in (UserState.OFFBOARDED, UserState.ARCHIVED):
        back = [d for d in DOORS if d.opens(state, UserState.ACTIVE)]
        assert any(place.startswith("page people:") for d in back for place in d.places)
