from typing import Any

from allauth.account import forms as allauths
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.roles import CLIENT_ROLES

from . import api_tokens, resets, roles


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


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=128,
        help_text=_("It stands in the history, as in “HRIS sync”."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (code, label) for code, label in roles.CHOICES if code in CLIENT_ROLES
        ],
    )
    days = forms.IntegerField(
        label=_("Good for, in days"),
        min_value=1,
        max_value=api_tokens.MOST_DAYS,
        initial=api_tokens.DAYS,
    )
