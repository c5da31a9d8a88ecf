"""The leaver's page: no account, only the signed link (a secret path)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts import languages
from apps.core import seen
from apps.core.actor import Actor, ActorKind
from apps.core.errors import DomainError
from apps.core.seen import ChangedMeanwhile

from . import links, progress, services
from .forms import AnswerForm, refuse
from .models import Return
from .views import lines_of

_CHANGED = gettext_lazy(
    "Something has changed since you opened this page, and nothing was sent yet. Look "
    "at the list above, then send your answer again."
)


def leaver_of(ret: Return) -> Actor:
    return Actor(ActorKind.LEAVER, id=ret.user_id, company_id=ret.company_id)


def leaver(request: HttpRequest, token: str) -> HttpResponse:
    try:
        ret = links.open_link(token)
    except links.LinkExpired as expired:
        return _expired(request, token, expired.ret)
    if ret is None:
        return render(request, "returns/leaver_unknown.html", status=404)
    languages.speak(request, languages.of(ret.user))
    form = AnswerForm(request.POST or None, ret=ret)
    shown = seen.of(request)
    if request.method == "POST" and form.is_valid() and _answer(ret, form, shown):
        messages.success(request, _("Thank you: we have your answer."))
        return redirect("returns:leaver", token=token)
    lines = lines_of(ret)
    is_answerable = progress.is_answerable(ret, lines)
    context = {
        "ret": ret,
        "form": form,
        "token": token,
        "asked": [line for line in lines if line.decision in ("RETURN", "")],
        "parcels": progress.parcels(lines),
        "is_answerable": is_answerable,
        "zone": str(ret.user.zone(ret.company)),
    }
    wants_form = not ret.answered_at or "change" in request.GET or form.errors
    page = "leaver_answer" if is_answerable and wants_form else "leaver_status"
    if not is_answerable:
        for sentence in form.non_field_errors():
            messages.error(request, sentence)
    return render(request, f"returns/{page}.html", context)


def _answer(ret: Return, form: AnswerForm, shown: str) -> bool:
    try:
        services.answer(ret, actor=leaver_of(ret), seen=shown, **form.values())
    except ChangedMeanwhile:
        # Asked on the page itself, which shows how it is now and keeps what they wrote.
        form.add_error(None, _CHANGED)
        return False
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def _expired(request: HttpRequest, token: str, ret: Return) -> HttpResponse:
    languages.speak(request, languages.of(ret.user))
    context = {"ret": ret, "token": token, "address": _masked(ret.contact_email)}
    return render(request, "returns/leaver_expired.html", context, status=410)


def _masked(email: str) -> str:
    """Enough to know one's own mailbox, too little for whoever found an old link."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"


@require_POST
def leaver_new_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        ret = links.open_link(token)
    except links.LinkExpired as expired:
        ret = expired.ret
    if ret is None:
        return render(request, "returns/leaver_unknown.html", status=404)
    languages.speak(request, languages.of(ret.user))
    services.send_link(ret, actor=leaver_of(ret))
    context = {"ret": ret, "address": _masked(ret.contact_email)}
    return render(request, "returns/leaver_link_sent.html", context)
