from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.core.access import members
from apps.core.actor import Permission
from apps.returns.models import Return

from . import services, waiting
from .models import Message

ABOUT_LIMIT = 20


@members(Permission.MAILS_READ)
@require_safe
def message_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    mail = get_object_or_404(Message.objects.visible_to(request.actor), pk=pk)
    returns = Return.objects.visible_to(request.actor).for_list()
    context = {"mail": mail, "ret": returns.filter(pk=mail.subject_id).first()}
    return render(request, "notifications/message_detail.html", context)


@members(Permission.MAILS_RETRY)
@require_POST
def message_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    mail = get_object_or_404(Message.objects.visible_to(request.actor), pk=pk)
    services.retry(mail, actor=request.actor)
    messages.success(request, _("The mail will be sent again within seconds."))
    return redirect(mail)


@members(Permission.MAILS_READ)
@require_safe
def messages_about(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """Fragment: mails about a return, or about all returns of a person."""
    returns = Return.objects.visible_to(request.actor)
    about = list(
        returns.filter(Q(pk=subject_id) | Q(user=subject_id)).values_list(
            "pk", flat=True
        )
    )
    if not about:
        get_object_or_404(User.objects.visible_to(request.actor), pk=subject_id)
    mails = Message.objects.visible_to(request.actor).filter(subject_id__in=about)
    context = {
        "mails": mails.defer("body").order_by("-id")[:ABOUT_LIMIT],
        "has_no_worker": waiting.has_no_worker(request.actor, timezone.now()),
    }
    return render(request, "notifications/_about.html", context)
