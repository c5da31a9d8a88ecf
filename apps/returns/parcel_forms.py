"""What travels, and what arrives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.clean import DayField
from apps.inventory.models import GRADE_CHOICES
from apps.shipping import carriers

from .forms import day_input
from .models import ReturnLine


class _LinesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def offer(self, lines: Sequence[ReturnLine]) -> None:
        self.choices = [(str(line.pk), str(line.asset)) for line in lines]
        self.initial = [str(line.pk) for line in lines]


class ParcelForm(forms.Form):
    carrier = forms.ChoiceField(label=_("Carrier"), choices=carriers.CHOICES)
    tracking_number = forms.CharField(
        label=_("Tracking number"), required=False, max_length=128
    )
    expected_on = DayField(label=_("Expected on"), required=False, widget=day_input())
    lines = _LinesField(label=_("In the parcel"))

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["lines"]
        field.offer(lines)

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        line_ids = [UUID(pk) for pk in values.pop("lines")]
        return {**values, "line_ids": line_ids}


class ReceiveForm(forms.Form):
    """What is here, each with its grade if somebody has looked."""

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.lines = lines
        for line in lines:
            self.fields[f"here_{line.pk}"] = forms.BooleanField(
                label=_("Here"),
                required=False,
                widget=forms.CheckboxInput(
                    attrs={"aria-label": _("%(asset)s is here") % {"asset": line.asset}}
                ),
            )
            self.fields[f"grade_{line.pk}"] = forms.ChoiceField(
                label=_("Condition"),
                required=False,
                choices=[("", _("Not looked at")), *GRADE_CHOICES],
                widget=forms.Select(
                    attrs={
                        "aria-label": _("Condition of %(asset)s")
                        % {"asset": line.asset}
                    }
                ),
            )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not any(found.get(f"here_{line.pk}") for line in self.lines):
            raise forms.ValidationError(_("Tick what is here: nothing is ticked."))
        return found

    def rows(self) -> Iterator[tuple[ReturnLine, forms.BoundField, forms.BoundField]]:
        for line in self.lines:
            yield line, self[f"here_{line.pk}"], self[f"grade_{line.pk}"]

    def arrived(self) -> list[ReturnLine]:
        data = self.cleaned_data
        return [line for line in self.lines if data[f"here_{line.pk}"]]

    def grades(self) -> dict[UUID, str]:
        data = self.cleaned_data
        return {line.pk: data[f"grade_{line.pk}"] for line in self.lines}
