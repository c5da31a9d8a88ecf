"""Every public verb of every app, called by everybody who may and who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import Parameter, signature
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.http import Http404

from apps.conftest import mostly_full
from apps.core.actor import Actor
from apps.core.errors import NotAllowed
from apps.core.permissions import Permission, Reach

from .verbs import (
    ACTED,
    NOT_VERBS,
    UNACTED,
    VERBS,
    WITHOUT_ACTOR,
    World,
)

# Of none of these is any of the things: they do nothing at all to them.
NEVER = {
    "outsider",
    "employee",
    "warehouse",
    "read-only client",
    "AI agent",
    "leaver",
}
REFUSED = (NotAllowed, ObjectDoesNotExist, Http404)
TABLES = [
    model._meta.db_table
    for model in apps.get_models()
    if model.__module__.startswith("apps.")
]


@pytest.mark.parametrize("name", sorted(ACTED))
def test_whoever_calls_it_says_why(name):
    """A code that nobody stated would stand in the history for ever."""
    found = signature(ACTED[name]).parameters.get("reason")
    assert found is None or found.default in (Parameter.empty, "")


@pytest.fixture
def world(request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = str(tmp_path)
    return World(request.getfixturevalue)


def test_each_verb_is_called_here() -> None:
    unknown = sorted(ACTED.keys() - VERBS.keys() - NOT_VERBS.keys())
    assert not unknown, (
        f"{', '.join(unknown)}: begin with `actor.require(Permission.…, thing)`, and "
        "add a line to VERBS in apps/ops/tests/verbs.py with that permission and valid "
        "arguments, so that it is called as everybody."
    )
    gone = sorted((VERBS.keys() | NOT_VERBS.keys()) - ACTED.keys())
    assert not gone, f"{', '.join(gone)}: no such verb; take it out of verbs.py."


def test_nothing_trusts_its_caller() -> None:
    unknown = sorted(UNACTED - WITHOUT_ACTOR.keys())
    assert not unknown, (
        f"{', '.join(unknown)}: takes no actor. If it changes something that a person "
        "may ask for, give it `*, actor: Actor` and a permission; else say in "
        "WITHOUT_ACTOR of apps/ops/tests/verbs.py why it asks nobody, or make it "
        "private."
    )
    gone = sorted(WITHOUT_ACTOR.keys() - UNACTED)
    assert not gone, f"{', '.join(gone)}: no such function; take it out of verbs.py."


@pytest.mark.django_db
@pytest.mark.parametrize("name", mostly_full(sorted(VERBS), every=6))
def test_verb_is_for_who_holds_its_permission(name: str, world: World) -> None:
    verb, (permission, arguments) = ACTED[name], VERBS[name]
    allowed = {
        who
        for who, actor in world.actors.items()
        if _holds(actor, permission, world.acme.id)
    }
    assert "system" in allowed
    assert not allowed & NEVER
    arguments(world)  # makes what it needs
    before = _everything()
    for who in sorted(world.actors.keys() - allowed):
        args, kwargs = arguments(world)
        refused = _is_refused(verb, *args, actor=world.actors[who], **kwargs)
        assert refused, f"{name} let the {who} pass"
        assert _everything() == before, f"{name} refused the {who}, and wrote"
    for who in sorted(allowed):
        args, kwargs = arguments(world)
        with _taken_back():
            verb(*args, actor=world.actors[who], **kwargs)


def _is_refused(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    try:
        verb(*args, **kwargs)
    except REFUSED:
        return True
    return False


def _holds(actor: Actor, permission: Permission, company_id: UUID) -> bool:
    """Of things of that company, wherever they are and whosever they are."""
    held = actor.reaches(permission)
    of_company = Reach.COMPANY in held and actor.company_id == company_id
    return Reach.EVERYWHERE in held or of_company


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _everything() -> list[tuple[Any, ...]]:
    """What every table holds, as one number each; events are in one of them."""
    parts = [
        f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {table} t"
        for table in TABLES
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1")
        return cursor.fetchall()
