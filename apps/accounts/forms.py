from typing import Any

from allauth.account import forms as allauths
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import resets


class ResetPasswordForm(allauths.ResetPasswordForm):
    """Whether anybody signs in with the address is looked up later, by a worker: the
    answer, and the time it takes, are the same for all."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        resets.ask(self.cleaned_data["email"])
        return self.cleaned_data["email"]


class AddressForm(forms.Form):
    new_email = forms.EmailField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
