from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.fields import FIELDS
from apps.accounts.models import User, UserQuerySet
from apps.accounts.states import ArchivedBecause, UserState
from apps.companies.models import Address, Country
from apps.core.actor import Actor, Role
from apps.core.clean import DayField
from apps.core.fields import TableForm
from apps.core.query import PagedQuery, Query, SearchField
from apps.core.roles import COMPANY_ROLES

from .services import Way

ROLES = [choice for choice in roles.CHOICES if choice[0] in COMPANY_ROLES]
STATES = [choice for choice in UserState.choices if choice[0] != UserState.DELETED]


class PeopleExport(Query):
    q = SearchField(label=_("Search"))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *STATES]
    )
    department = forms.ChoiceField(label=FIELDS["department"].label, required=False)
    country = forms.ChoiceField(label=FIELDS["country_id"].label, required=False)
    role = forms.ChoiceField(
        label=FIELDS["role"].label,
        required=False,
        choices=[("", _("Any role")), *ROLES],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("By name")), ("newest", _("Newest first"))],
    )

    def __init__(self, *args: Any, people: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = people.exclude(department="").order_by("department")
        names = departments.values_list("department", flat=True).distinct()
        self.fields["department"].choices = [
            ("", _("Any department")),
            *((name, name) for name in names),
        ]
        countries = Country.objects.filter(pk__in=people.values("country"))
        self.fields["country"].choices = [
            ("", _("Any country")),
            *((country.code, str(country)) for country in countries),
        ]

    def apply(self, people: UserQuerySet) -> UserQuerySet:
        wanted = self.cleaned_data
        for name in ("state", *(field.form_name for field in FIELDS.filtered)):
            if wanted[name]:
                people = people.filter(**{name: wanted[name]})
        return people.search(wanted["q"])

    @property
    def order(self) -> str:
        return "-id" if self.cleaned_data["sort"] == "newest" else "last_name"


class PeopleFilter(PeopleExport, PagedQuery):
    """The same filters, page by page."""


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
