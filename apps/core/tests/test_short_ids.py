from uuid import UUID

import pytest

from apps.core.short_ids import lengthen, shorten

WRITTEN = "01a22709-3e0d-7667-b37c-c28643a79b85"


@pytest.mark.parametrize(
    "pk", [UUID(int=0), UUID(int=(1 << 128) - 1), UUID(WRITTEN)], ids=str
)
def test_comes_back_in_either_case(pk):
    text = shorten(pk)
    assert len(text) == 26
    assert not set("ilou") & set(text)
    assert lengthen(text) == lengthen(text.upper()) == pk


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "0" * 27, "i" * 26, "z" * 26, "é" * 26, WRITTEN]
)
def test_anything_else_is_none(text):
    assert lengthen(text) is None
