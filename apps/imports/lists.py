"""The list of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.actor import Permission
from apps.core.lists import Action, Column, Empty, List, cells, choice
from apps.core.showing import grouped

from .models import Batch, BatchQuerySet
from .states import BatchState, Kind

_P = Permission
SHOWN = (
    "state",
    "counts",
    "planned_rows",
    "applied_rows",
    "undone_rows",
    "kept_rows",
)
STATES = [one for one in BatchState.choices if one[0] != BatchState.DISCARDED]


def _batches() -> BatchQuerySet:
    return Batch.objects.exclude(state=BatchState.DISCARDED)


def _file(request: HttpRequest, name: str, kind: str, pk: UUID) -> str:
    said = escape(Kind(kind).label) if kind else ""
    return SafeString(
        f'<a class="row i-upload" href="{pk}/">{escape(name)}</a> <small>{said}</small>'
    )


def _state(request: HttpRequest, *values: Any) -> str:
    batch = Batch(**dict(zip(SHOWN, values, strict=True)))
    return cells.badge(batch.badge)(request, batch.state)


def _result(request: HttpRequest, *values: Any) -> str:
    batch = Batch(**dict(zip(SHOWN, values, strict=True)))
    return render_to_string("imports/_counts.html", {"batch": batch}).strip()


def _rows(request: HttpRequest, number: int) -> str:
    return escape(grouped(number))


def _uploaded(request: HttpRequest, moment: datetime, pk: UUID) -> str:
    return cells.when(request, moment)


def _counted(n: int) -> str:
    return ngettext("%(n)s import", "%(n)s imports", n) % {"n": grouped(n)}


IMPORTS = List(
    name="imports",
    url="imports:list",
    model="imports.Batch",
    rows=_batches,
    reads=_P.IMPORTS_READ,
    title=_("Imports"),
    counted=_counted,
    columns=(
        Column(
            name="file",
            label=_("File"),
            reads=("file__name", "kind", "id"),
            show=_file,
        ),
        Column(
            name="status", label=_("State"), reads=SHOWN, show=_state, is_default=True
        ),
        Column(
            name="rows",
            label=_("Rows"),
            reads=("total_rows",),
            show=_rows,
            css="num",
            is_default=True,
        ),
        Column(
            name="result", label=_("Result"), reads=SHOWN, show=_result, is_default=True
        ),
        Column(
            name="uploaded",
            label=_("Uploaded"),
            reads=("created_at", "id"),
            show=_uploaded,
            sorts="id",  # ids are made in the order of time
            is_default=True,
        ),
    ),
    filters=(
        choice("kind", _("Kind"), _("Any kind"), Kind.choices),
        choice("state", _("State"), _("Any state"), STATES),
    ),
    actions=(
        Action(
            label=_("Import a file"),
            url="imports:create",
            needs=_P.IMPORTS_RUN,
            icon="upload",
            is_primary=True,
        ),
    ),
    none_fits=Empty(
        icon="search",
        title=_("No import fits these filters"),
        text=_("Remove a filter."),
        url="imports:list",
        label=_("Show all imports"),
    ),
    empty=(
        Empty(
            icon="upload",
            title=_("No imports yet"),
            text=_(
                "Upload the export of the tool you leave, or your own sheet. You see "
                "what every row would create or change before anything is written."
            ),
            url="imports:create",
            label=_("Import a file"),
        ),
    ),
)
