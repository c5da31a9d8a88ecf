from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.lists import shown
from apps.core.query import Query
from apps.inventory.lists import ASSETS
from apps.inventory.models import Asset

from . import layouts
from .composing import BarCode
from .printing import MOST_LABELS


class IdsField(forms.CharField):
    """Ids of assets with commas between them, in the order of the labels."""

    widget = forms.HiddenInput

    def clean(self, value: str) -> list[UUID]:
        text = super().clean(value)
        try:
            return list(dict.fromkeys(map(UUID, text.split(",")))) if text else []
        except ValueError:
            raise forms.ValidationError(_("These are no ids of assets.")) from None


class LabelQuery(Query):
    """Which assets: those that the list shows with the query string `all`, else those
    of `ids`. And how they are printed."""

    # What is asked on the page; the rest says which.
    HOW = frozenset({"layout", "bar_code", "start"})

    ids = IdsField(required=False)
    all = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2_000)
    layout = forms.ChoiceField(
        label=_("Labels"), required=False, choices=layouts.choices
    )
    bar_code = forms.ChoiceField(
        label=_("Barcode"),
        required=False,
        choices=[(one.value, one.label) for one in BarCode],
    )
    start = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=max(one.per_page for one in layouts.LAYOUTS.values()),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def tells_which(self, name: str) -> bool:
        return name == ("all" if "all" in self.data else "ids")

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        layout = layouts.LAYOUTS[found.get("layout") or layouts.DEFAULT]
        start = found.get("start")
        if start and start > layout.per_page:
            told = gettext("This sheet has %(count)d labels.")
            self.add_error("start", told % {"count": layout.per_page})
        return found

    def chosen(self) -> list[Asset]:
        """In the order of the ids, or of the list. Raises Invalid `unknown_assets`
        unless each of the ids is visible, `too_many_labels`, `bad_query`."""
        ids = self.cleaned_data["ids"]
        if ids and "all" not in self.data:
            visible = Asset.objects.visible_to(self.actor).select_related("company")
            _require_few(len(ids))
            by_id = visible.in_bulk(ids)
            _require_all(len(ids) - len(by_id))
            return [by_id[pk] for pk in ids]
        assets = shown(ASSETS, self.cleaned_data["all"], self.actor)
        found = list(assets.select_related("company")[: MOST_LABELS + 1])
        _require_few(len(found))
        return found


def _require_few(count: int) -> None:
    if count > MOST_LABELS:
        told = gettext("At most %(count)d labels at once: choose fewer.")
        raise Invalid("too_many_labels", told % {"count": MOST_LABELS}, field="ids")


def _require_all(missing: int) -> None:
    if missing:
        told = ngettext(
            "%(count)d of these assets does not exist (any more): choose again.",
            "%(count)d of these assets do not exist (any more): choose again.",
            missing,
        )
        raise Invalid("unknown_assets", told % {"count": missing}, field="ids")
