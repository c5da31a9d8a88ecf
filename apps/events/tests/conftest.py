from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.events import registry

from . import declared


@pytest.fixture(autouse=True)
def declared_for_tests() -> Iterator[None]:
    for type_ in declared.ALL:
        registry.add(type_)
    yield
    for type_ in declared.ALL:
        registry.withdraw(type_)
