"""What every page of the portal needs around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts import languages, sessions
from apps.core.actor import Actor, ActorKind, Permission, Role
from apps.core.languages import per_language

# What fits beside each other at the bottom of a phone, "More" included.
ON_A_PHONE = 5


def shell(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "user"):
        return {}
    if not hasattr(request, "member"):  # no view was reached: an error page
        languages.speak_to_member(request)
    sessions.load(request)
    if request.actor is None:
        return {}
    who = request.actor.role or request.actor.kind
    return {
        "rail": _rail(who, _current(who, request.path)),
        "new_menu": _new_menu(who),
        "account_links": _account_links(who),
        "choices": request.choices,
        "company_name": request.member.company.name,
        "member_name": request.member.name,
    }


# What a role may is the same for all who have it, and its parts of a page are.


@per_language(500)
def _rail(who: Role | ActorKind, current: str) -> SafeString:
    found = _nav(who)
    first = len(found) if len(found) <= ON_A_PHONE else ON_A_PHONE - 1
    entries = [
        {
            "label": label,
            "icon": icon,
            "url": url,
            "is_current": url == current,
            "is_beyond": place >= first,
        }
        for place, (label, icon, url) in enumerate(found)
    ]
    beyond = [entry for entry in entries if entry["is_beyond"]]
    return render_to_string("portal/_rail.html", {"nav": entries, "beyond": beyond})


@per_language(100)
def _new_menu(who: Role | ActorKind) -> SafeString:
    return render_to_string("portal/_new_menu.html", {"links": _new_links(who)})


@per_language(100)
def _account_links(who: Role | ActorKind) -> SafeString:
    actor = _anyone(who)
    has_tokens = actor.holds(Permission.API_TOKENS_READ) and not actor.is_staff
    return render_to_string("portal/_account_links.html", {"has_tokens": has_tokens})


def _anyone(who: Role | ActorKind) -> Actor:
    """Somebody who has this role."""
    is_role = isinstance(who, Role)
    return Actor(ActorKind.USER if is_role else who, role=who if is_role else None)


@per_language(500)
def _urls(who: Role | ActorKind) -> tuple[str, ...]:
    return tuple(url for _label, _icon, url in _nav(who))


def _current(who: Role | ActorKind, path: str) -> str:
    """The entry under which the page is; "" under none."""
    for url in _urls(who):
        if path == url if url == "/" else path.startswith(url):
            return url
    return ""


Entry = tuple[Permission, str, str, str]


def _nav(who: Role | ActorKind) -> list[tuple[str, str, str]]:
    actor = _anyone(who)
    home, returns = reverse("portal:home"), reverse("returns:list")
    if actor.is_staff:
        return [(_("Platform administration"), "tool", reverse("admin:index"))]
    if not actor.holds(Permission.ASSETS_READ, beyond_own=True):
        return [
            (_("My equipment"), "laptop", home),
            (_("Give back"), "return", returns),
        ]
    desk: Entry = (
        Permission.ASSETS_RECEIVE,
        _("Receive"),
        "scan",
        reverse("portal:receive"),
    )
    entries: list[Entry] = [
        (Permission.HISTORY_READ, _("Home"), "home", home),
        (Permission.ASSETS_READ, _("Assets"), "laptop", reverse("inventory:list")),
        (Permission.PEOPLE_READ, _("People"), "users", reverse("people:list")),
        (Permission.RETURNS_READ, _("Returns"), "return", returns),
        desk,
        (
            Permission.PLACES_READ,
            _("Storage"),
            "building",
            reverse("companies:address_list"),
        ),
        (Permission.IMPORTS_READ, _("Imports"), "upload", reverse("imports:list")),
        (Permission.BULK_READ, _("Bulk jobs"), "list", reverse("bulk:list")),
        (Permission.MAILS_READ, _("Mails"), "mail", reverse("notifications:list")),
        (Permission.HISTORY_READ, _("History"), "history", reverse("events:list")),
    ]
    if not actor.holds(Permission.HISTORY_READ):  # the desk is their home
        entries.remove(desk)
        entries.insert(0, desk)
    return [
        (label, icon, url)
        for permission, label, icon, url in entries
        if actor.holds(permission, beyond_own=True)
    ]


def _new_links(who: Role | ActorKind) -> list[dict[str, str]]:
    actor = _anyone(who)
    if actor.is_staff:
        return []
    start = reverse("returns:create")
    offboarding, collection = f"{start}?kind=OFFBOARDING", f"{start}?kind=COLLECTION"
    entries: list[Entry] = [
        (Permission.RETURNS_START, _("Offboarding"), "logout", offboarding),
        (Permission.RETURNS_START, _("Collection"), "return", collection),
        (Permission.ASSETS_ADD, _("Asset"), "laptop", reverse("inventory:create")),
        (Permission.PEOPLE_ADD, _("Person"), "user", reverse("people:add")),
        (Permission.IMPORTS_RUN, _("Import"), "upload", reverse("imports:create")),
    ]
    return [
        {"label": label, "icon": icon, "url": url}
        for permission, label, icon, url in entries
        if actor.holds(permission)
    ]
