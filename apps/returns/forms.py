from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.companies.models import Address, Country
from apps.core.clean import DayField
from apps.core.errors import DomainError, Invalid
from apps.core.query import BadQuery, Problem
from apps.inventory.models import Asset

from . import schedule
from .models import Return
from .services.starting import place_for
from .states import ENDS, Decision, Kind, Method


def refuse(form: forms.Form, error: DomainError) -> None:
    """Shows a refusal beside the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def day_input(**attrs: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class StartForm(forms.Form):
    """Second part: the day, what happens with each item, where to, how to reach."""

    kind: Kind
    day = DayField(widget=day_input())
    address = forms.ModelChoiceField(
        Address.objects.none(), label=_("Where it comes back to"), empty_label=None
    )
    contact_email = forms.EmailField(
        label=_("Contact e-mail"),
        required=False,
        help_text=_("Mails with the personal link go here."),
    )

    def __init__(
        self, *args: Any, person: User, assets: Sequence[Asset], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.assets = person, assets
        places = Address.objects.active().filter(company_id=person.company_id)
        self.fields["address"].queryset = places
        self.fields["address"].initial = _usual_place(person)
        self.fields["contact_email"].initial = person.private_email or person.email
        for asset in assets:
            self.add_item(asset)

    def values(self) -> dict[str, Any]:
        """Clean values under the names of the verb that starts it."""
        raise NotImplementedError

    def add_item(self, asset: Asset) -> None:
        raise NotImplementedError

    def rows(self) -> Iterator[tuple[Asset, list[forms.BoundField]]]:
        """Each asset with its fields."""
        for asset in self.assets:
            names = [name for name in self.fields if name.endswith(f"_{asset.pk}")]
            yield asset, [self[name] for name in names]

    @property
    def place(self) -> Address | None:
        return self.fields["address"].initial

    def require_sound(self, request: HttpRequest) -> None:
        """Raises BadQuery for a draft with values nobody can mean; what is still to be
        filled in is no fault."""
        bad = [
            Problem(name, self[name].data, " ".join(errors))
            for name, errors in self.errors.items()
            if name in self.fields and self[name].data
        ]
        if bad:
            raise BadQuery(bad, request, self)


def _usual_place(person: User) -> Address | None:
    try:
        return place_for(person)
    except Invalid:
        return None


class OffboardingForm(StartForm):
    kind = Kind.OFFBOARDING
    day = DayField(label=_("Last working day"), widget=day_input())

    def add_item(self, asset: Asset) -> None:
        self.fields[f"decision_{asset.pk}"] = forms.ChoiceField(
            label=_("Decision"),
            choices=Decision.choices,
            required=False,
            initial=Decision.RETURN,
            widget=forms.Select(
                attrs={"aria-label": _("Decision for %(asset)s") % {"asset": asset}}
            ),
        )
        self.fields[f"reason_{asset.pk}"] = forms.CharField(
            label=_("Reason"),
            required=False,
            max_length=255,
            widget=forms.TextInput(
                attrs={
                    "placeholder": _("Reason, if not returned"),
                    "aria-label": _("Reason for %(asset)s") % {"asset": asset},
                }
            ),
        )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "last_working_on": data["day"],
            "decisions": {a.pk: data[f"decision_{a.pk}"] for a in self.assets},
            "reasons": {a.pk: data[f"reason_{a.pk}"] for a in self.assets},
            "address": data["address"],
            "contact_email": data["contact_email"],
        }

    def count_back(self) -> int:
        decisions = self.values()["decisions"].values()
        return sum(decision == Decision.RETURN for decision in decisions)

    def count_ending(self) -> int:
        """How many leave the register on the last working day."""
        return sum(d in ENDS for d in self.values()["decisions"].values())

    def first_contact(self) -> Any:
        company = self.person.company
        first = schedule.first_contact(company, self.cleaned_data["day"], None)
        return max(first, timezone.now())


class CollectionForm(StartForm):
    kind = Kind.COLLECTION
    day = DayField(
        label=_("Ask from"),
        widget=day_input(),
        help_text=_("Today: the first mail leaves at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = self.today

    @property
    def today(self) -> date:
        return timezone.localdate(timezone=self.person.zone(self.person.company))

    def add_item(self, asset: Asset) -> None:
        self.fields[f"item_{asset.pk}"] = forms.BooleanField(
            label=_("Collect"),
            required=False,
            initial=len(self.assets) == 1,
            widget=forms.CheckboxInput(
                attrs={"aria-label": _("Collect %(asset)s") % {"asset": asset}}
            ),
        )

    def _wanted(self) -> list[UUID]:
        data = self.cleaned_data
        return [asset.pk for asset in self.assets if data[f"item_{asset.pk}"]]

    def values(self) -> dict[str, Any]:
        return {
            "asset_ids": self._wanted(),
            "starts_at": self._starts_at(),
            "address": self.cleaned_data["address"],
            "contact_email": self.cleaned_data["contact_email"],
        }

    def _starts_at(self) -> Any:
        day = self.cleaned_data["day"]
        is_ahead = day > self.today
        return schedule.day_starts(day, self.person.company) if is_ahead else None

    def count_back(self) -> int:
        return len(self._wanted())

    def first_contact(self) -> Any:
        return self._starts_at() or timezone.now()


START_FORMS: dict[Kind, type[StartForm]] = {
    Kind.OFFBOARDING: OffboardingForm,
    Kind.COLLECTION: CollectionForm,
}


class AnswerForm(forms.Form):
    """How it comes back; the same for a leaver, an employee and staff for them."""

    method = forms.ChoiceField(
        label=_("How shall it travel?"),
        choices=Method.choices,
        widget=forms.RadioSelect,
        initial=Method.PICKUP,
    )
    ready_on = DayField(
        label=_("From which day on?"), required=False, widget=day_input()
    )
    wants_packaging = forms.TypedChoiceField(
        label=_("Do you need packaging?"),
        choices=[("no", _("No, I have a box")), ("yes", _("Yes, please send some"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    full_name = forms.CharField(label=_("Name"), max_length=255)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("The courier may call before coming."),
    )
    street = forms.CharField(
        label=_("Street and number"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    street2 = forms.CharField(
        label=_("Address line 2"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("City"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ModelChoiceField(
        Country.objects.all(), label=_("Country"), required=False
    )
    message = forms.CharField(
        label=_("Is something wrong with this list?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Lost, broken, not yours, given back already: tell us."),
    )

    def __init__(self, *args: Any, ret: Return, **kwargs: Any) -> None:
        names = ("full_name", "phone", "street", "street2", "postal_code", "city")
        initial = {name: getattr(ret, name) for name in (*names, "message")}
        initial["country"] = ret.country_id
        if ret.answered_at:
            initial["method"], initial["ready_on"] = ret.method, ret.ready_on
            initial["wants_packaging"] = "yes" if ret.wants_packaging else "no"
        super().__init__(*args, initial=initial, **kwargs)
        today = timezone.localdate(timezone=ret.user.zone(ret.company))
        self.fields["ready_on"].widget.attrs["min"] = today.isoformat()

    def values(self) -> dict[str, Any]:
        """Clean values under the names of the service."""
        values = dict(self.cleaned_data)
        country = values.pop("country")
        return {**values, "country_id": country.pk if country else None}


class DayForm(forms.Form):
    day = DayField(widget=day_input())

    def __init__(self, *args: Any, ret: Return, **kwargs: Any) -> None:
        zone = ret.user.zone(ret.company)
        starts = timezone.localdate(ret.starts_at, zone) if ret.starts_at else None
        super().__init__(
            *args, initial={"day": ret.last_working_on or starts}, **kwargs
        )
        is_offboarding = ret.is_offboarding
        self.fields["day"].label = (
            _("Last working day") if is_offboarding else _("Ask from")
        )


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"), choices=Decision.choices, required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=255,
        help_text=_("Needed if it leaves the register."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("decision") in ENDS and not found.get("reason", "").strip():
            self.add_error("reason", _("Say why it leaves the register."))
        return found
