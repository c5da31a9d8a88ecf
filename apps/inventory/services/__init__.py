"""The verbs of assets, by noun: their facts (`assets`), their steps from holder to
holder (`steps`, `relocating`), their files (`attachments`) and what is said of them
(`comments`), the workflow they are locked to (`claims`), what has
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
from .attachments import attach, choose_picture, detach
from .claims import claim, claim_of, claimed, release
from .comments import COMMENT_LONGEST, comment, edit_comment, forget, remove_comment
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
    "COMMENT_LONGEST",
    "EDITABLE",
    "Holder",
    "Move",
    "apply_changes",
    "attach",
    "build",
    "call_off",
    "choose_picture",
    "claim",
    "claim_of",
    "claimed",
    "comment",
    "create",
    "create_many",
    "detach",
    "edit_comment",
    "forget",
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
    "remove_comment",
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
