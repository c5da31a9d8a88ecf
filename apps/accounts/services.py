"""People and how they sign in: every change of a User goes through here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core import languages, states
from apps.core.actor import Actor, Permission, Role
from apps.core.bulk import write_back
from apps.core.clean import one_line, require_sane_day
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.core.fields import Value
from apps.core.roles import CLIENT_ROLES, PLATFORM_ROLES
from apps.events.registry import EventType
from apps.events.services import Draft, record_many

from . import events, texts
from .admins import require_other_admin
from .fields import FIELDS
from .models import Login, StorageAssignment, User
from .states import (
    PRESENT,
    STAYS,
    TRANSITIONS,
    ArchivedBecause,
    LockedOutBecause,
    UserState,
)

EDITABLE = tuple(field.name for field in FIELDS.edited)
_DAYS = sorted(FIELDS.edited_of(Value.DATE))


# --- Create, update ---------------------------------------------------------


@transaction.atomic
def create(
    *, actor: Actor, company: Company, at: datetime | None = None, **fields: Any
) -> User:
    """Adds a person (or API client); ACTIVE at once unless `start_on` is ahead.

    Raises NotAllowed `role_not_allowed`, Conflict `email_taken` or
    `employee_number_taken`, Invalid with the field's name.
    """
    actor.require(Permission.PEOPLE_ADD, company.id)
    user = build(company, fields, today=company.today(at))
    _require_role(actor, user.role)
    _save(user, force_insert=True)
    record_many([draft(events.USER_CREATED, user, at=at)], actor=actor)
    return user


def build(company: Company, fields: dict[str, Any], *, today: date) -> User:
    """An unsaved User with clean values; shared by `create` and `create_many`."""
    user = User(company=company, **clean(fields))
    has_email = bool(user.email) or user.role in CLIENT_ROLES
    if not has_email or not user.first_name:
        field = "first_name" if has_email else "email"
        raise Invalid(texts.NAME_AND_EMAIL_NEEDED(), field=field)
    _check_days(user)
    joined = user.start_on is None or user.start_on <= today
    user.state = UserState.ACTIVE if joined else UserState.CREATED
    return user


@transaction.atomic
def create_many(
    people: Sequence[User], *, actor: Actor, company: Company, batch_id: UUID | None
) -> None:
    """The set-based twin of `create`, for users made by `build`."""
    actor.require(Permission.PEOPLE_ADD, company.id)
    for role in {user.role for user in people}:
        _require_role(actor, role)
    try:
        with transaction.atomic():
            User.objects.bulk_create(people, batch_size=1000)
    except IntegrityError as error:
        raise _taken(error) from error
    record_many(
        (draft(events.USER_CREATED, user, refs=[batch_id]) for user in people),
        actor=actor,
    )


@transaction.atomic
def update(user: User, *, actor: Actor, seen: str | None = None, **fields: Any) -> User:
    """Changes the given fields, none of them the state. Same refusals as `create`, and
    Conflict `last_admin`, `changed_meanwhile` unless the person is as they were
    `seen` (`FIELDS.version`)."""
    actor.require(Permission.PEOPLE_EDIT, user.company_id)
    user = User.objects.select_for_update().get(pk=user.pk)
    FIELDS.require_unchanged(user, seen)
    change = apply_changes(user, fields, actor=actor)
    if change is None:
        return user
    _save(user, update_fields=[*fields, "updated_at"])
    record_many([change], actor=actor)
    return user


def apply_changes(
    user: User,
    fields: dict[str, Any],
    *,
    actor: Actor,
    batch_id: UUID | None = None,
    is_undone: bool = False,
) -> Draft | None:
    """Sets fields (of EDITABLE) on the instance; the event to record, None if nothing
    changed. `is_undone`: they are as they were before an import. Same refusals as
    `update`."""
    actor.require(Permission.PEOPLE_EDIT, user)
    require_not_erased(user)
    role = user.role
    change = _apply(user, fields, batch_id=batch_id, is_undone=is_undone)
    if user.role != role:
        _require_role(actor, role)
        _require_role(actor, user.role)
        if role == Role.COMPANY_ADMIN:
            require_other_admin(user)
    return change


def _apply(
    user: User,
    fields: dict[str, Any],
    *,
    batch_id: UUID | None = None,
    is_undone: bool = False,
) -> Draft | None:
    before = {name: getattr(user, name) for name in fields}
    for name, value in clean(fields).items():
        setattr(user, name, value)
    after = {name: getattr(user, name) for name in before}
    if before == after:
        return None
    _check_days(user)
    changes = events.CHANGES.between(before, after)
    type_ = events.USER_RESTORED if is_undone else events.USER_UPDATED
    return draft(type_, user, refs=[batch_id], changes=changes)


def require_not_erased(user: User) -> None:
    """Nothing of theirs is written again. Raises Conflict `user_erased`."""
    if user.is_erased:
        raise Conflict("user_erased", _("This person's data was erased."))


@transaction.atomic
def update_many(
    changed: Sequence[User],
    fields: Sequence[str],
    drafts: Iterable[Draft],
    *,
    actor: Actor,
    company: Company,
) -> None:
    """The set-based twin of `update`, for users changed by `apply_changes`."""
    actor.require(Permission.PEOPLE_EDIT, company.id)
    now = timezone.now()
    for user in changed:
        user.updated_at = now
    try:
        with transaction.atomic():
            write_back(User, changed, [*fields, "updated_at"])
    except IntegrityError as error:
        raise _taken(error) from error
    record_many(drafts, actor=actor)


@transaction.atomic
def set_language(user: User, *, actor: Actor, language: str) -> User:
    """The language of somebody's pages and mails, also by themselves; "" is as the
    company's. Raises Invalid `bad_language`."""
    actor.require(Permission.PEOPLE_SET_LANGUAGE, user)
    user = lock(user)
    change = _apply(user, {"language": language})
    if change is not None:
        user.save(update_fields=["language", "updated_at"])
        record_many([change], actor=actor)
    return user


