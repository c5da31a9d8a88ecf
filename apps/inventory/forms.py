from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalog.models import Category, Product
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.pagination import Page, keyset_page

from .models import GRADES, Asset, AssetQuerySet
from .states import ArchiveReason, AssetState

SORTS = {"": "-created_at", "name": "name", "serial": "serial_number"}
HOLDERS = {"user": "user", "address": "address", "shipment": "shipment"}


class PersonField(forms.CharField):
    """Somebody of the company by e-mail, completed while typing."""

    actor: Actor

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            "list": "people-options",
            "autocomplete": "off",
            "placeholder": _("Name or e-mail"),
            "hx-get": reverse_lazy("inventory:people_options"),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": "#people-options",
        }

    def clean(self, value: str) -> User | None:
        email = super().clean(value).strip()
        if not email:
            return None
        people = User.objects.visible_to(self.actor).people().present()
        found = people.filter(email__iexact=email).select_related("company").first()
        if found is None:
            raise forms.ValidationError(_("Choose somebody from the list."))
        return found


class AssetFilter(forms.Form):
    """The list's query string; a value it doesn't know filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *AssetState.choices],
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=[("", _("Any category")), *Category.choices],
    )
    address = forms.ModelChoiceField(
        label=_("Place"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=_("Any place"),
    )
    holder = forms.ChoiceField(
        label=_("Held by"),
        required=False,
        choices=[
            ("", _("Anybody")),
            ("user", _("People")),
            ("address", _("Places")),
            ("shipment", _("Parcels")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Newest first")),
            ("name", _("By name")),
            ("serial", _("By serial number")),
        ],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Address.objects.visible_to(actor)
        self.fields["address"].queryset = places.order_by("name")
        self.actor = actor

    def apply(self, assets: AssetQuerySet) -> AssetQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("state"):
            assets = assets.filter(state=wanted["state"])
        if wanted.get("address"):
            assets = assets.filter(address=wanted["address"])
        if wanted.get("category"):
            products = Product.objects.visible_to(self.actor)
            found = products.filter(category=wanted["category"])
            assets = assets.filter(product__in=found.values("pk"))
        if wanted.get("holder"):
            assets = assets.filter(**{f"{HOLDERS[wanted['holder']]}__isnull": False})
        return assets.search(wanted.get("q", ""))

    def page(self, assets: AssetQuerySet, *, after: str) -> Page:
        self.is_valid()
        sort = SORTS[self.cleaned_data.get("sort", "")]
        return keyset_page(assets.for_list(), sort=sort, after=after)


class AssetForm(forms.ModelForm):
    """Facts of an asset; the service checks and saves them."""

    grade = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=[("", _("Not graded")), *((letter, letter) for letter in GRADES)],
    )

    class Meta:
        model = Asset
        fields = [
            "product",
            "name",
            "serial_number",
            "asset_tag",
            "external_id",
            "purchased_on",
            "purchase_price",
            "currency",
            "warranty_ends_on",
            "supplier",
            "order_number",
            "notes",
        ]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("purchased_on", "warranty_ends_on")
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.visible_to(actor).order_by("name")
        self.fields["product"].queryset = products
        self.fields["name"].required = False
        self.fields["name"].help_text = _("The product's name if left empty.")
        if self.instance.pk and not self.is_bound:
            self.initial["grade"] = self.instance.grade

    def _post_clean(self) -> None:
        """The service checks; the instance stays as it is."""

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["product_id"] = values.pop("product").pk
        values["condition"] = GRADES.get(values.pop("grade"))
        values["currency"] = values["currency"].upper()
        return values


class NewAssetForm(AssetForm):
    """A device that comes into the books, and where it is."""

    place = forms.ModelChoiceField(
        label=_("In storage at"), queryset=Address.objects.none(), required=False
    )
    person = PersonField(label=_("Or with"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["place"].queryset = Address.objects.visible_to(actor).active()
        self.fields["person"].actor = actor

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if bool(found.get("place")) == bool(found.get("person")):
            self.add_error("place", _("Choose either a place or a person."))
        return found

    def values(self) -> dict[str, Any]:
        values = super().values()
        place, person = values.pop("place"), values.pop("person")
        product = self.cleaned_data["product"]
        values.pop("product_id")
        return {**values, "product": product, "holder": place or person}


class HandOverForm(forms.Form):
    person = PersonField(label=_("To"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor


class PlaceForm(forms.Form):
    address = forms.ModelChoiceField(label=_("Place"), queryset=Address.objects.none())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Address.objects.visible_to(actor).active()
        self.fields["address"].queryset = places.order_by("name")


class RetireForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=ArchiveReason.choices)


class DayForm(forms.Form):
    on = forms.DateField(
        label=_("Who had it on"), widget=forms.DateInput(attrs={"type": "date"})
    )
