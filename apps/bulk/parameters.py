"""Cleaned values of a verb's form, as a job keeps them: what they name by its id, so
that nobody else is meant later, and looked up anew by who may see it then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from apps.core.actor import Actor
from apps.core.errors import Invalid

from . import texts


def keep(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises TypeError for a value that JSON could not give back."""
    return {name: _kept(value) for name, value in values.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"model": value._meta.label_lower, "id": str(value.pk)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, models.QuerySet | list | tuple):
        return [_kept(one) for one in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"no parameter of a bulk verb: {value!r}")


def restore(kept: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The inverse of `keep`. Raises Invalid `parameter_gone`."""
    return {name: _restored(value, actor) for name, value in kept.items()}


def _restored(value: Any, actor: Actor) -> Any:
    if isinstance(value, list):
        return [_restored(one, actor) for one in value]
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "day" in value:
        return date.fromisoformat(value["day"])
    rows: Any = apps.get_model(value["model"])._default_manager
    try:
        return rows.visible_to(actor).get(pk=value["id"])
    except ObjectDoesNotExist as error:
        raise Invalid(texts.PARAMETER_GONE()) from error
