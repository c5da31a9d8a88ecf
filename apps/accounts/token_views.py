"""API tokens of a company, for its admins."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.core import confirm
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.core.query import PagedQuery, Query

from . import api_tokens
from .forms import TokenForm
from .models import ApiToken

_ISSUES = members(Permission.API_TOKENS_ISSUE)


@members(Permission.API_TOKENS_READ)
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    found = ApiToken.objects.visible_to(request.actor).select_related("user")
    page = PagedQuery.read(request).page(found, sort="-id")
    now = timezone.now()
    rows = [(token, token.is_good(now)) for token in page.rows]
    context = {"rows": rows, "page": page}
    return render(request, "accounts/token_list.html", context)


@_ISSUES
@require_http_methods(["GET", "HEAD", "POST"])
def token_issue(request: HttpRequest) -> HttpResponse:
    """The token's text stands on the answer to the form, and nowhere else."""
    Query.read(request)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = api_tokens.issue(
                actor=request.actor,
                company=request.member.company,
                **form.cleaned_data,
            )
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            context = {"token": token, "text": text}
            return render(request, "accounts/token_issued.html", context)
    return render(request, "accounts/token_form.html", {"form": form})


@_ISSUES
@require_POST
def token_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    visible = ApiToken.objects.visible_to(request.actor).select_related("user")
    token = get_object_or_404(visible, pk=pk)
    question = confirm.ask(
        request,
        heading=_("Revoke the token of %(name)s?") % {"name": token.user.name},
        consequences=[
            _("From its next request on, whatever uses it is refused."),
            _("A revoked token does not come back: issue another one instead."),
        ],
        submit=_("Revoke"),
        back=reverse("accounts:token_list"),
    )
    if question is not None:
        return question
    api_tokens.revoke(token, actor=request.actor)
    text = _("The token of %(name)s is revoked.") % {"name": token.user.name}
    messages.success(request, text)
    return redirect("accounts:token_list")
