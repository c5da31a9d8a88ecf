"""What a declaration lets an event say: its JSON, its schema, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import orjson
import pytest
from django.utils.functional import lazystr

from apps.events import payloads, registry
from apps.events.payloads import Changes, Field, Payload, PayloadError, Text, Told
from apps.inventory.states import AssetState

CHANGES = Changes(
    {
        "state": Field("State", AssetState),
        "price": Field("Price", Decimal | None),
        "phone": Field("Phone", Told.PERSONAL),
    }
)
Word = Annotated[str, Text("a word")]
ID = UUID("0190a1b2-0000-7000-8000-000000000001")


@dataclass(slots=True, kw_only=True)
class Part:
    on: date
    user_id: UUID | None = None


@dataclass(slots=True, kw_only=True)
class Whole(Payload):
    word: Word
    at: datetime
    from_: Part | None = None
    parts: list[Part]
    counts: dict[AssetState, int]
    is_new: bool
    changes: Annotated[dict[str, Any], CHANGES]


WHOLE = Whole(
    word="ż",
    at=datetime(2026, 1, 2, 3, tzinfo=UTC),
    from_=Part(on=date(2026, 1, 1), user_id=ID),
    parts=[Part(on=date(2026, 1, 3))],
    counts={AssetState.ACTIVE: 1},
    is_new=False,
    changes={"price": {"old": None, "new": Decimal("1.50")}, "phone": {}},
)


def written(payload: Payload) -> dict[str, Any]:
    return orjson.loads(orjson.dumps(payloads.as_json(payload), default=str))


def test_leaves_out_what_has_no_value():
    assert written(WHOLE) == {
        "word": "ż",
        "at": "2026-01-02T03:00:00+00:00",
        "from": {"on": "2026-01-01", "user_id": str(ID)},
        "parts": [{"on": "2026-01-03"}],
        "counts": {"ACTIVE": 1},
        "is_new": False,
        "changes": {"price": {"old": None, "new": "1.50"}, "phone": {}},
    }


def test_reads_what_it_wrote():
    again = payloads.read(Whole, written(WHOLE))
    assert written(again) == written(WHOLE)
    assert again.from_ == WHOLE.from_


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"word": None}, "payload.word is missing"),
        ({"word": 1}, "payload.word"),
        ({"at": "soon"}, "payload.at"),
        ({"from": {"on": "2026-01-01", "name": "Anna"}}, "unknown name"),
        ({"parts": {}}, "payload.parts"),
        ({"parts": [{"on": 7}]}, "payload.parts.on"),
        ({"counts": {"ACTIVE": "1"}}, "payload.counts.ACTIVE"),
        ({"counts": {"Anna": 1}}, "payload.counts"),
        ({"is_new": 1}, "payload.is_new"),
        ({"changes": {"phone": {"old": "1", "new": "2"}}}, "may not be told"),
        ({"changes": {"nickname": {"old": "1", "new": "2"}}}, "may not be told"),
        ({"changes": {"state": {"old": "STORAGE", "new": "?"}}}, "state.new"),
        ({"surprise": 1}, "unknown surprise"),
    ],
)
def test_names_what_it_cannot_read(change, problem):
    with pytest.raises(PayloadError, match=problem):
        payloads.read(Whole, written(WHOLE) | change)


def test_tells_changes_but_no_personal_value():
    before = {"state": "ACTIVE", "phone": "112", "nickname": "A", "price": None}
    after = {"state": "STORAGE", "phone": "113", "nickname": "B", "price": None}
    changes = CHANGES.between(before, after)
    assert changes == {
        "state": {"old": "ACTIVE", "new": "STORAGE"},
        "phone": {},
        "nickname": {},  # nobody declared it
    }
    assert CHANGES.labels(changes) == "State, Phone"


def test_schema_says_what_is_needed_and_nothing_else_is_let_in():
    schema = payloads.schema_of(Whole)
    assert schema["required"] == [
        "word",
        "at",
        "parts",
        "counts",
        "is_new",
        "changes",
    ]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert properties["from"]["properties"]["user_id"] == {
        "type": "string",
        "format": "uuid",
    }
    assert properties["changes"]["properties"]["phone"]["maxProperties"] == 0
    assert properties["counts"]["properties"]["ACTIVE"] == {"type": "integer"}
    assert properties["counts"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "hint", [str, Any, object, dict, float, str | int, dict[str, int]]
)
def test_refuses_a_field_that_might_hold_something_personal(hint):
    made = dataclass(slots=True, kw_only=True)(
        type("Loose", (Payload,), {"__annotations__": {"loose": hint}})
    )
    with pytest.raises(TypeError):
        registry.declare("test.loose", made, lazystr("x"))
    assert registry.find("test.loose") is None


def test_refuses_a_second_declaration_and_a_gap_in_versions():
    with pytest.raises(TypeError, match="declared twice"):
        registry.declare("test.happened", Payload, lazystr("x"))
    with pytest.raises(TypeError, match="each version before"):
        registry.declare("test.gap", Payload, lazystr("x"), version=2)
    assert registry.find("test.gap") is None
