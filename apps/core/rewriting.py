"""For migrations: keys that were stored before texts were written as they are now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

logger = logging.getLogger(__name__)

CHUNK = 2_000
# Most texts are of ASCII alone and have no two blanks in a row.
_UNUSUAL = r"[^ -~]|  |^ | $"


def rewrite(
    model: type[models.Model], cleaners: Mapping[str, Callable[[str], str]]
) -> int:
    """Writes those columns as `cleaners` make them; how many rows it changed. A row
    that would get the key of another stays as it is, for a person to look at. Each is
    a statement of its own, and only if it is still as it was read: nobody waits."""
    rows: Any = model._default_manager
    unusual = Q()
    for name in cleaners:
        unusual |= Q(**{f"{name}__regex": _UNUSUAL})
    changed = 0
    found = rows.filter(unusual).order_by().values("pk", *cleaners)
    for old in found.iterator(CHUNK):
        new = {name: clean(old[name]) for name, clean in cleaners.items()}
        if all(old[name] == text for name, text in new.items()):
            continue
        try:
            with transaction.atomic():
                changed += rows.filter(**old).update(**new)
        except IntegrityError:
            logger.warning("%s %s keeps its key", model._meta.label, old["pk"])
    return changed
