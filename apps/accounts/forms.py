from typing import Any

from allauth.account import forms as allauths
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core import languages
from apps.core.roles import CLIENT_ROLES

from . import api_tokens, resets, roles
from .models import User


class ResetPasswordForm(allauths.ResetPasswordForm):
    """Whether anybody signs in with the address is looked up later, by a worker: the
    answer, and the time it takes, are the same for all."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        resets.ask(self.cleaned_data["email"], language=languages.current())
        return self.cleaned_data["email"]


class AddressForm(forms.Form):
    new_email = forms.EmailField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class LanguageForm(forms.Form):
    """Of somebody's own pages and mails."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Of your pages and mails.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = user.company.get_language_display()
        as_theirs = _("As %(company)s: %(language)s")
        words = {"company": user.company.name, "language": theirs}
        field = self.fields["language"]
        field.choices = [("", as_theirs % words), *languages.choices()]
        field.initial = user.language


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
