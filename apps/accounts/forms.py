from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    new_email = forms.EmailField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
