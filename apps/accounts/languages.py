"""The language of a person: their own choice, else their company's."""

from __future__ import annotations

from django.http import HttpRequest

from apps.core import languages

from . import sessions
from .models import Login, User


def of(user: User) -> str:
    return languages.first_known([user.language, user.company.language])


def of_login(login: Login, *, else_: str) -> str:
    """Of a Login that is somebody in several companies: the first choice of their own,
    else the language of their first company. `else_` for a Login that is nobody."""
    users = User.objects.present().filter(login=login).select_related("company")
    return _of_all(list(users.order_by("company__name")), else_)


def _of_all(users: list[User], else_: str = "") -> str:
    own = (user.language for user in users)
    theirs = (user.company.language for user in users)
    return languages.first_known([*own, *theirs, else_])


def speak_to_member(request: HttpRequest) -> None:
    """The language of who is signed in, for the rest of this request."""
    sessions.load(request)
    if not request.user.is_authenticated:
        return
    users = [request.member] if request.member else request.choices
    if users:
        languages.use(_of_all(users))
    request.may_switch_language = False


def speak(request: HttpRequest, code: str) -> None:
    """On a page that somebody opens by a link of their mail: their language, unless
    whoever looks at it has chosen another one there."""
    languages.use(languages.chosen(request) or code)
    request.may_switch_language = True
