"""What a row means for the register: by the kind of thing that a batch is about."""

from __future__ import annotations

from apps.imports.models import Batch
from apps.imports.states import Kind

from .assets import AssetTarget
from .people import PersonTarget
from .target import Target

TARGETS: dict[str, type[Target]] = {
    Kind.ASSETS: AssetTarget,
    Kind.PEOPLE: PersonTarget,
}


def target_of(batch: Batch) -> Target:
    """What judges and writes its rows."""
    return TARGETS[batch.kind](batch)
