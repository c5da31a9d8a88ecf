"""What every page of the portal needs around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts import languages, sessions
from apps.core.actor import Actor, Permission

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
    nav = _entries(request)
    return {
        "nav": nav,
        "nav_beyond": [entry for entry in nav if entry["is_beyond"]],
        "new_links": _new_links(request.actor),
        "choices": request.choices,
        "company_name": request.member.company.name,
        "member_name": request.member.name,
    }


def _entries(request: HttpRequest) -> list[dict[str, Any]]:
    found = _nav(request.actor)
    first = len(found) if len(found) <= ON_A_PHONE else ON_A_PHONE - 1
    return [
        {
            "label": label,
            "icon": icon,
            "url": url,
            "is_current": _is_current(request, url),
            "is_beyond": place >= first,
        }
        for place, (label, icon, url) in enumerate(found)
    ]


def _is_current(request: HttpRequest, url: str) -> bool:
    return request.path == url if url == "/" else request.path.startswith(url)


Entry = tuple[Permission, str, str, str]


def _nav(actor: Actor) -> list[tuple[str, str, str]]:
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


def _new_links(actor: Actor) -> list[dict[str, str]]:
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
