from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address, AddressQuerySet
from apps.core.query import Query, SearchField
from apps.inventory.receiving import ReceivingForm


class DeskQuery(Query):
    """What was scanned, or one thing by its id."""

    code = SearchField(max_length=128)
    asset = forms.UUIDField(required=False)
    parcel = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["return"] = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        given = [name for name in self.fields if found.get(name)]
        for name in given[1:]:
            self.add_error(name, _("Ask for one thing: a code or one id."))
        return found


class EverythingQuery(Query):
    q = SearchField()


class DeskForm(ReceivingForm):
    """What is on the desk: onto which shelf, in which condition."""

    address = forms.ModelChoiceField(
        Address.objects.none(),
        label=_("Place"),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose a place where you work.")},
    )

    def __init__(
        self, *args: Any, places: AddressQuerySet, place: Address | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["address"]
        field.queryset = places
        known = list(places)
        field.initial = place if place in known else next(iter(known), None)
        if len(known) == 1:
            field.widget = forms.HiddenInput()
