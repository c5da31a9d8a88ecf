"""Admin actions that call verbs. Above core, because it knows who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import seen
from apps.core.actor import Actor, Permission
from apps.core.admin import ReadOnlyAdmin, ReferenceAdmin, StrictAdmin
from apps.core.confirm import CONFIRMED, posted
from apps.core.errors import DomainError

from .sessions import actor_of_login

_SHOWN_REFUSALS = 10
_AT_ONCE = 200  # what a person can look through before they confirm


def verb_action(permission: Permission, description: Any) -> Callable[[Any], Any]:
    """An action that is shown to who holds the verb's permission."""

    def decorate(action: Any) -> Any:
        action.asks = permission
        return admin.action(description=description)(action)

    return decorate


class _Verbs(StrictAdmin):
    """Actions that are verbs, each row in a transaction of its own: a refusal of one
    stops none of the others."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actor = actor_of_login(request.user)
        return {
            name: (action, *told)
            for name, (action, *told) in super().get_actions(request).items()
            if actor.holds(action.asks)
        }

    def run(
        self,
        request: HttpRequest,
        queryset: models.QuerySet,
        verb: Callable[..., Any],
        *,
        told: str = "",
        reasons: Sequence[tuple[str, Any]] = (),
        moves: bool = False,
    ) -> HttpResponse | None:
        """Asks on a page of its own first, with what is `told` to happen and, if there
        are `reasons`, for one of these. `moves`: the verb compares what that page
        showed (`core.seen`)."""
        rows = list(queryset[: _AT_ONCE + 1])
        if len(rows) > _AT_ONCE:
            text = _("Choose at most %(count)d at once.") % {"count": _AT_ONCE}
            messages.error(request, text)
            return None
        if request.POST.get(CONFIRMED) != "yes":
            return self._ask(request, rows, told, reasons, moves=moves)
        actor, done, refusals = actor_of_login(request.user), 0, []
        more = {"reason": request.POST.get("reason", "")} if reasons else {}
        for row in rows:
            if moves:
                more["seen"] = request.POST.get(f"{seen.FIELD}-{row.pk}", "")
            try:
                with transaction.atomic():
                    verb(row, actor=actor, **more)
            except DomainError as error:
                refusals.append(error.message)
            else:
                done += 1
        self._report(request, done, refusals)
        return None

    def _ask(
        self,
        request: HttpRequest,
        rows: Sequence[models.Model],
        told: str,
        reasons: Sequence[tuple[str, Any]],
        *,
        moves: bool,
    ) -> HttpResponse:
        name = request.POST.get("action", "")
        action = self.get_actions(request)[name]
        fields = list(posted(request, "reason", CONFIRMED))
        if moves:
            fields += [(f"{seen.FIELD}-{row.pk}", seen.mark(row)) for row in rows]
        context = {
            **self.admin_site.each_context(request),
            "title": action[2],
            "opts": self.model._meta,
            "rows": rows,
            "told": told,
            "reasons": reasons,
            "fields": [*fields, (CONFIRMED, "yes")],
        }
        return render(request, "admin/confirm_action.html", context)

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


class VerbAdmin(_Verbs, ReadOnlyAdmin):
    """A read-only admin whose actions are verbs."""


class VerbFormAdmin(_Verbs, ReferenceAdmin):
    """Forms whose saving is a verb: `call` gets the clean form. What the verb would
    refuse, the form has to say."""

    def call(self, form: Any, *, actor: Actor) -> models.Model:
        raise NotImplementedError

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: Any, change: bool
    ) -> None:
        obj.pk = self.call(form, actor=actor_of_login(request.user)).pk
