"""What one may do, and the one table that says who may. Verbs, `visible_to`, pages,
templates, admin and docs/permissions.md read it through `Actor`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from .roles import COMPANY_ROLES, PLATFORM_ROLES, ActorKind, Role


class Permission(enum.StrEnum):
    """One thing that one may do: its code, and what it is called in the docs."""

    description: str

    def __new__(cls, code: str, description: str = "") -> Permission:
        member = str.__new__(cls, code)
        member._value_ = code
        member.description = description
        return member

    COMPANY_READ = "company.read", "See the company itself"
    COMPANIES_CREATE = "companies.create", "Add a company to the installation"
    PLACES_READ = "places.read", "See places"
    PLACES_EDIT = "places.edit", "Add, change and remove places"
    WAREHOUSES_EDIT = "warehouses.edit", "Describe the warehouses that companies share"
    ENTITIES_READ = "entities.read", "See the legal entities that are invoiced"
    ENTITIES_EDIT = "entities.edit", "Add, change and archive legal entities"
    ENTITIES_CHECK_VAT = "entities.check_vat", "Note what VIES says of a VAT number"
    TAGS_READ = "tags.read", "See tags"
    TAGS_EDIT = "tags.edit", "Add, rename and delete tags"
    FILES_READ = "files.read", "See uploaded files"
    HISTORY_READ = "history.read", "See the history"
    PEOPLE_READ = "people.read", "See people"
    PEOPLE_EXPORT = "people.export", "Export people"
    PEOPLE_ADD = "people.add", "Add people"
    PEOPLE_EDIT = "people.edit", "Change facts of people"
    PEOPLE_SET_LANGUAGE = "people.set_language", "Choose the language of people"
    PEOPLE_REMOVE = "people.remove", "Remove people whom an import added"
    PEOPLE_ACTIVATE = "people.activate", "Make people active"
    PEOPLE_REHIRE = "people.rehire", "Take back people who had left"
    PEOPLE_OFFBOARD = "people.offboard", "Say that somebody leaves, stays or has left"
    PEOPLE_ARCHIVE = "people.archive", "Archive people"
    PEOPLE_DISCLOSE = (
        "people.disclose",
        "Take out everything that is kept about somebody",
    )
    PEOPLE_ERASE = "people.erase", "Erase what is personal of people who have left"
    PEOPLE_ASSIGN_PLACE = "people.assign_place", "Say where a warehouse worker works"
    PEOPLE_LET_SIGN_IN = "people.let_sign_in", "Let people sign in"
    LOGINS_LOCK = "logins.lock", "Lock a login out of all its companies, and let it in"
    LOGINS_CHANGE_ADDRESS = (
        "logins.change_address",
        "Change a sign-in address without the old mailbox",
    )
    API_TOKENS_READ = "api_tokens.read", "See API tokens"
    API_TOKENS_ISSUE = "api_tokens.issue", "Issue and revoke API tokens"
    PRODUCTS_READ = "products.read", "See the catalogue"
    PRODUCTS_EDIT = "products.edit", "Add, change and remove products"
    PRODUCTS_PUBLISH = (
        "products.publish",
        "Say what the platform sells to a company",
    )
    PRICES_READ = "prices.read", "See what products and services cost"
    PRICES_EDIT = "prices.edit", "Say what products and services cost"
    KITS_READ = "kits.read", "See kits"
    KITS_EDIT = "kits.edit", "Add, change and remove kits"
    PARCELS_READ = "parcels.read", "See parcels"
    PARCELS_BOOK = "parcels.book", "Announce a parcel"
    PARCELS_TRACK = "parcels.track", "Say where a parcel is"
    ASSETS_READ = "assets.read", "See assets"
    ASSETS_READ_PRICES = "assets.prices.read", "See what assets cost"
    ATTACHMENTS_READ = "attachments.read", "See files attached to assets"
    COMMENTS_READ = "comments.read", "See comments on assets"
    COMMENTS_ADD = "comments.add", "Comment on assets"
    COMMENTS_EDIT = "comments.edit", "Change and remove comments on assets"
    ASSETS_EXPORT = "assets.export", "Export assets"
    ASSETS_ADD = "assets.add", "Register assets"
    ASSETS_EDIT = "assets.edit", "Change facts of assets"
    ASSETS_REMOVE = "assets.remove", "Remove assets that an import added"
    ASSETS_INSPECT = "assets.inspect", "Grade the condition of an asset"
    ASSETS_CLAIM = "assets.claim", "Lock an asset to a workflow, and free it"
    ASSETS_RECEIVE = "assets.receive", "Put an asset into storage at a place"
    ASSETS_HAND_OVER = "assets.hand_over", "Give an asset to a person"
    ASSETS_SEND = "assets.send", "Put an asset into a parcel"
    ASSETS_REPAIR = "assets.repair", "Send an asset to repair"
    ASSETS_RETIRE = "assets.retire", "Archive an asset"
    RETURNS_READ = "returns.read", "See returns"
    RETURNS_START = "returns.start", "Start an offboarding or a collection"
    RETURNS_DECIDE = "returns.decide", "Decide what becomes of the items"
    RETURNS_PAUSE = "returns.pause", "Pause and resume an offboarding"
    RETURNS_RESCHEDULE = "returns.reschedule", "Move the day of a return"
    RETURNS_CANCEL = "returns.cancel", "Cancel a return"
    RETURNS_DELETE = "returns.delete", "Hide a finished return"
    RETURNS_ADVANCE = "returns.advance", "Take the step of a return that is due"
    RETURNS_SEND_LINK = "returns.send_link", "Send a new link to who gives back"
    RETURNS_ANSWER = "returns.answer", "Say how the items come back"
    RETURNS_SEND_PACKAGING = "returns.send_packaging", "Note packaging sent, arrived"
    RETURNS_BOOK = "returns.book", "Book the carrier of a return"
    RETURNS_TRACK = "returns.track", "Say where the parcel of a return is"
    RETURNS_RECEIVE = "returns.receive", "Receive the items of a return at a place"
    ORDERS_READ = "orders.read", "See orders"
    ORDERS_PLACE = "orders.place", "Order equipment, and draft orders"
    ORDERS_APPROVE = "orders.approve", "Approve or decline drafts of orders"
    ORDERS_CANCEL = "orders.cancel", "Cancel an order before it is sent"
    ORDERS_SETTLE = "orders.settle", "Note that an order was invoiced or paid"
    REDEPLOYMENTS_READ = "redeployments.read", "See redeployments"
    REDEPLOYMENTS_CREATE = "redeployments.create", "Send stored assets somewhere"
    REDEPLOYMENTS_CANCEL = "redeployments.cancel", "Cancel a redeployment"
    INVOICES_READ = "invoices.read", "See invoices"
    INVOICES_CREATE = "invoices.create", "Write an invoice"
    INVOICES_SEND = "invoices.send", "Note an invoice as sent"
    INVOICES_SETTLE = "invoices.settle", "Note an invoice as paid or overdue"
    INVOICES_CANCEL = "invoices.cancel", "Cancel an invoice"
    INVOICES_CREDIT = "invoices.credit", "Take an invoice back by a credit note"
    MAILS_READ = "mails.read", "See mails"
    MAILS_RETRY = "mails.retry", "Send a failed mail again"
    MAILS_NOTE_AS_SENT = "mails.note_as_sent", "Take mails about the past as sent"
    VIEWS_READ = "views.read", "See saved views of lists"
    VIEWS_SAVE = "views.save", "Save views and columns of lists"
    VIEWS_SHARE = "views.share", "Share views of lists with the whole company"
    IMPORTS_READ = "imports.read", "See imports"
    IMPORTS_RUN = "imports.run", "Upload, plan, apply, undo and discard imports"
    BULK_READ = "bulk.read", "See what was asked of many things at once"
    BULK_RUN = "bulk.run", "Ask something of many things at once, and stop it"

    @property
    def is_read(self) -> bool:
        """It changes nothing."""
        return self.value.endswith((".read", ".export"))


class Reach(enum.StrEnum):
    """Of what a permission is held: the field of Rights that names it."""

    EVERYWHERE = "everywhere"
    COMPANY = "company"
    PLACES = "places"
    OWN = "own"


Permissions = frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Rights:
    """A row of the table: permissions by reach, and the roles one may give."""

    everywhere: Permissions = frozenset()
    company: Permissions = frozenset()
    # Of what is, or arrives, at the places where a warehouse worker works.
    places: Permissions = frozenset()
    # Of what is one's own: the rule stands at each model (`own` of its queryset).
    own: Permissions = frozenset()
    gives: frozenset[Role] = frozenset()

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        return frozenset(r for r in Reach if permission in getattr(self, r.value))


_P = Permission
_EVERYTHING: Permissions = frozenset(Permission)
_READS = frozenset(permission for permission in Permission if permission.is_read)
_SYSTEM_ONLY = frozenset({_P.MAILS_NOTE_AS_SENT})
_PLATFORM_ONLY = frozenset(
    {
        _P.COMPANIES_CREATE,
        _P.WAREHOUSES_EDIT,
        _P.ENTITIES_CHECK_VAT,
        _P.LOGINS_LOCK,
        _P.LOGINS_CHANGE_ADDRESS,
        _P.PRODUCTS_PUBLISH,
        _P.PRICES_EDIT,
        _P.ORDERS_SETTLE,
        # A company pays what the platform invoices.
        _P.INVOICES_CREATE,
        _P.INVOICES_SEND,
        _P.INVOICES_SETTLE,
        _P.INVOICES_CANCEL,
        _P.INVOICES_CREDIT,
    }
)
_PLATFORM = _EVERYTHING - _SYSTEM_ONLY
_COMPANY = _PLATFORM - _PLATFORM_ONLY
# Not by a client's token: tokens, SSO and security settings, what the law lets people
# ask for, and how pages look.
_PERSONALLY: Permissions = frozenset(
    {
        _P.API_TOKENS_READ,
        _P.API_TOKENS_ISSUE,
        _P.PEOPLE_DISCLOSE,
        _P.PEOPLE_ERASE,
        _P.VIEWS_READ,
        _P.VIEWS_SAVE,
        _P.VIEWS_SHARE,
    }
)
_CLIENT = _COMPANY - _PERSONALLY
_OWN_THINGS = frozenset(
    {_P.PEOPLE_READ, _P.PEOPLE_SET_LANGUAGE, _P.RETURNS_READ, _P.RETURNS_ANSWER}
)

RIGHTS: Mapping[Role | ActorKind, Rights] = {
    Role.EMPLOYEE: Rights(
        company=frozenset({_P.COMPANY_READ}),
        own=_OWN_THINGS | {_P.ASSETS_READ, _P.PARCELS_READ},
    ),
    Role.STORAGE: Rights(
        company=frozenset({_P.COMPANY_READ, _P.PRODUCTS_READ}),
        places=frozenset(
            {
                _P.PLACES_READ,
                _P.PARCELS_READ,
                _P.ASSETS_READ,
                _P.COMMENTS_READ,
                _P.COMMENTS_ADD,
                _P.ASSETS_INSPECT,
                _P.ASSETS_RECEIVE,
                _P.ASSETS_HAND_OVER,
                _P.ASSETS_SEND,
                _P.RETURNS_READ,
                _P.RETURNS_RECEIVE,
            }
        ),
        own=_OWN_THINGS | {_P.VIEWS_READ, _P.VIEWS_SAVE, _P.COMMENTS_EDIT},
    ),
    Role.COMPANY_ADMIN: Rights(company=_COMPANY, gives=COMPANY_ROLES),
    Role.API_CLIENT: Rights(company=_CLIENT, gives=COMPANY_ROLES),
    Role.API_CLIENT_READONLY: Rights(company=_CLIENT & _READS),
    Role.AI_AGENT: Rights(company=_CLIENT & _READS),
    Role.TEQUIPY_ADMIN: Rights(
        everywhere=_PLATFORM, gives=frozenset(Role) - PLATFORM_ROLES
    ),
    Role.INTERNAL_ADMIN: Rights(everywhere=_PLATFORM, gives=frozenset(Role)),
    ActorKind.LEAVER: Rights(
        own=frozenset({_P.RETURNS_READ, _P.RETURNS_ANSWER, _P.RETURNS_SEND_LINK})
    ),
    ActorKind.SYSTEM: Rights(everywhere=_EVERYTHING, gives=frozenset(Role)),
}

_NONE: frozenset[Reach] = frozenset()
_REACHES = {
    who: {permission: rights.reaches(permission) for permission in Permission}
    for who, rights in RIGHTS.items()
}


def reaches(who: Role | ActorKind, permission: Permission) -> frozenset[Reach]:
    """Of what somebody with this role holds the permission; empty: of nothing."""
    return _REACHES[who][permission] if who in _REACHES else _NONE


if _missing := {*Role, ActorKind.LEAVER, ActorKind.SYSTEM} - RIGHTS.keys():
    raise TypeError(f"no rights are stated for {', '.join(sorted(_missing))}")
