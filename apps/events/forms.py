from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.clean import DayField
from apps.core.query import PagedQuery

from .models import EventQuerySet


class HistoryFilter(PagedQuery):
    about = forms.ChoiceField(
        label=_("About"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("asset", _("Assets")),
            ("user", _("People")),
            ("return", _("Returns")),
            ("shipment", _("Parcels")),
            ("import", _("Imports")),
        ],
    )
    thing = forms.UUIDField(required=False, widget=forms.HiddenInput)
    until = DayField(
        label=_("Until"),
        required=False,
    )

    def apply(self, events: EventQuerySet, zone: ZoneInfo) -> EventQuerySet:
        if kind := self.cleaned_data["about"]:
            events = events.filter(subject_type=kind)
        if thing := self.cleaned_data["thing"]:
            events = events.about(thing)
        if day := self.cleaned_data["until"]:
            events = events.filter(
                occurred_at__lte=datetime.combine(day, time.max, zone)
            )
        return events
