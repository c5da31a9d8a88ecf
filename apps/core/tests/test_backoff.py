from __future__ import annotations

import ast
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from apps.core import backoff

_MANY = 200


def waits(attempts: int, **bounds: timedelta) -> list[timedelta]:
    return [backoff.delay(attempts, **bounds) for _time in range(_MANY)]


def test_waits_twice_as_long_each_time_by_chance_up_to_half_less():
    for attempts, seconds in ((1, 30), (2, 60), (3, 120), (7, 1920)):
        found = waits(attempts)
        assert min(found) >= timedelta(seconds=seconds / 2)
        assert max(found) <= timedelta(seconds=seconds)
        assert len(set(found)) > _MANY / 2


def test_never_waits_shorter_than_the_time_before_could_have():
    for sooner, later in pairwise(range(1, 8)):
        assert min(waits(later)) >= timedelta(seconds=30 * 2**sooner / 2)


@pytest.mark.parametrize("attempts", [8, 33, 10_000])
def test_has_a_longest_wait(attempts):
    assert timedelta(minutes=30) <= min(waits(attempts))
    assert max(waits(attempts)) <= timedelta(hours=1)


@pytest.mark.parametrize("attempts", [-1, 0])
def test_an_attempt_that_was_not_counted_is_the_first(attempts):
    assert max(waits(attempts)) <= timedelta(seconds=30)


def test_takes_other_bounds():
    bounds = {"first": timedelta(seconds=1), "longest": timedelta(seconds=4)}
    assert max(waits(9, **bounds)) <= timedelta(seconds=4)
    assert max(waits(1, **bounds)) <= timedelta(seconds=1)


def test_nobody_else_counts_in_powers_of_two():
    """A second back-off elsewhere would have no jitter or no bound."""
    found = []
    for folder in ("apps", "tequipy"):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            if "tests" in path.parts or path.name == "backoff.py":
                continue
            found += [
                f"{path}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.BinOp)
                and isinstance(node.op, ast.Pow)
                and isinstance(node.left, ast.Constant)
                and not isinstance(node.right, ast.Constant)
            ]
    assert found == []
