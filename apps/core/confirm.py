"""A page between a button and what can't be taken back at once: it names what will
happen. It works without scripts and keeps nothing: what was posted is posted again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

CONFIRMED = "confirmed"
NOTHING: Mapping[str, str] = MappingProxyType({})


class ReasonForm(forms.Form):
    """Why something is ended: one of the codes of its verb."""

    reason = forms.ChoiceField(label=_("Why?"))

    def __init__(
        self, *args: object, choices: Iterable[tuple[str, object]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].choices = [("", _("Choose a reason")), *choices]  # type: ignore[attr-defined]


def posted(request: HttpRequest, *besides: str) -> Iterator[tuple[str, str]]:
    """Names and values that the page sent, for hidden fields of the next one."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", *besides):
            yield from ((name, value) for value in values)


def ask(
    request: HttpRequest,
    *,
    heading: str,
    consequences: Iterable[str],
    submit: str,
    back: str,
    shown: Mapping[str, str] = NOTHING,
) -> HttpResponse | None:
    """The page that asks; None once this very form was confirmed. What the page itself
    has `shown` is posted by it, instead of what was posted to it under these names."""
    if request.POST.get(CONFIRMED) == "yes":
        return None
    context = {
        "heading": heading,
        "consequences": list(consequences),
        "submit": submit,
        "cancel_url": back,
        "fields": [
            *posted(request, CONFIRMED, *shown),
            *shown.items(),
            (CONFIRMED, "yes"),
        ],
        "action": request.get_full_path(),
    }
    return render(request, "confirm.html", context)
