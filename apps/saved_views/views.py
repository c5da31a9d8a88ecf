from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.lists import List, find

from . import services
from .models import SavedView


def _list(request: HttpRequest, name: str) -> List:
    found = find(name)
    if found is None or not request.actor.holds(found.reads, beyond_own=True):
        raise Http404
    return found


@members(Permission.VIEWS_SAVE, across_companies=True)
@require_POST
def view_save(request: HttpRequest, name: str) -> HttpResponse:
    of, said = _list(request, name), request.POST
    view = services.save(
        request.member,
        actor=request.actor,
        of=of,
        name=said.get("name", ""),
        query=said.get("query", ""),
        is_shared="is_shared" in said,
    )
    messages.success(request, _("%(name)s is saved.") % {"name": view.name})
    return redirect(of.url_of(view.query))


@members(Permission.VIEWS_SAVE, across_companies=True)
@require_POST
def view_columns(request: HttpRequest, name: str) -> HttpResponse:
    """What is chosen holds from now on; the address need not say it."""
    of, said = _list(request, name), request.POST
    columns = [] if "usual" in said else said.getlist("column")
    services.choose_columns(request.member, actor=request.actor, of=of, columns=columns)
    return redirect(of.url_of(said.get("query", "")))


@members(Permission.VIEWS_SAVE, across_companies=True)
@require_POST
def view_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    views = SavedView.objects.visible_to(request.actor)
    view = get_object_or_404(views.exclude(name="").select_related("owner"), pk=pk)
    services.delete(view, actor=request.actor)
    messages.success(request, _("%(name)s is deleted.") % {"name": view.name})
    return redirect(_list(request, view.list_name).url_of(""))
