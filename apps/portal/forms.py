from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.query import Query, SearchField
from apps.inventory.models import GRADES, Asset


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


class DeskForm(forms.Form):
    """One asset on the desk: onto which shelf, in which condition."""

    grade = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=[(letter, letter) for letter in GRADES],
        widget=forms.RadioSelect,
        help_text=_("A like new, B light signs of use, C clear signs, D damaged"),
    )
    address = forms.ModelChoiceField(
        Address.objects.none(), label=_("Place"), empty_label=None
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        asset: Asset,
        place: Address | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, auto_id=f"{asset.pk}_%s", **kwargs)
        mine = Address.objects.visible_to(actor).active()
        mine = mine.filter(company_id=asset.company_id)
        field = self.fields["address"]
        field.queryset = mine
        known = list(mine)
        field.initial = place if place in known else next(iter(known), None)
        if len(known) == 1:
            field.widget = forms.HiddenInput()
