from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, VerbFormAdmin, verb_action
from apps.companies.models import Company, Country
from apps.core import money
from apps.core.actor import Actor, Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline, ReferenceAdmin
from apps.core.errors import Invalid

from . import services
from .models import (
    KeyboardLayout,
    Kit,
    KitSlot,
    Product,
    ProductPrice,
    ServicePrice,
    Warranty,
    WarrantyPrice,
)


class ProductPriceInline(ReadOnlyInline):
    model = ProductPrice


class KitSlotInline(ReadOnlyInline):
    model = KitSlot


class ProductActionForm(ActionForm):
    """Beside the list of actions: for publishing, and for prices."""

    to_company = forms.CharField(label=_("Company (slug)"), required=False)
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3)
    amount = forms.CharField(label=_("Amount"), required=False, max_length=20)
    country = forms.CharField(label=_("Country (code)"), required=False, max_length=2)
    is_special = forms.BooleanField(label=_("Agreed with this company"), required=False)


@admin.register(Product)
class ProductAdmin(VerbAdmin):
    list_display = ["name", "company", "category", "manufacturer", "is_orderable"]
    list_select_related = ["company"]
    list_filter = ["category", "is_orderable"]
    search_fields = ["company__slug__exact", "name__istartswith", "sku__exact"]
    ordering = ["-id"]
    inlines = [ProductPriceInline]
    action_form = ProductActionForm
    actions = ["publish", "set_price", "offer", "withdraw"]

    @verb_action(Permission.PRODUCTS_PUBLISH, _("Publish to a company"))
    def publish(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        company = Company.objects.filter(slug=request.POST.get("to_company", ""))
        found = company.first()
        if found is None:
            messages.error(request, _("Enter the slug of the company."))
            return None

        def verb(product: Product, *, actor: Actor) -> None:
            services.publish([product], actor=actor, company=found)

        told = _("They can be ordered by %(company)s then, at the platform's prices.")
        return self.run(request, queryset, verb, told=told % {"company": found})

    @verb_action(Permission.PRICES_EDIT, _("Set the price"))
    def set_price(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        """Without an amount it is taken away."""
        try:
            price = _price_of(request)
        except Invalid as error:
            messages.error(request, error.message)
            return None

        def verb(product: Product, *, actor: Actor) -> None:
            services.set_price(product, actor=actor, **price)

        words = {
            "price": price["amount"] or _("none"),
            "currency": price["currency"],
            "country": price["country"] or _("all countries"),
        }
        told = _("Price in %(currency)s, in %(country)s: %(price)s.")
        return self.run(request, queryset, verb, told=told % words)

    @verb_action(Permission.PRODUCTS_PUBLISH, _("Let them be ordered"))
    def offer(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        return self.run(request, queryset, _orderable(True))

    @verb_action(Permission.PRODUCTS_PUBLISH, _("Let them be ordered no more"))
    def withdraw(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        return self.run(request, queryset, _orderable(False))


def _orderable(is_orderable: bool) -> Any:
    def verb(product: Product, *, actor: Actor) -> None:
        services.set_orderable(product, actor=actor, is_orderable=is_orderable)

    return verb


def _price_of(request: HttpRequest) -> dict[str, Any]:
    """Raises Invalid."""
    said = {name: request.POST.get(name, "").strip() for name in _PRICE_FIELDS}
    country = Country.objects.filter(code=said["country"].upper()).first()
    if said["country"] and country is None:
        raise Invalid("bad_country", _("We work in no country of this code."))
    currency = said["currency"].upper()
    if not currency:
        raise Invalid("no_currency", _("Enter a currency."))
    return {
        "currency": currency,
        "amount": _amount(said["amount"], currency),
        "country": country,
        "is_special": bool(said["is_special"]),
    }


_PRICE_FIELDS = ("currency", "amount", "country", "is_special")


def _amount(text: str, currency: str) -> Decimal | None:
    """Raises Invalid as `money.exact`, and `bad_amount`."""
    try:
        amount = Decimal(text.replace(",", ".")) if text else None
    except InvalidOperation:
        raise Invalid("bad_amount", _("Enter an amount, like 1299.50.")) from None
    money.exact(None, currency)
    return money.exact(amount, currency)


@admin.register(ProductPrice)
class ProductPriceAdmin(ReadOnlyAdmin):
    list_display = ["product", "company", "amount", "currency", "country", "is_special"]
    list_select_related = ["product", "company", "country"]
    search_fields = ["company__slug__exact", "product__name__istartswith"]
    ordering = ["-id"]


class ServicePriceForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        currency = found.get("currency") or self.instance.currency
        if currency and (amount := found.get("amount")) is not None:
            _say(self, "amount", lambda: money.exact(amount, currency))
        return found


def _say(form: forms.Form, field: str, check: Any) -> None:
    """What a verb would refuse, at the field."""
    try:
        check()
    except Invalid as error:
        form.add_error(field, ValidationError(error.message, error.code))


@admin.register(ServicePrice)
class ServicePriceAdmin(VerbFormAdmin):
    form = ServicePriceForm
    fields = ["company", "kind", "country", "currency", "amount"]
    list_display = ["kind", "company", "country", "amount", "currency"]
    list_select_related = ["company", "country"]
    list_filter = ["kind"]
    search_fields = ["company__slug__exact", "country__code__exact"]
    autocomplete_fields = ["company", "country"]
    ordering = ["-id"]
    actions = ["take_away"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: ServicePrice | None = None
    ) -> list[str]:
        return self.fields[:-1] if obj else []

    def call(self, form: Any, *, actor: Actor) -> models.Model:
        row = form.instance
        saved = services.set_service_price(
            row.company,
            actor=actor,
            kind=row.kind,
            country=row.country,
            currency=row.currency,
            amount=row.amount,
        )
        return saved or row

    @verb_action(Permission.PRICES_EDIT, _("Take the price away"))
    def take_away(
        self, request: HttpRequest, queryset: QuerySet[ServicePrice]
    ) -> HttpResponse | None:
        def verb(row: ServicePrice, *, actor: Actor) -> None:
            services.set_service_price(
                row.company,
                actor=actor,
                kind=row.kind,
                country=row.country,
                currency=row.currency,
                amount=None,
            )

        return self.run(request, queryset, verb)


@admin.register(KeyboardLayout)
class KeyboardLayoutAdmin(ReferenceAdmin):
    list_display = ["name", "code", "is_active"]
    search_fields = ["code", "name"]


class WarrantyForm(forms.ModelForm):
    amounts = forms.CharField(
        label=_("Prices"), required=False, help_text=_("EUR 119, PLN 512")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            rows = self.instance.prices.order_by("currency")
            shown = [f"{one.currency} {one.amount}" for one in rows]
            self.initial["amounts"] = ", ".join(shown)

    def clean_amounts(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for part in self.cleaned_data["amounts"].split(","):
            if not part.strip():
                continue
            currency, _blank, text = part.strip().partition(" ")
            try:
                amount = _amount(text.strip(), currency.upper())
            except Invalid as error:
                raise ValidationError(error.message, error.code) from error
            if amount is None or currency.upper() in found:
                raise ValidationError(_("Give each currency one amount."), "bad_amount")
            found[currency.upper()] = amount
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        product, company = found.get("product"), found.get("company")
        if product and company and product.company_id != company.id:
            self.add_error("product", _("There is no such product."))
        return found


@admin.register(Warranty)
class WarrantyAdmin(VerbFormAdmin):
    form = WarrantyForm
    fields = ["company", "product", "category", "months", "is_active", "amounts"]
    list_display = ["months", "company", "category", "product", "is_active"]
    list_select_related = ["company", "product"]
    list_filter = ["category", "is_active"]
    search_fields = ["company__slug__exact", "product__name__istartswith"]
    autocomplete_fields = ["company", "product"]
    ordering = ["-id"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Warranty | None = None
    ) -> list[str]:
        return ["company", "product", "category", "months"] if obj else []

    def call(self, form: Any, *, actor: Actor) -> models.Model:
        row = form.instance
        return services.set_warranty(
            row.company,
            actor=actor,
            months=row.months,
            product=row.product,
            category=row.category,
            is_active=row.is_active,
            prices=form.cleaned_data["amounts"],
        )


@admin.register(WarrantyPrice)
class WarrantyPriceAdmin(ReadOnlyAdmin):
    list_display = ["warranty", "company", "amount", "currency"]
    list_select_related = ["warranty", "company"]
    search_fields = ["company__slug__exact"]
    ordering = ["-id"]


@admin.register(Kit)
class KitAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "updated_at"]
    list_select_related = ["company"]
    search_fields = ["company__slug__exact", "name__istartswith"]
    ordering = ["-id"]
    inlines = [KitSlotInline]


@admin.register(KitSlot)
class KitSlotAdmin(ReadOnlyAdmin):
    list_display = ["kit", "company", "quantity", "category", "fallback_product"]
    list_select_related = ["kit", "company", "fallback_product"]
    search_fields = ["company__slug__exact", "kit__name__istartswith"]
    ordering = ["-id"]
