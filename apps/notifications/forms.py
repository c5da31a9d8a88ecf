from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import MessageQuerySet
from .states import MessageState


class MailFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *MessageState.choices],
    )

    def apply(self, mails: MessageQuerySet) -> MessageQuerySet:
        self.is_valid()
        if state := self.cleaned_data.get("state"):
            mails = mails.filter(state=state)
        return mails.search(self.cleaned_data.get("q", ""))
