from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.core.query import PagedQuery

from .models import BulkJob
from .services import Selection
from .states import Outcome

TABS = (Outcome.REFUSED, Outcome.DONE, Outcome.SKIPPED, Outcome.WAITING)


def name_of(outcome: Outcome) -> str:
    """In a query string; the outcome of what nobody has dealt with has no code."""
    return outcome.value or outcome.name


def selection_of(request: HttpRequest) -> Selection:
    """What a list posts: `all` with its query string, if all that fit are meant, also
    beyond its page; else `ids`. Raises Invalid `bad_id`."""
    if "all" in request.POST:
        return Selection(query=request.POST["all"])
    try:
        ids = [UUID(text) for text in request.POST.getlist("ids")]
    except ValueError as error:
        message = _("The list sent something that is no id: open it again.")
        raise Invalid("bad_id", message, field="ids") from error
    return Selection(list(dict.fromkeys(ids)))


class ResultQuery(PagedQuery):
    """Which results of a job are shown."""

    outcome = forms.ChoiceField(
        required=False, choices=[(name_of(one), one.label) for one in TABS]
    )

    def __init__(self, *args: Any, job: BulkJob, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.job = job

    @property
    def shows(self) -> Outcome:
        """As asked for, else the first that there is."""
        asked = self.cleaned_data["outcome"]
        if asked:
            return next(one for one in TABS if name_of(one) == asked)
        return next((one for one in TABS if self.job.count(one)), Outcome.DONE)
