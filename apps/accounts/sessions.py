"""Which User a browser session acts as."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.functional import LazyObject

from apps.core.actor import Actor, ActorKind, Role
from apps.core.roles import PLATFORM_ROLES

from . import session_store
from .models import Login, User, UserQuerySet
from .session_store import SessionStore, Visitor

_SESSION_KEY = "acts_as"


def user_of(request: HttpRequest) -> Login | AnonymousUser:
    """Who is signed in: as remembered, or as Django finds them."""
    if hasattr(request, "_cached_user"):
        return cast("Login | AnonymousUser", request._cached_user)
    login_id = _login_id(request)
    session: SessionStore = request.session
    if session.visitor is not None:
        request._cached_user = session.visitor.login
    else:
        # Its version, before what it is the version of is read.
        key = session.session_key
        request.seen = session_store.look(key, login_id) if key and login_id else None
        request._cached_user = auth.get_user(request)
    return cast("Login | AnonymousUser", request._cached_user)


def _login_id(request: HttpRequest) -> UUID | None:
    try:
        return Login._meta.pk.to_python(request.session[auth.SESSION_KEY])
    except (KeyError, ValidationError):
        return None


def load(request: HttpRequest) -> None:
    """Sets `request.member`, `request.actor` (None for visitors, and until a Login of
    several companies has chosen) and `request.choices`, once per request."""
    if hasattr(request, "member"):
        return
    request.member = request.actor = None
    request.choices = []
    if not request.user.is_authenticated:
        return
    visitor = request.session.visitor
    if visitor is None or visitor.login.pk != request.user.pk:
        visitor = _read(request)
    request.choices, request.actor = visitor.choices, visitor.actor
    if visitor.member is not None:
        request.member = visitor.choices[visitor.member]


def _read(request: HttpRequest) -> Visitor:
    session, login = request.session, request.user
    choices = list(
        User.objects.present()
        .filter(login_id=login.pk)
        .select_related("company", "country", "login")
        .order_by("company__name")
    )
    stored = dict(session.items())
    chosen = stored.get(_SESSION_KEY)
    fitting = [at for at, user in enumerate(choices) if str(user.pk) == chosen]
    at = 0 if len(choices) == 1 else next(iter(fitting), None)
    visitor = Visitor(
        seen=getattr(request, "seen", None),
        session=stored,
        login=login._wrapped if isinstance(login, LazyObject) else login,
        choices=choices,
        member=at,
        actor=None if at is None else actor_of(choices[at]),
    )
    # Who has just signed in is remembered from the next request on.
    if visitor.seen and session.decode(visitor.seen.data) == stored:
        session_store.remember(session.session_key, visitor)
    return visitor


def choose(request: HttpRequest, user: User) -> None:
    request.session[_SESSION_KEY] = str(user.pk)


def actor_of(user: User) -> Actor:
    """The Actor of a person; platform roles see all companies."""
    role = Role(user.role)
    addresses: frozenset = frozenset()
    warehouses: frozenset = frozenset()
    if role is Role.STORAGE:
        places = list(
            user.storage_assignments.values_list("address_id", "warehouse_id")
        )
        addresses = frozenset(address for address, _w in places if address)
        # Whole warehouses are for workers of the platform only.
        if user.company.is_platform:
            warehouses = frozenset(warehouse for _a, warehouse in places if warehouse)
    return Actor(
        ActorKind.USER,
        id=user.id,
        company_id=user.company_id,
        role=role,
        address_ids=addresses,
        warehouse_ids=warehouses,
    )


def _as_staff(login: Login) -> UserQuerySet:
    return User.objects.present().filter(login=login, role__in=PLATFORM_ROLES)


def is_of_staff(login: Login) -> bool:
    return _as_staff(login).exists()


def actor_of_login(login: Login) -> Actor:
    """The Actor of somebody in Django admin. Raises Http404 without a staff role."""
    user = _as_staff(login).select_related("company").first()
    if user is None:
        raise Http404
    return actor_of(user)
