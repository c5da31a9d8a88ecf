from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address
from apps.core import money
from apps.core.actor import Actor
from apps.imports.columns import formats, headers
from apps.imports.columns.fields import (
    SPECIFICATION,
    WITH_SPECIFICATION,
    Value,
    field_choices,
    field_named,
)
from apps.imports.columns.headers import Column
from apps.imports.models import Batch
from apps.imports.shown import questions
from apps.imports.shown.columns import currency_of, meanings, overview
from apps.imports.shown.questions import Asked, letters
from apps.imports.states import Kind
from apps.imports.targets import TARGETS


class TargetSelect(forms.Select):
    """Made without templates: a list may have a thousand columns, and each of them
    some forty choices."""

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        chosen = str(value or "")
        options = [
            f'<option value="{escape(target)}"'
            f"{' selected' if str(target) == chosen else ''}>{escape(label)}</option>"
            for target, label in self.choices
        ]
        about = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return mark_safe(f"<select{about}>{''.join(options)}</select>")  # noqa: S308


class ColumnsForm(forms.Form):
    """Which field each column fills, and what the cells alone don't tell."""

    def __init__(
        self,
        *args: Any,
        batch: Batch,
        actor: Actor,
        mapping: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.kind = Kind(batch.kind)
        self.shown = batch.mapping if mapping is None else mapping
        self.guess = headers.guess_mapping(batch.headers, self.kind)
        self.columns = list(self.guess.columns)
        # By the name of the form's field.
        self.asked: dict[str, Asked] = {}
        self.targets = [
            ("", _("Leave out")),
            *((name, str(label)) for name, label in field_choices(self.kind)),
        ]
        for column in self.columns:
            self.fields[f"column-{column.position}"] = self._target(column)
            self._ask(column)
        if TARGETS[self.kind].has_places:
            self.fields["default_address"] = self._place(actor)
        if "purchase_price" in self.shown.values():
            self.fields["currency"] = self._currency()

    def _target(self, column: Column) -> forms.ChoiceField:
        choices = self.targets[:]
        present = self.shown.get(str(column.position), "")
        if self.kind in WITH_SPECIFICATION:
            own = f"{SPECIFICATION}{column.header.strip()}"
            own = present if present.startswith(SPECIFICATION) else own
            name = own.removeprefix(SPECIFICATION)
            choices.append((own, _("Specification: %(name)s") % {"name": name}))
        label = column.header.strip() or _("Column %(letter)s, no header") % {
            "letter": letters(column.position)
        }
        return forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            initial=present,
            widget=TargetSelect,
        )

    def _ask(self, column: Column) -> None:
        """Adds what can be said of the cells of a column beside its field."""
        label = str(self.fields[f"column-{column.position}"].label)
        for asked in questions.about(self.batch.options, column.position, label):
            name = f"answer-{len(self.asked)}"
            self.asked[name] = asked
            self.fields[name] = forms.ChoiceField(
                label=asked.text,
                choices=asked.choices,
                required=False,
                initial=asked.answer or None,
                widget=forms.RadioSelect if asked.is_open else forms.Select,
            )

    def _place(self, actor: Actor) -> forms.ModelChoiceField:
        places = Address.objects.visible_to(actor).active()
        places = places.filter(company=self.batch.company_id)
        return forms.ModelChoiceField(
            places,
            label=_("Where are assets without a holder and place?"),
            help_text=_("Picked once, for all rows that say neither."),
            required=False,
            empty_label=_("Not known: refuse such rows"),
            initial=self.batch.default_address_id
            or places.filter(is_default=True).first(),
        )

    def _currency(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_("Which currency are prices in that name none?"),
            choices=money.choices(),
            widget=forms.Select(attrs={"translate": "no"}),
            required=False,
            initial=currency_of(self.batch),
        )

    def clean(self) -> dict[str, Any]:
        """Two columns can't fill the same field; what is asked is to be answered."""
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
        for name in self.asked:
            if self._is_wanted(name, cleaned) and not cleaned.get(name):
                self.add_error(name, _("Choose one; the cells alone don’t tell."))
        return cleaned

    def _is_wanted(self, name: str, cleaned: Mapping[str, Any]) -> bool:
        """The column still fills a field about which the question is."""
        option, at, _word = self.asked[name].question
        target = cleaned.get(f"column-{at}")
        if not target or target.startswith(SPECIFICATION):
            return False
        value = field_named(self.kind, target).value
        if option == formats.WORD:
            return value is Value.BOOLEAN
        return value in questions.ORDERS and questions.ORDERS[value][0] == option

    @property
    def mapping(self) -> dict[str, str]:
        targets = {
            str(column.position): self.cleaned_data[f"column-{column.position}"]
            for column in self.columns
        }
        return {position: target for position, target in targets.items() if target}

    @property
    def answers(self) -> dict[str, Any]:
        """As `formats.answers` takes them."""
        given = {one.id: self.cleaned_data[n] for n, one in self.asked.items()}
        said = {name: answer for name, answer in given.items() if answer}
        currency = self.cleaned_data.get("currency", "")
        found = questions.answers(self.asked.values(), said)
        return {formats.CURRENCY: currency, **found}

    @property
    def questions(self) -> list[forms.BoundField]:
        """Those that the cells leave open."""
        return [
            self[name]
            for name in self.asked
            if isinstance(self.fields[name].widget, forms.RadioSelect)
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "column": shown.column,
                "field": self[f"column-{shown.column.position}"],
                "why": shown.why,
                "is_sure": shown.is_sure,
                "samples": shown.samples,
                "is_empty": shown.is_empty,
            }
            for shown in overview(self.batch, self.shown).columns
        ]

    @property
    def settled(self) -> list[dict[str, Any]]:
        """What the cells of whole columns say, and where that can be overruled."""
        found = []
        for column in self.columns:
            kept = formats.column_of(self.batch.options, column.position)
            fields = [
                self[name]
                for name, asked in self.asked.items()
                if asked.question.column == column.position
                and not isinstance(self.fields[name].widget, forms.RadioSelect)
            ]
            proof = meanings(kept.get("means", {})) or kept.get("proof", "")
            is_of_words = not any(name in kept for name in formats.ORDERS)
            if fields or (proof and is_of_words):
                header = self.fields[f"column-{column.position}"].label
                found.append({"header": header, "fields": fields, "proof": proof})
        return found
