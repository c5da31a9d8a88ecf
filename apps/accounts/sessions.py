"""Which User a browser session acts as."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from apps.core.actor import Actor, ActorKind, Role
from apps.core.roles import PLATFORM_ROLES

from .models import Login, User, UserQuerySet

_SESSION_KEY = "acts_as"


def load(request: HttpRequest) -> None:
    """Sets `request.member`, `request.actor` (None for visitors, and until a Login of
    several companies has chosen) and `request.choices`, once per request."""
    if hasattr(request, "member"):
        return
    request.member = request.actor = None
    request.choices = []
    if not request.user.is_authenticated:
        return
    request.choices = list(
        User.objects.present()
        .filter(login_id=request.user.pk)
        .select_related("company", "country", "login")
        .order_by("company__name")
    )
    chosen = request.session.get(_SESSION_KEY)
    for user in request.choices:
        if str(user.pk) == chosen or len(request.choices) == 1:
            request.member, request.actor = user, actor_of(user)


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
