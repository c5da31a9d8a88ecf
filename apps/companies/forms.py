from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Address


class AddressForm(forms.ModelForm):
    """A place of the company; the service checks and saves it."""

    class Meta:
        model = Address
        fields = [
            "name",
            "type",
            "warehouse",
            "street",
            "postal_code",
            "city",
            "country",
            "is_default",
        ]
        labels = {
            "name": _("Name"),
            "type": _("Kind"),
            "warehouse": _("Warehouse"),
            "street": _("Street and number"),
            "postal_code": _("Postal code"),
            "city": _("City"),
            "country": _("Country"),
            "is_default": _("Returns come here"),
        }
        help_texts = {"warehouse": _("Only for a shelf in a Tequipy warehouse.")}

    def _post_clean(self) -> None:
        """The service checks; the instance stays as it is."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
