"""What the rows of a batch are filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.query import PagedQuery, PickerQuery, SearchField
from apps.core.showing import grouped
from apps.imports.columns.fields import field_label
from apps.imports.models import Batch, BatchRow, BatchRowQuerySet
from apps.imports.states import LEFT_OUT, WARNED, Kind, Verdict
from apps.imports.targets import staleness

# Lists of an undone batch, beside those by verdict.
UNDONE, KEPT = "UNDONE", "KEPT"
STALE = "yes"

REASONS: dict[str, Any] = {
    "ambiguous": _("Fits more than one"),
    "apostrophe": _("An apostrophe before it"),
    "asset_gone": _("The device is gone"),
    "bad_amount": _("Not a price"),
    "bad_boolean": _("Neither yes nor no"),
    "bad_condition": _("Not a condition"),
    "bad_currency": _("Not a currency"),
    "bad_date": _("Not a date"),
    "bad_day": _("A day that can't be meant"),
    "bad_email": _("Not an e-mail address"),
    "bad_holder_kind": _("Not a kind of holder"),
    "bad_money": _("Not an amount"),
    "bad_months": _("Not a number of months"),
    "became_a_day": _("Turned into a day"),
    "became_a_number": _("Damaged by a spreadsheet"),
    "beside_left_out": _("Beside a cell that is left out"),
    "cannot_clear": _("Can't be cleared"),
    "changed_since_plan": _("Changed after the plan"),
    "claimed": _("Part of an order or a return"),
    "contradiction": _("Contradicts what was written"),
    "country_not_served": _("Country not served"),
    "currency_unclear": _("Unclear currency"),
    "date_is_number": _("A number instead of a date"),
    "date_order_unknown": _("Day or month first?"),
    "decimal_mark_unknown": _("Point or comma?"),
    "differs_from_holder": _("Differs from the holder"),
    "differs_from_model": _("Differs from the model"),
    "differs_from_name": _("Differs from first and last name"),
    "digits_lost": _("Digits lost in a spreadsheet"),
    "decided_against": _("Left out, as decided"),
    "email_taken": _("E-mail taken"),
    "employee_number_taken": _("Employee number taken"),
    "erased": _("Somebody in it was erased"),
    "former_currency": _("Money of former times"),
    "garbled": _("Garbled letters"),
    "has_left": _("Has left"),
    "holder_beside_state": _("A holder, but not in use"),
    "in_use_without_holder": _("In use, but no holder"),
    "is_offboarding": _("Leaving goes by an offboarding"),
    "mapped_gone": _("What it was taken for is gone"),
    "name_and_email_needed": _("Name or e-mail missing"),
    "no_email": _("E-mail missing"),
    "no_name": _("Name missing"),
    "no_place": _("No place"),
    "no_product": _("No model"),
    "no_serial": _("No serial number"),
    "no_serial_or_tag": _("Neither serial number nor tag"),
    "no_such_day": _("No such day"),
    "not_created": _("Names what is not to be created"),
    "not_rehired_here": _("Not taken back here"),
    "other_key": _("Another key than the known one"),
    "other_company": _("Of another company"),
    "overruled": _("Other cells of the row say otherwise"),
    "person_has_left": _("The holder has left"),
    "person_unknown": _("Nobody of this name"),
    "place_closed": _("The place is closed"),
    "place_left_out": _("A place, but it stands at none"),
    "price_without_currency": _("A price without currency"),
    "repeated": _("Stands in the file twice"),
    "role_not_allowed": _("A role that can't be given"),
    "serial_taken": _("Serial number taken"),
    "spreadsheet_error": _("An error of a spreadsheet"),
    "starts_before_end": _("First day before the last one"),
    "state_stays": _("Another state, which stays"),
    "stored_with_holder": _("In storage, but a holder"),
    "stray_quote": _("A quotation mark too many"),
    "tag_taken": _("Asset tag taken"),
    "too_long": _("Too long"),
    "too_many_cells": _("More cells than columns"),
    "too_many_decimals": _("Too many decimals"),
    "two_currencies": _("Two currencies"),
    "unknown_country": _("Unknown country"),
    "unknown_status": _("Unknown status"),
    "warranty_differs": _("A warranty that ends on two days"),
    "warranty_without_date": _("A warranty without a date"),
    "workflow_state": _("Comes from an order or a return"),
    "wrong_state": _("Can't become that"),
}


class RowsFilter(PagedQuery):
    """`shows` is the list of rows that is asked for, else the first that has any; ""
    is all lists, of rows about what changed after the plan."""

    verdict = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    q = SearchField(label=_("Search"))
    what = forms.ChoiceField(label=_("What"), required=False)
    stale = forms.ChoiceField(
        label=_("Rows"),
        required=False,
        choices=[("", _("Any row")), (STALE, _("Changed after the plan"))],
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, lists = batch, lists_of(batch)
        names = [(name, name) for name, _count in lists]
        self.fields["verdict"].choices = [("", ""), *names]
        if not staleness.may_be(batch):
            del self.fields["stale"]
        is_of_all = "stale" in self.fields and self.data.get("stale") == STALE
        first = next((name for name, count in lists if count), lists[0][0])
        first = "" if is_of_all else first
        self.shows = shows = self.data.get("verdict") or first
        facets = batch.facets.get(shows, {})
        found = sorted(facets.items(), key=lambda facet: -facet[1])
        if found:
            tells_why = shows in LEFT_OUT or shows == WARNED
            everything = _("Any reason") if tells_why else _("Any change")
            choices = [
                (name, f"{self._label(name)} ({grouped(n)})") for name, n in found
            ]
            self.fields["what"].choices = [("", everything), *choices]
        else:
            del self.fields["what"]

    def _label(self, name: str) -> str:
        if self.shows in LEFT_OUT or self.shows == WARNED:
            return reason(name)
        return field_label(Kind(self.batch.kind), name)

    def apply(self) -> BatchRowQuerySet:
        rows = BatchRow.objects.of(self.batch)
        if self.shows == KEPT:
            rows = rows.kept_by_undoing()
        elif self.shows == WARNED:
            rows = rows.warned()
        elif self.shows == UNDONE:
            rows = rows.filter(undone_at__isnull=False)
        elif self.shows:
            rows = rows.filter(verdict=self.shows)
        if self.cleaned_data.get("stale"):
            rows = staleness.among(rows, self.batch)
        if text := self.cleaned_data.get("q"):
            rows = rows.saying(text)
        if what := self.cleaned_data.get("what"):
            rows = self._of(rows, what)
        return rows

    def _of(self, rows: BatchRowQuerySet, what: str) -> BatchRowQuerySet:
        if self.shows == WARNED:
            return rows.warned_of(what)
        if self.shows in LEFT_OUT:
            return rows.refused_for(what)
        return rows.changing(what)


def reason(code: str) -> str:
    """Why rows are refused or warned about, as a person reads it."""
    return str(REASONS.get(code) or _("Another reason"))


class UsePicker(PickerQuery):
    """What a name in the file is taken for, as it is typed."""

    def is_typed(self, name: str) -> bool:
        return name.startswith("use-") and name.removeprefix("use-").isdecimal()


def lists_of(batch: Batch) -> list[tuple[str, int]]:
    """The lists of rows that a batch has, with how many are in each."""
    if batch.undone_rows or batch.kept_rows:
        lists = [(KEPT, batch.kept_rows), (UNDONE, batch.undone_rows)]
        left = batch.applied_rows - batch.undone_rows - batch.kept_rows
        if left:
            lists += _written(batch)
    else:
        lists = _written(batch)
    rest = (Verdict.SAME, Verdict.CONFLICT, Verdict.AMBIGUOUS, Verdict.REFUSED)
    lists += [(v, batch.count(v)) for v in rest if batch.count(v) or v not in RARE]
    return lists + ([(WARNED, batch.warned_rows)] if batch.warned_rows else [])


def _written(batch: Batch) -> list[tuple[str, int]]:
    found = [(verdict, batch.count(verdict)) for verdict in WRITTEN_IN_ORDER]
    return [one for one in found if one[1] or one[0] not in RARE]


# Lists that are shown only if they have rows.
RARE = frozenset({Verdict.REHIRE, Verdict.CONFLICT})
WRITTEN_IN_ORDER = (Verdict.CREATE, Verdict.CHANGE, Verdict.REHIRE)
