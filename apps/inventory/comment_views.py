"""What people say of a device."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.confirm import ask
from apps.core.errors import DomainError
from apps.core.query import PagedQuery, Query
from apps.events import names

from . import services
from .forms import CommentForm
from .models import Asset, Comment

_EDIT = Permission.COMMENTS_EDIT
SHOWN = 20
WORDS_SHOWN = 30


def _comment(request: HttpRequest, pk: UUID, comment_id: UUID) -> Comment:
    visible = Comment.objects.visible_to(request.actor).filter(removed_at=None)
    return get_object_or_404(
        visible.select_related("asset"), pk=comment_id, asset_id=pk
    )


@members(Permission.COMMENTS_READ, across_companies=True)
@require_safe
def asset_comments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Newest first; the page of the device shows the first ones as a part."""
    form, actor = PagedQuery.read(request), request.actor
    asset = get_object_or_404(Asset.objects.visible_to(actor), pk=pk)
    found = Comment.objects.visible_to(actor).filter(asset=asset)
    page = form.page(found, sort="-id", size=SHOWN)
    known = names.of({one.author_id for one in page.rows if one.author_id}, actor)
    may_edit_any = actor.may(_EDIT, asset.company_id)
    for one in page.rows:
        one.by = known.get(one.author_id)
        is_own = one.author_id is not None and one.author_id == actor.id
        one.may_edit = may_edit_any or (is_own and actor.may(_EDIT, one))
    may_add = actor.may(Permission.COMMENTS_ADD, asset)
    context = {"asset": asset, "page": page, "form": CommentForm() if may_add else None}
    return render(request, "inventory/asset_comments.html", context)


@members(Permission.COMMENTS_ADD)
@require_POST
def asset_comment_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = get_object_or_404(Asset.objects.visible_to(request.actor), pk=pk)
    services.comment(asset, request.POST.get("text", ""), actor=request.actor)
    return redirect(f"{asset.get_absolute_url()}#comments")


@members(_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_comment_edit(
    request: HttpRequest, pk: UUID, comment_id: UUID
) -> HttpResponse:
    comment = _comment(request, pk, comment_id)
    asset, form = comment.asset, CommentForm(request.POST or None)
    form.initial = {"text": comment.text}
    if request.method == "POST":
        shown = request.POST.get("as_of", "")
        try:
            text = request.POST.get("text", "")
            services.edit_comment(comment, text, actor=request.actor, seen=shown)
        except DomainError as error:
            form.add_error("text" if error.field == "text" else None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{asset.get_absolute_url()}#comments")
    else:
        Query.read(request)
    context = {"asset": asset, "comment": comment, "form": form}
    return render(request, "inventory/asset_comment_edit.html", context)


@members(_EDIT)
@require_POST
def asset_comment_remove(
    request: HttpRequest, pk: UUID, comment_id: UUID
) -> HttpResponse:
    comment = _comment(request, pk, comment_id)
    back = f"{comment.asset.get_absolute_url()}#comments"
    if question := ask(
        request,
        heading=_("Remove this comment?"),
        consequences=[
            f"“{Truncator(comment.text).words(WORDS_SHOWN)}”",
            _("Its words are deleted for good; that there was a comment stays."),
        ],
        submit=_("Remove"),
        back=back,
        shown={"as_of": comment.version},
    ):
        return question
    shown = request.POST.get("as_of", "")
    services.remove_comment(comment, actor=request.actor, seen=shown)
    messages.success(request, _("The comment is removed."))
    return redirect(back)
