"""The verbs of assets, by noun: their facts (`assets`), their steps from holder to
holder (`steps`, `relocating`), the workflow they are locked to (`claims`), what has
been ordered and is not there yet (`ordering`), what is kept in storage for a workflow
(`reserving`), and
taking out again what an import brought (`removal`)."""

from .assets import (
    EDITABLE,
    apply_changes,
    build,
    create,
    create_many,
    grade,
    normalise_serial,
    update,
    update_many,
)
from .attachments import attach, detach
from .claims import claim, claim_of, claimed, release
from .ordering import call_off, order
from .relocating import relocate
from .removal import remove_many
from .reserving import reserve, unreserve
from .rows import Holder, lock, require_receivers
from .steps import (
    Move,
    hand_over,
    move_many,
    receive,
    receive_many,
    repair,
    retire,
    send,
)

__all__ = [
    "EDITABLE",
    "Holder",
    "Move",
    "apply_changes",
    "attach",
    "build",
    "call_off",
    "claim",
    "claim_of",
    "claimed",
    "create",
    "create_many",
    "detach",
    "grade",
    "hand_over",
    "lock",
    "move_many",
    "normalise_serial",
    "order",
    "receive",
    "receive_many",
    "release",
    "relocate",
    "remove_many",
    "repair",
    "require_receivers",
    "reserve",
    "retire",
    "send",
    "unreserve",
    "update",
    "update_many",
]
