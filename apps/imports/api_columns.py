"""What operations say and are told of the columns of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid

from .columns import formats
from .columns.fields import SPECIFICATION, WITH_SPECIFICATION, field_choices
from .models import Batch
from .shown import questions
from .shown.columns import Assumed, Overview, currency_of, overview
from .states import Kind


def shown_columns(batch: Batch) -> dict[str, Any]:
    """As the operation and the command answer it."""
    found = overview(batch)
    shown = {
        "howRead": _how_read(batch),
        "exporter": found.exporter,
        "columns": list(_columns(found)),
        "targets": _targets(batch),
        "questions": [_question(asked) for asked in found.questions],
        "assumptions": [_without_empty(_assumption(one)) for one in found.assumed],
        "currency": "" if batch.is_unread else currency_of(batch),
        "defaultAddressId": batch.default_address_id,
    }
    return _without_empty(shown)


def _how_read(batch: Batch) -> dict[str, Any]:
    names = ("encoding", "delimiter", "sheet")
    found = {name: batch.options.get(name) for name in names}
    line = batch.options.get("header_line")
    found["headerLine"] = int(line) if line else None
    found["sheets"] = batch.samples.get("sheets") or None
    return _without_empty(found)


def _columns(found: Overview) -> Iterator[dict[str, Any]]:
    for shown in found.columns:
        yield _without_empty(
            {
                "position": shown.column.position,
                "header": shown.column.header,
                "field": shown.field or None,
                "label": shown.label or None,
                "isSure": shown.is_sure,
                "why": shown.why,
                "samples": [_sample(one) for one in shown.samples],
            }
        )


def _sample(sample: Mapping[str, str]) -> dict[str, str]:
    read_as = {"readAs": sample["read_as"]} if sample["read_as"] else {}
    return {"text": sample["text"], **read_as}


def _targets(batch: Batch) -> list[dict[str, str]]:
    if not batch.kind:
        return []
    return coded(field_choices(Kind(batch.kind)))


def _question(asked: questions.Asked) -> dict[str, Any]:
    return _without_empty(
        {
            "id": asked.id,
            "column": asked.question.column,
            "text": asked.text,
            "choices": coded(asked.choices),
            "answer": asked.answer or None,
        }
    )


def _assumption(one: Assumed) -> dict[str, Any]:
    return {"code": one.code, "text": one.text, "value": one.value or None}


def coded(choices: Any) -> list[dict[str, str]]:
    return [{"code": str(code), "label": str(label)} for code, label in choices]


def _without_empty(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "")}


def mapping_of(batch: Batch, columns: list[Any]) -> dict[str, str]:
    """The present mapping with what was said of it. Raises Invalid with the place of
    the column."""
    mapping = dict(batch.mapping)
    for place, said in enumerate(columns):
        position, field = said["position"], said["field"]
        if position >= len(batch.headers):
            told = _("The file has no column %(position)d.") % {"position": position}
            raise Invalid("no_column", told, field=f"columns/{place}/position")
        if field is None:
            mapping.pop(str(position), None)
            continue
        if not _is_target(batch, field):
            told = _("A column can't be “%(field)s”: see targets.") % {"field": field}
            raise Invalid("unknown_field", told, field=f"columns/{place}/field")
        mapping[str(position)] = field
    return mapping


def _is_target(batch: Batch, field: str) -> bool:
    kind = Kind(batch.kind)
    own = field.startswith(SPECIFICATION) and kind in WITH_SPECIFICATION
    return own or any(field == name for name, _label in field_choices(kind))


def options_of(batch: Batch, said: Mapping[str, Any]) -> dict[str, Any]:
    given = {one["question"]: one["answer"] for one in said.get("answers", [])}
    asked = questions.of(batch.options, batch.headers)
    currency = said.get("currency") or batch.options.get(formats.CURRENCY)
    found = questions.answers(asked, given)
    return {**found, **({formats.CURRENCY: currency} if currency else {})}
