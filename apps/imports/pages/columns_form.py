from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from apps.imports.columns.formats import Question
from apps.imports.columns.headers import Column, Confidence
from apps.imports.models import Batch
from apps.imports.states import Kind
from apps.imports.targets.kinds import TARGETS
from apps.imports.values import DateOrder, DecimalMark, status_label

DATE_ORDERS = [
    (DateOrder.DAY_FIRST.value, _("Day first: 3/12 is 3 December")),
    (DateOrder.MONTH_FIRST.value, _("Month first: 3/12 is 12 March")),
]
DECIMAL_MARKS = [
    (DecimalMark.POINT.value, _("The point: 1.250 is one and a quarter")),
    (DecimalMark.COMMA.value, _("The comma: 1.250 is one thousand two hundred fifty")),
]
WORDS = [
    ("YES", _("Yes")),
    ("NO", _("No")),
    ("REFUSE", _("Neither: refuse its rows")),
]
# By what a column holds: the option, the question, the answers.
QUESTIONS = {
    Value.DATE: (
        formats.DATE_ORDER,
        _("How are days such as %(cell)s in “%(column)s” to be read?"),
        DATE_ORDERS,
    ),
    Value.MONEY: (
        formats.DECIMAL_MARK,
        _("Which is the decimal mark of amounts such as %(cell)s in “%(column)s”?"),
        DECIMAL_MARKS,
    ),
}


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
        self.asked: dict[str, Question] = {}
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
        at = column.position
        kept = formats.column_of(self.batch.options, at)
        header = self.fields[f"column-{at}"].label
        for option, question, choices in QUESTIONS.values():
            present = kept.get(option, formats.UNNEEDED)
            if present != formats.UNNEEDED:
                label = question % {"cell": kept.get("proof", ""), "column": header}
                self._add(Question(option, at), label, choices, present)
        for word, said in kept.get("words", {}).items():
            label = _("What does “%(word)s” in “%(column)s” mean for “Active”?")
            label %= {"word": said.get("text", word), "column": header}
            asked = Question(formats.WORD, at, word)
            self._add(asked, label, WORDS, said["means"])

    def _add(self, asked: Question, label: str, choices: Any, present: str) -> None:
        is_open = present == formats.AMBIGUOUS
        name = f"answer-{len(self.asked)}"
        self.asked[name] = asked
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            initial=None if is_open else present,
            widget=forms.RadioSelect if is_open else forms.Select,
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
            initial=self.batch.options.get(formats.CURRENCY)
            or self.batch.company.currency,
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
        option, at, _word = self.asked[name]
        target = cleaned.get(f"column-{at}")
        if not target or target.startswith(SPECIFICATION):
            return False
        value = field_named(self.kind, target).value
        if option == formats.WORD:
            return value is Value.BOOLEAN
        return value in QUESTIONS and QUESTIONS[value][0] == option

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
        columns: dict[str, Any] = {}
        for name, (option, at, word) in self.asked.items():
            column = columns.setdefault(str(at), {"words": {}})
            answer = self.cleaned_data[name]
            if word:
                column["words"][word] = {"means": answer}
            else:
                column[option] = answer
        currency = self.cleaned_data.get("currency", "")
        return {formats.CURRENCY: currency, "columns": columns}

    @property
    def questions(self) -> list[forms.BoundField]:
        """Those that the cells leave open."""
        return [
            self[name]
            for name in self.asked
            if isinstance(self.fields[name].widget, forms.RadioSelect)
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [self._row(column) for column in self.columns]

    def _row(self, column: Column) -> dict[str, Any]:
        at = str(column.position)
        is_chosen = self.shown.get(at, "") != (column.target or "")
        return {
            "column": column,
            "field": self[f"column-{at}"],
            "why": _("As you chose it.") if is_chosen else column.why,
            "is_sure": is_chosen or column.confidence is Confidence.KNOWN,
        }

    @property
    def settled(self) -> list[dict[str, Any]]:
        """What the cells of whole columns say, and where that can be overruled."""
        found = []
        for column in self.columns:
            kept = formats.column_of(self.batch.options, column.position)
            fields = [
                self[name]
                for name, asked in self.asked.items()
                if asked.column == column.position
                and not isinstance(self.fields[name].widget, forms.RadioSelect)
            ]
            proof = _meanings(kept.get("means", {})) or kept.get("proof", "")
            is_of_words = not any(name in kept for name in formats.ORDERS)
            if fields or (proof and is_of_words):
                header = self.fields[f"column-{column.position}"].label
                found.append({"header": header, "fields": fields, "proof": proof})
        return found


def _meanings(words: Mapping[str, Sequence[str]]) -> str:
    """“In storage: Pending, Ready to Deploy; In repair: Broken”."""
    labels: dict[str, Any] = dict(WORDS)
    return "; ".join(
        _("%(meaning)s: %(words)s")
        % {
            "meaning": labels.get(code) or status_label(code),
            "words": ", ".join(words[code]),
        }
        for code in sorted(words, reverse=True)
    )


def letters(position: int) -> str:
    """The name that spreadsheets give a column: A, B, ... AA."""
    name, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
