"""The public form of a return, frozen into events: ids, states, times."""

from __future__ import annotations

from typing import Any

from .models import Return


def facts(ret: Return) -> dict[str, Any]:
    return {
        "reference": ret.reference,
        "kind": ret.kind,
        "state": ret.state,
        "user_id": ret.user_id,
        "address_id": ret.address_id,
        "last_working_on": ret.last_working_on,
    }
