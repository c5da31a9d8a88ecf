"""The form of everybody who receives: what is here, and in which condition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Asset
from .services.rows import graded_otherwise
from .states import Grade

_LETTERS = [("", _("Not looked at")), *((grade.value, grade.value) for grade in Grade)]


class ReceivingForm(forms.Form):
    """What of these is here, each with its grade if somebody has looked. `settled` is
    what was among them once: a page from before may still say something of it."""

    def __init__(
        self,
        *args: Any,
        assets: Sequence[Asset],
        settled: Sequence[Asset] = (),
        ticked: Collection[UUID] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assets, self.settled = assets, settled
        for asset in assets:
            self.fields[f"here_{asset.pk}"] = forms.BooleanField(
                label=_("Here"),
                required=False,
                initial=asset.pk in ticked,
                widget=forms.CheckboxInput(
                    attrs={"aria-label": _("%(asset)s is here") % {"asset": asset}}
                ),
            )
            self.fields[f"grade_{asset.pk}"] = forms.ChoiceField(
                label=_("Condition"),
                required=False,
                choices=_LETTERS,
                widget=forms.RadioSelect,
            )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self._says_more_than_is_here():
            raise forms.ValidationError(
                _(
                    "Something that you ticked or graded is not part of this list any "
                    "more: nothing has been received. Look at the list, then receive "
                    "again."
                )
            )
        for asset in self.assets:
            if found.get(f"grade_{asset.pk}") and not found.get(f"here_{asset.pk}"):
                self.add_error(
                    f"here_{asset.pk}",
                    _("Tick it if it is here: it has a condition, but no tick."),
                )
        for asset in self.settled:
            is_ticked = self.data.get(f"here_{asset.pk}")
            if is_ticked and self._posted_grade(asset) not in ("", asset.grade):
                self.add_error(None, graded_otherwise(asset))
        if not any(found.get(f"here_{asset.pk}") for asset in self.assets):
            raise forms.ValidationError(_("Tick what is here: nothing is ticked."))
        return found

    def _says_more_than_is_here(self) -> bool:
        """Of something that never was in this list, or has left it. Its row without a
        tick and a grade says nothing."""
        ids = {str(asset.pk) for asset in (*self.assets, *self.settled)}
        rows = (name.partition("_") for name, said in self.data.items() if said)
        return any(
            kind in ("here", "grade") and pk not in ids for kind, _sep, pk in rows
        )

    def _posted_grade(self, asset: Asset) -> str:
        return self.data.get(f"grade_{asset.pk}", "")

    def row(self, asset: Asset) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"here_{asset.pk}"], self[f"grade_{asset.pk}"]

    def rows(self) -> Iterator[tuple[Asset, forms.BoundField, forms.BoundField]]:
        for asset in self.assets:
            yield asset, *self.row(asset)

    def grades(self) -> dict[Asset, str | None]:
        """Of what is here; None: nobody has looked."""
        data = self.cleaned_data
        return {
            asset: data[f"grade_{asset.pk}"] or None
            for asset in self.assets
            if data[f"here_{asset.pk}"]
        }
