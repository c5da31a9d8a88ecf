from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalog.models import Category, Product
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.clean import DayField, one_line
from apps.core.errors import DomainError
from apps.core.fields import TableForm
from apps.core.keys import exactly
from apps.core.query import PickerQuery, Query, SearchField

from . import services
from .fields import FIELDS
from .models import GRADES, Asset, AttachmentKind
from .states import ArchiveReason, Grade

MEANT_SHOWN = 3


def _meant(found: Iterable[Any], describe: Callable[[Any], str]) -> str:
    """Those that may be meant, for a question."""
    return "; ".join(sorted(map(describe, found))[:MEANT_SHOWN])


class PersonField(forms.CharField):
    """Somebody of the company by e-mail or the whole name, completed while typing."""

    actor: Actor
    default_error_messages = {"required": _("Choose a person.")}

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
        text = super().clean(one_line(value or ""))
        if not text:
            return None
        people = User.objects.visible_to(self.actor).people().present().called(text)
        found = list(people.select_related("company"))
        exact = exactly(text, found, *User.NAMES)
        if len(exact) == 1:
            return exact[0]
        raise self._question(text, exact, found)

    def _question(
        self, text: str, exact: list[User], found: list[User]
    ) -> forms.ValidationError:
        message = _("Choose somebody from the list.")
        if exact:
            message = _(
                "Several people are called “%(text)s”: enter the e-mail: %(who)s."
            )
        elif found:
            message = _(
                "Nobody is called “%(text)s”. If you mean one of these, enter the "
                "e-mail: %(who)s."
            )
        who = _meant(exact or found, attrgetter("name_and_email"))
        return forms.ValidationError(message % {"text": text, "who": who})


class ProductField(forms.CharField):
    """A product of the catalogue by its label, completed while typing.

    With `may_be_new`, a name that the catalogue lacks is an unsaved Product.
    """

    actor: Actor
    alike = ""  # what the catalogue has of nearly this name

    def __init__(self, *, may_be_new: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=255, **kwargs)
        self.may_be_new = may_be_new

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "list": "product-options",
            "autocomplete": "off",
            "placeholder": _("Name or model number"),
            "hx-get": reverse_lazy("inventory:product_options"),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": "#product-options",
        }

    def clean(self, value: str) -> Product:
        text = super().clean(one_line(value or ""))
        found = list(Product.objects.visible_to(self.actor).called(text))
        exact = exactly(text, found, attrgetter("label"), attrgetter("name"))
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise forms.ValidationError(
                _("There are several: choose the one with the right model number.")
            )
        self.alike = _meant(found, attrgetter("label"))
        if self.may_be_new:
            return Product(name=text)
        message = _("Choose a product from the list.")
        if self.alike:
            message = _("There is no “%(text)s”. Do you mean %(alike)s?")
        raise forms.ValidationError(message % {"text": text, "alike": self.alike})


class ProductPicker(PickerQuery):
    names = ("product",)


class PersonPicker(PickerQuery):
    names = ("person",)


class AssetForm(TableForm):
    """Facts of an asset; the service checks and saves them."""

    table = FIELDS

    product = ProductField(label=FIELDS["product_id"].label)
    grade = forms.ChoiceField(
        label=FIELDS["condition"].label,
        required=False,
        choices=[("", _("Not graded")), *Grade.choices],
    )
    field_order = ["product", "serial_number", "asset_tag", "name", "grade"]

    class Meta:
        model = Asset
        fields = FIELDS.asked
        formfield_callback = FIELDS.formfield

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].actor = actor
        if not self.instance._state.adding:
            self.initial["product"] = self.instance.product.label
            self.initial["grade"] = self.instance.grade

    def _post_clean(self) -> None:
        """The service checks; the instance stays as it is."""

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        product, grade = values.pop("product"), values.pop("grade")
        values["product_id"] = product.pk
        values["name"] = one_line(values["name"]) or product.name
        # A condition between two grades stays as it is until somebody grades anew.
        if "grade" in self.changed_data:
            values["condition"] = GRADES.get(grade)
        return values

    def refuse(self, error: DomainError) -> None:
        """Shows a refusal beside the field that it is about."""
        name = FIELDS.form_name(error.field)
        self.add_error(name if name in self.fields else None, error.message)


class FactForm(AssetForm):
    """One fact, and with a price its currency, where it stands on the page."""

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = FIELDS[name]
        asked = {field.form_name, field.currency}
        for other in self.fields.keys() - asked:
            del self.fields[other]
        self.version = FIELDS.version(self.instance, name)

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        if "product" in values:
            return {"product_id": values["product"].pk}
        if "grade" in values:
            is_new = "grade" in self.changed_data
            return {"condition": GRADES.get(values["grade"])} if is_new else {}
        return values


class NewAssetForm(AssetForm):
    """A device that comes into the register, and where it is."""

    product = ProductField(label=FIELDS["product_id"].label, may_be_new=True)
    category = forms.ChoiceField(
        label=_("Category of a new product"),
        required=False,
        choices=[("", _("The catalogue has it")), *Category.choices],
    )
    place = forms.ModelChoiceField(
        label=_("In storage at"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=_("Not in storage"),
    )
    person = PersonField(label=_("Or with"), required=False)
    field_order = [
        "product",
        "category",
        "serial_number",
        "asset_tag",
        "place",
        "person",
        "name",
        "grade",
    ]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        places = Address.objects.visible_to(actor).active()
        self.fields["place"].queryset = places.order_by("name")
        self.fields["person"].actor = actor

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        product = found.get("product")
        if product and product._state.adding and not found.get("category"):
            message = _("The catalogue has no %(name)s: choose a category to add it.")
            alike = self.fields["product"].alike
            if alike:
                message = _(
                    "The catalogue has no %(name)s, but %(alike)s: choose that, or "
                    "choose a category to add it."
                )
            message %= {"name": product.name, "alike": alike}
            self.add_error("category", message)
        is_refused = {"place", "person"} & set(self.errors)
        if not is_refused and bool(found.get("place")) == bool(found.get("person")):
            self.add_error("place", _("Choose either a place or a person."))
        return found

    def values(self) -> dict[str, Any]:
        values = super().values()
        place, person = values.pop("place"), values.pop("person")
        del values["product_id"], values["category"]
        return {**values, "holder": place or person}


class HandOverForm(forms.Form):
    person = PersonField(label=_("To"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor


class PlaceForm(forms.Form):
    address = forms.ModelChoiceField(label=_("Place"), queryset=Address.objects.none())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Address.objects.visible_to(actor).active().order_by("name")
        field = self.fields["address"]
        field.queryset = places
        if not self.is_bound:  # to choose from them, their names do
            names = places.values_list("pk", "name")
            field.choices = [("", field.empty_label), *names]


class RetireForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[("", _("Choose a reason")), *ArchiveReason.choices],
    )


class NewAssetQuery(Query):
    """What a scan that found nothing fills in."""

    serial_number = SearchField(max_length=128)


class DayForm(Query):
    on = DayField(label=_("Who had it on"), required=False, allows_future=False)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; the verb looks into each."""

    widget = FilesInput
    default_error_messages = {"required": _("Choose a file.")}

    def clean(self, value: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        chosen = value if isinstance(value, list | tuple) else [value]
        return [one(file, initial) for file in chosen or [None]]


class FileForm(forms.Form):
    files = FilesField(label=_("Files"), allow_empty_file=True)
    kind = forms.ChoiceField(
        label=_("What they are"),
        choices=AttachmentKind.choices,
        initial=AttachmentKind.OTHER,
    )


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=services.COMMENT_LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )
