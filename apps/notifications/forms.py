from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.query import PagedQuery, SearchField

from .models import MessageQuerySet
from .states import MessageState


class MailFilter(PagedQuery):
    q = SearchField(label=_("Search"))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *MessageState.choices],
    )

    def apply(self, mails: MessageQuerySet) -> MessageQuerySet:
        if state := self.cleaned_data["state"]:
            mails = mails.filter(state=state)
        return mails.search(self.cleaned_data["q"])
