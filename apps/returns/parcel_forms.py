"""What travels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.clean import DayField
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
