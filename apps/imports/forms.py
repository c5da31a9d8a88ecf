from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address
from apps.core.actor import Actor

from . import columns
from .columns import SPECIFICATION, Column, Confidence
from .fields import FIELDS, Kind, field_named
from .models import Batch
from .values import DateOrder, DecimalMark

KINDS = [(Kind.ASSETS.value, _("Assets")), (Kind.PEOPLE.value, _("People"))]
DATE_ORDERS = [
    (DateOrder.DAY_FIRST.value, _("Day first: 3/12 is 3 December")),
    (DateOrder.MONTH_FIRST.value, _("Month first: 3/12 is 12 March")),
]
DECIMAL_MARKS = [
    (DecimalMark.POINT.value, _("The point: 1.250 is one and a quarter")),
    (DecimalMark.COMMA.value, _("The comma: 1.250 is one thousand two hundred fifty")),
]
QUESTIONS = {
    "date_order": (_("How are dates such as 3/12/2025 to be read?"), DATE_ORDERS),
    "decimal_mark": (_("Which sign is the decimal mark?"), DECIMAL_MARKS),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "CSV, comma, semicolon or tab; the first row names the columns. "
            "Drop it here or choose it."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,text/csv", "class": "dropzone"}
        ),
    )
    kind = forms.ChoiceField(
        label=_("What is in it?"),
        required=False,
        choices=[("", _("Tell by the columns")), *KINDS],
    )


class ColumnsForm(forms.Form):
    """Which field each column fills, and what the cells alone don't tell."""

    def __init__(self, *args: Any, batch: Batch, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.kind = Kind(batch.kind)
        guesses = columns.guess_mapping(batch.headers, self.kind).columns
        self.columns = list(guesses)
        for column in guesses:
            self.fields[f"column-{column.position}"] = self._target(column)
        for name, (label, choices) in QUESTIONS.items():
            if batch.options.get(name) not in (None, "", "UNNEEDED"):
                self.fields[name] = self._question(name, label, choices)
        if self.kind is Kind.ASSETS:
            self.fields["default_address"] = self._place(actor)

    def _target(self, column: Column) -> forms.ChoiceField:
        choices = [("", _("Leave out")), *field_choices(self.kind)]
        present = self.batch.mapping.get(str(column.position), "")
        if self.kind is Kind.ASSETS:
            own = f"{SPECIFICATION}{column.header.strip()}"
            own = present if present.startswith(SPECIFICATION) else own
            name = own.removeprefix(SPECIFICATION)
            choices.append((own, _("Specification: %(name)s") % {"name": name}))
        label = column.header.strip() or _("(no header)")
        return forms.ChoiceField(
            label=label, choices=choices, required=False, initial=present
        )

    def _question(
        self, name: str, label: Any, choices: Sequence[tuple[str, Any]]
    ) -> forms.ChoiceField:
        known = {value for value, _label in choices}
        present = self.batch.options[name]
        return forms.ChoiceField(
            label=label,
            choices=choices,
            initial=present if present in known else None,
            widget=forms.RadioSelect,
        )

    def _place(self, actor: Actor) -> forms.ModelChoiceField:
        places = Address.objects.visible_to(actor).active()
        places = places.filter(company=self.batch.company_id)
        return forms.ModelChoiceField(
            places,
            label=_("Where are assets without a holder and place?"),
            help_text=_("Picked once, for all rows that say neither."),
            required=False,
            initial=self.batch.default_address_id
            or places.filter(is_default=True).first(),
        )

    def clean(self) -> dict[str, Any]:
        """Two columns can't fill the same field."""
        cleaned = super().clean() or {}
        first: dict[str, str] = {}
        for column in self.columns:
            name = f"column-{column.position}"
            target = cleaned.get(name)
            if target and target in first:
                self.add_error(
                    name,
                    _("“%(column)s” fills this field already.")
                    % {"column": first[target]},
                )
            elif target:
                first[target] = column.header.strip()
        return cleaned

    @property
    def mapping(self) -> dict[str, str]:
        targets = {
            str(column.position): self.cleaned_data[f"column-{column.position}"]
            for column in self.columns
        }
        return {position: target for position, target in targets.items() if target}

    @property
    def options(self) -> dict[str, str]:
        answers = {
            name: self.cleaned_data[name] for name in QUESTIONS if name in self.fields
        }
        return {**self.batch.options, **answers}

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in QUESTIONS if name in self.fields]

    def rows(self, samples: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
        return [
            {
                "column": column,
                "field": self[f"column-{column.position}"],
                "samples": samples.get(column.position, ()),
                "is_sure": column.confidence is Confidence.KNOWN,
            }
            for column in self.columns
        ]


def field_choices(kind: Kind) -> list[tuple[str, Any]]:
    return [(field.name, field.label) for field in FIELDS[kind]]


def field_label(kind: Kind, name: str) -> str:
    """What people call a target of a column."""
    if name.startswith(SPECIFICATION):
        return name.removeprefix(SPECIFICATION)
    try:
        return str(field_named(kind, name).label)
    except StopIteration:
        return name.replace("_", " ").capitalize()
