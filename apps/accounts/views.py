from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError, Invalid
from apps.core.languages import require

from . import (
    invitations,
    languages,
    membership,
    services,
    sessions,
    sign_in_address,
)
from .address_states import AddressChangeState
from .forms import AddressForm, LanguageForm
from .models import Login, User

# --- Companies --------------------------------------------------------------


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The companies of a Login: in which to act, and which to leave."""
    sessions.load(request)
    if request.method == "POST":
        sessions.choose(request, _mine(request, request.POST.get("user", "")))
        return redirect("portal:home")
    return render(request, "accounts/user_choose.html", {"users": request.choices})


def _mine(request: HttpRequest, pk: str) -> User:
    found = User.objects.present().filter(login=request.user)
    for user in found.select_related("company"):
        if str(user.pk) == pk:
            return user
    raise Http404


@login_required
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = _mine(request, str(pk))
    if request.method == "POST":
        membership.leave(user, login=request.user)
        text = _("You have left %(company)s.") % {"company": user.company}
        messages.success(request, text)
        return redirect("accounts:choose")
    return render(request, "accounts/user_confirm_leave.html", {"user": user})


# --- Language ---------------------------------------------------------------


@members(Permission.PEOPLE_SET_LANGUAGE, across_companies=True)
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Of one's own pages and mails."""
    member = request.member
    form = LanguageForm(request.POST or None, user=member)
    if request.method == "POST" and form.is_valid():
        user = services.set_language(
            member, actor=request.actor, language=form.cleaned_data["language"]
        )
        translation.activate(languages.of(user))
        messages.success(request, _("Saved."))
        return redirect("accounts:language")
    return render(request, "accounts/user_language.html", {"form": form})


@require_POST
def language_switch(request: HttpRequest) -> HttpResponse:
    """Where nobody is signed in: kept by the browser, told to nobody else."""
    code, path = request.POST.get("language", ""), request.POST.get("next", "/")
    if not code:
        raise Invalid("no_language", _("Choose a language."), field="language")
    require(code)
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, None):
        raise Invalid("bad_path", _("Tequipy has no such page."), field="next")
    response = redirect(path)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


# --- Invitations ------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What the link of an invitation opens, signed in or not."""
    link = invitations.open_link(key)
    if link is not None:
        languages.speak(request, languages.of(link.invitation.user))
    if link is None or not link.is_good():
        return render(request, "accounts/invitation_ended.html", status=404)
    if request.POST.get("answer") == "decline":
        membership.decline(link.invitation)
        return render(request, "accounts/invitation_declined.html")
    if request.user.is_authenticated:
        return _accept(request, link)
    has_login = Login.objects.filter(email=link.invitation.email).exists()
    form = SetPasswordForm(Login(email=link.invitation.email), request.POST or None)
    if request.method == "POST" and not has_login and form.is_valid():
        user, login = membership.sign_up(
            link.invitation,
            password=form.cleaned_data["new_password1"],
            link_version=link.version,
        )
        auth.login(request, login, backend=settings.AUTHENTICATION_BACKENDS[0])
        return _welcome(request, user)
    context = {"link": link, "form": None if has_login else form}
    return render(request, "accounts/invitation.html", context)


def _accept(request: HttpRequest, link: invitations.Link) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            user = membership.accept(
                link.invitation, login=request.user, link_version=link.version
            )
        except DomainError as refusal:
            error = refusal.message
        else:
            return _welcome(request, user)
    context = {"link": link, "error": error}
    return render(request, "accounts/invitation.html", context)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    sessions.choose(request, user)
    text = _("Welcome to %(company)s.") % {"company": user.company}
    messages.success(request, text)
    return redirect("portal:home")


# --- The address one signs in with ------------------------------------------


@login_required
@reauthentication_required
def address(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page: one address a Login, agreed to at both ends."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign_in_address.ask(request.user, form.cleaned_data["new_email"])
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("accounts:address")
    change = sign_in_address.waiting_of(request.user)
    context = {"form": form, "change": change, "wait": sign_in_address.WAIT}
    return render(request, "accounts/address_form.html", context)


@login_required
@require_POST
def address_stop(request: HttpRequest) -> HttpResponse:
    change = get_object_or_404(
        request.user.address_changes, state=AddressChangeState.WAITING
    )
    sign_in_address.stop(change)
    messages.success(request, _("The address stays as it is."))
    return redirect("accounts:address")


@require_http_methods(["GET", "HEAD", "POST"])
def address_agree(request: HttpRequest, key: str) -> HttpResponse:
    """What the links of both mails open; a look changes nothing."""
    link = sign_in_address.open_link(key)
    if link is None:
        return render(request, "accounts/invitation_ended.html", status=404)
    change, is_new = link.change, link.mailbox == sign_in_address.NEW
    spoken = languages.of_login(change.login, else_=change.language)
    languages.speak(request, spoken)
    # Read before the change ends all sessions.
    is_owner = request.user.pk == change.login_id
    if request.method == "POST":
        if request.POST.get("answer") == "stop":
            change = sign_in_address.stop(change)
        else:
            change = sign_in_address.agree(link)
        if change.state == AddressChangeState.DONE and is_owner:
            update_session_auth_hash(request, change.login)
    context = {
        "change": change,
        "is_new": is_new,
        "has_agreed": change.agreed_at_new_at if is_new else change.agreed_at_old_at,
        "day": change.asked_at + sign_in_address.WAIT,
    }
    return render(request, "accounts/address_agree.html", context)
