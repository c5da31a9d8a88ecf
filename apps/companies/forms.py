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
            "street2",
            "postal_code",
            "city",
            "region",
            "country",
            "contact_name",
            "contact_phone",
            "contact_email",
            "is_order_supported",
            "is_default",
        ]
        labels = {
            "name": _("Name"),
            "type": _("Kind"),
            "warehouse": _("Warehouse"),
            "street": _("Street and number"),
            "street2": _("Address line 2"),
            "postal_code": _("Postal code"),
            "city": _("City"),
            "region": _("State or province"),
            "country": _("Country"),
            "contact_name": _("Contact person"),
            "contact_phone": _("Phone of the contact person"),
            "contact_email": _("E-mail of the contact person"),
            "is_order_supported": _("Orders are delivered here"),
            "is_default": _("Returns come here"),
        }
        help_texts = {
            "warehouse": _("Only for a shelf in a Tequipy warehouse."),
            "is_order_supported": "",
        }

    def _post_clean(self) -> None:
        """The service checks; the instance stays as it is."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