def clean(fields: dict[str, Any]) -> dict[str, Any]:
    """Texts as they are written; addresses in small letters."""
    cleaned = dict(fields)
    for name, value in fields.items():
        if isinstance(value, str):
            cleaned[name] = FIELDS.cleaners.get(name, one_line)(value)
    languages.require(cleaned.get("language") or "")
    return cleaned


def _check_days(user: User) -> None:
    for name in _DAYS:
        require_sane_day(getattr(user, name), name)


def _save(user: User, **kwargs: Any) -> None:
    try:
        with transaction.atomic():
            user.save(**kwargs)
    except IntegrityError as error:
        raise _taken(error) from error


def _taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "user_email_per_company" in text:
        return Conflict(texts.EMAIL_TAKEN(), field="email")
    if "user_employee_number_per_company" in text:
        return Conflict(texts.EMPLOYEE_NUMBER_TAKEN(), field="employee_number")
    return error


def _require_role(actor: Actor, role: str) -> None:
    if not actor.may_give(role):
        raise NotAllowed(texts.ROLE_NOT_ALLOWED(), field="role")


def require_over(actor: Actor, user: User) -> None:
    """Who may not make somebody platform staff doesn't lock out or archive staff."""
    if user.role in PLATFORM_ROLES:
        _require_role(actor, user.role)


def draft(
    type_: EventType[Any],
    user: User,
    *,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
    **told: Any,
) -> Draft:
    """The event says what every one about a person says, and what is `told`."""
    payload = type_.payload(role=user.role, state=user.state, **told)
    return Draft(type_, user.company_id, user.id, payload, refs, at)


# --- States -----------------------------------------------------------------


def lock(user: User | UUID) -> User:
    """The row as it is now, locked until the transaction ends."""
    pk = user.pk if isinstance(user, User) else user
    return User.objects.select_for_update(of=("self",)).get(pk=pk)


@transaction.atomic
def activate(user: User, *, actor: Actor, at: datetime | None = None) -> User:
    """The start date came."""
    actor.require(Permission.PEOPLE_ACTIVATE, user.company_id)
    return _move(user, UserState.ACTIVE, events.USER_ACTIVATED, actor=actor, at=at)


@transaction.atomic
def begin_offboarding(
    user: User, *, actor: Actor, end_on: date, at: datetime | None = None
) -> User:
    """Remembers the state to go back to if the offboarding is cancelled.

    Raises Conflict `offboarding_exists`, `last_admin`.
    """
    actor.require(Permission.PEOPLE_OFFBOARD, user)
    user = lock(user)
    if user.state == UserState.OFFBOARDING_IN_PROGRESS:
        raise Conflict(
            "offboarding_exists",
            _("%(name)s is being offboarded already.") % {"name": user.name},
        )
    if user.role == Role.COMPANY_ADMIN and user.state in STAYS:
        require_other_admin(user)
    user.state_before_offboarding = user.state
    user.end_on = end_on
    return _move(
        user,
        UserState.OFFBOARDING_IN_PROGRESS,
        events.USER_OFFBOARDING_STARTED,
        actor=actor,
        at=at,
        also=["state_before_offboarding", "end_on"],
    )


@transaction.atomic
def cancel_offboarding(user: User, *, actor: Actor, at: datetime | None = None) -> User:
    actor.require(Permission.PEOPLE_OFFBOARD, user)
    user = lock(user)
    before = user.state_before_offboarding or UserState.ACTIVE
    user.state_before_offboarding = ""
    user.end_on = None
    return _move(
        user,
        UserState(before),
        events.USER_OFFBOARDING_CANCELLED,
        actor=actor,
        at=at,
        also=["state_before_offboarding", "end_on"],
    )


