"""Admin actions that call verbs. Above core, because it knows who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.admin import ReadOnlyAdmin
from apps.core.errors import DomainError

from .sessions import actor_of_login

_SHOWN_REFUSALS = 10


class VerbAdmin(ReadOnlyAdmin):
    """A read-only admin whose actions are verbs, each row in a transaction of its
    own: a refusal of one stops none of the others."""

    def run(
        self,
        request: HttpRequest,
        queryset: models.QuerySet,
        verb: Callable[..., Any],
        *args: Any,
    ) -> None:
        actor, done, refusals = actor_of_login(request.user), 0, []
        for row in queryset:
            try:
                with transaction.atomic():
                    verb(row, *args, actor=actor)
            except DomainError as error:
                refusals.append(error.message)
            else:
                done += 1
        self._report(request, done, refusals)

    def _report(self, request: HttpRequest, done: int, refusals: list[str]) -> None:
        if done:
            text = ngettext("%(count)d done.", "%(count)d done.", done)
            messages.success(request, text % {"count": done})
        if refusals:
            count = len(refusals)
            text = ngettext("%(count)d refused.", "%(count)d refused.", count)
            messages.error(request, text % {"count": count})
        for refusal in dict.fromkeys(refusals[:_SHOWN_REFUSALS]):
            messages.warning(request, refusal)
        if len(refusals) > _SHOWN_REFUSALS:
            messages.warning(request, _("Further refusals are not shown."))
