"""What every page of the portal needs around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts import sessions
from apps.core.actor import Actor

# What fits beside each other at the bottom of a phone, "More" included.
ON_A_PHONE = 5


def shell(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "user"):
        return {}
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


def _nav(actor: Actor) -> list[tuple[str, str, str]]:
    home, assets = reverse("portal:home"), reverse("inventory:list")
    returns, places = reverse("returns:list"), reverse("companies:address_list")
    if actor.is_company_admin:
        return [
            (_("Home"), "home", home),
            (_("Assets"), "laptop", assets),
            (_("People"), "users", reverse("people:list")),
            (_("Returns"), "return", returns),
            (_("Receive"), "scan", reverse("portal:receive")),
            (_("Storage"), "building", places),
            (_("Imports"), "upload", reverse("imports:list")),
            (_("Mails"), "mail", reverse("notifications:list")),
            (_("History"), "history", reverse("events:list")),
        ]
    if actor.is_warehouse:
        return [
            (_("Receive"), "scan", reverse("portal:receive")),
            (_("Assets"), "laptop", assets),
            (_("Returns"), "return", returns),
            (_("Storage"), "building", places),
        ]
    if actor.is_employee:
        return [
            (_("My equipment"), "laptop", home),
            (_("Give back"), "return", returns),
        ]
    return [(_("Platform administration"), "tool", reverse("admin:index"))]


def _new_links(actor: Actor) -> list[dict[str, str]]:
    if not actor.is_company_admin:
        return []
    offboarding = reverse("returns:create")
    return [
        {
            "label": _("Offboarding"),
            "icon": "logout",
            "url": f"{offboarding}?kind=OFFBOARDING",
        },
        {
            "label": _("Collection"),
            "icon": "return",
            "url": f"{offboarding}?kind=COLLECTION",
        },
        {"label": _("Asset"), "icon": "laptop", "url": reverse("inventory:create")},
        {"label": _("Person"), "icon": "user", "url": reverse("people:add")},
        {"label": _("Import"), "icon": "upload", "url": reverse("imports:create")},
    ]
