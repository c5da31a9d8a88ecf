"""What an event may say about a person: names of fields, never their values."""

from typing import Any

from .models import User

# Fields whose old and new value may stand in an event: nothing personal.
VALUES_MAY_APPEAR = frozenset({"role", "state", "start_on", "end_on", "department"})


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The public form of a change: values where they may appear, else the names."""
    return {
        name: (
            {"old": before[name], "new": after[name]}
            if name in VALUES_MAY_APPEAR
            else {}
        )
        for name in after
        if before[name] != after[name]
    }


def user(subject: User) -> dict[str, Any]:
    return {"role": subject.role, "state": subject.state}
