from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.fields import FIELDS
from apps.accounts.models import User
from apps.accounts.states import ArchivedBecause
from apps.companies.models import Address
from apps.core.actor import Actor, Role
from apps.core.clean import DayField
from apps.core.fields import TableForm
from apps.core.query import Query

from .lists import ROLES
from .services import Way


class PersonForm(TableForm):
    """Facts of a person; the service checks and saves them."""

    table = FIELDS

    role = forms.ChoiceField(
        label=FIELDS["role"].label, choices=ROLES, initial=Role.EMPLOYEE
    )

    class Meta:
        model = User
        fields = FIELDS.asked
        formfield_callback = FIELDS.formfield

    def validate_unique(self) -> None:
        """The service answers, with the field and in the right company."""

    def validate_constraints(self) -> None:
        """See validate_unique."""

    def values(self) -> dict[str, Any]:
        """Clean values under the names of the service."""
        values = {name: self.cleaned_data[name] for name in self.fields}
        country = values.pop("country")
        return {**values, "country_id": country.pk if country else None}


class ArchiveForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[("", _("Choose a reason")), *ArchivedBecause.choices],
    )
    way = forms.ChoiceField(
        label=_("What becomes of the equipment they still have?"),
        choices=Way,
        initial=Way.ARCHIVED,
        widget=forms.RadioSelect,
    )


class RehireForm(forms.Form):
    start_on = DayField(
        label=_("First working day"),
        required=False,
        help_text=_(
            "The new one; it may lie ahead. Empty: they never really left, and the "
            "first working day stays as it is."
        ),
    )


class WorkplaceForm(forms.Form):
    address = forms.ModelChoiceField(Address.objects.none(), label=_("Place"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].queryset = Address.objects.visible_to(actor).active()


class DayForm(Query):
    on = DayField(
        label=_("At the end of which day?"),
        required=False,
        allows_future=False,
    )