@transaction.atomic
def set_end_date(
    user: User, *, actor: Actor, end_on: date, at: datetime | None = None
) -> User:
    """The last working day of an offboarding moved."""
    actor.require(Permission.PEOPLE_OFFBOARD, user)
    user = lock(user)
    if user.end_on == end_on:
        return user
    require_not_erased(user)
    change = _apply(user, {"end_on": end_on})
    user.save(update_fields=["end_on", "updated_at"])
    record_many([change] if change else [], actor=actor)
    return user


@transaction.atomic
def mark_offboarded(user: User, *, actor: Actor, at: datetime | None = None) -> User:
    actor.require(Permission.PEOPLE_OFFBOARD, user)
    return _move(user, UserState.OFFBOARDED, events.USER_OFFBOARDED, actor=actor, at=at)


@transaction.atomic
def archive(
    user: User,
    *,
    actor: Actor,
    reason: str,
    at: datetime | None = None,
) -> User:
    """Raises Conflict `last_admin`, Invalid `no_reason`."""
    actor.require(Permission.PEOPLE_ARCHIVE, user.company_id)
    require_over(actor, user)
    if reason not in ArchivedBecause.values:
        raise Invalid("no_reason", _("Say why they are archived."), field="reason")
    user = lock(user)
    if user.role == Role.COMPANY_ADMIN and user.state in PRESENT:
        require_other_admin(user)
    if user.role in PLATFORM_ROLES and user.login_id:
        Login.objects.filter(pk=user.login_id).update(
            is_staff=False, is_superuser=False
        )
    return _move(
        user,
        UserState.ARCHIVED,
        events.USER_ARCHIVED,
        actor=actor,
        at=at,
        reason=reason,
    )


def _move(
    user: User,
    target: UserState,
    type_: EventType[Any],
    *,
    actor: Actor,
    at: datetime | None,
    also: Sequence[str] = (),
    **told: Any,
) -> User:
    locked = lock(user)
    for name in also:
        setattr(locked, name, getattr(user, name))
    if locked.state == target:
        return locked
    states.require(TRANSITIONS, locked.state, target, what=locked.name)
    before, locked.state = locked.state, target
    locked.save(update_fields=["state", "updated_at", *also])
    record_many([draft(type_, locked, at=at, from_=before, **told)], actor=actor)
    return locked


# --- Sign-in ----------------------------------------------------------------


@transaction.atomic
def allow_sign_in(login: Login, *, actor: Actor) -> Login:
    """Ends `forbid_sign_in`."""
    actor.require(Permission.LOGINS_LOCK, None)
    return _set_active(login, True, events.USER_SIGN_IN_ALLOWED, actor=actor)


@transaction.atomic
def forbid_sign_in(login: Login, *, actor: Actor, reason: str) -> Login:
    """Locks a Login out of all its companies, open sessions included. Raises Conflict
    `own_login`, Invalid `no_reason`."""
    actor.require(Permission.LOGINS_LOCK, None)
    if reason not in LockedOutBecause.values:
        raise Invalid("no_reason", _("Say why they are locked out."), field="reason")
    if login.users.filter(id=actor.id).exists():
        raise Conflict("own_login", _("You can't lock yourself out."))
    return _set_active(
        login, False, events.USER_SIGN_IN_FORBIDDEN, actor=actor, reason=reason
    )


def _set_active(
    login: Login, is_active: bool, type_: EventType[Any], *, actor: Actor, **told: Any
) -> Login:
    for user in login.users.all():
        require_over(actor, user)
    login = Login.objects.select_for_update().get(pk=login.pk)
    if login.is_active == is_active:
        return login
    login.is_active = is_active
    login.save(update_fields=["is_active"])
    drafts = [draft(type_, user, **told) for user in login.users.all()]
    record_many(drafts, actor=actor)
    return login


@transaction.atomic
def assign_storage(
    user: User, *, actor: Actor, address: Any = None, warehouse: Any = None
) -> None:
    """Lets a warehouse worker see and handle what is at this place."""
    actor.require(Permission.PEOPLE_ASSIGN_PLACE, user.company_id)
    user = lock(user)
    require_not_erased(user)
    if user.role != Role.STORAGE:
        raise Invalid(
            "not_a_warehouse_worker",
            _("%(name)s is no warehouse worker.") % {"name": user.name},
        )
    _assignment, is_new = StorageAssignment.objects.get_or_create(
        company_id=user.company_id, user=user, address=address, warehouse=warehouse
    )
    if is_new:
        change = draft(
            events.USER_STORAGE_ASSIGNED,
            user,
            refs=[address and address.id, warehouse and warehouse.id],
            address_id=address and address.id,
            warehouse_id=warehouse and warehouse.id,
        )
        record_many([change], actor=actor)
