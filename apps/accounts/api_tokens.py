"""Tokens with which programs sign in to the API: one client, one token."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.core.errors import Invalid
from apps.core.prepared import ById
from apps.core.roles import CLIENT_ROLES
from apps.events.services import record_many

from . import events, services, tokens
from .callers import Caller
from .models import ApiToken

DAYS = 365
MOST_DAYS = 1825


@transaction.atomic
def issue(
    *, actor: Actor, company: Company, name: str, role: str, days: int = DAYS
) -> tuple[ApiToken, str]:
    """A new client of the company with its token, and the token's text, which is kept
    nowhere. Raises Invalid with the field's name."""
    actor.require(Permission.API_TOKENS_ISSUE, company.id)
    if role not in CLIENT_ROLES:
        known = ", ".join(sorted(CLIENT_ROLES))
        sentence = _("A client has one of these roles: %(roles)s.")
        raise Invalid("bad_role", sentence % {"roles": known}, field="role")
    if not 1 <= days <= MOST_DAYS:
        sentence = _("Say for how many days it is good: 1 to %(most)d.")
        raise Invalid("bad_days", sentence % {"most": MOST_DAYS}, field="days")
    if not (name := services.clean({"name": name})["name"]):
        raise Invalid("no_name", _("Say what the token is for."), field="name")
    now = timezone.now()
    user = services.build(
        company, {"first_name": name, "role": role}, today=company.today()
    )
    user.save(force_insert=True)
    token = ApiToken(company=company, user=user, issued_by=actor.id)
    token.expires_at = now + timedelta(days=days)
    token.save(force_insert=True)
    drafts = [
        services.draft(events.USER_CREATED, user),
        services.draft(
            events.USER_TOKEN_ISSUED,
            user,
            token_id=token.id,
            expires_at=token.expires_at,
        ),
    ]
    record_many(drafts, actor=actor)
    text = tokens.make(tokens.ClientToken, token.id, until=token.expires_at)
    return token, text


@transaction.atomic
def revoke(token: ApiToken, *, actor: Actor) -> ApiToken:
    """From the next request on it is refused."""
    actor.require(Permission.API_TOKENS_ISSUE, token)
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is not None:
        return token
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    told = services.draft(events.USER_TOKEN_REVOKED, token.user, token_id=token.id)
    record_many([told], actor=actor)
    return token


_TOKEN = ById(
    lambda token_id: ApiToken.objects.select_related("user__company").filter(
        pk=token_id
    )
)
_NOTED_EVERY = timedelta(minutes=1)


def caller(token_id: UUID) -> Caller | None:
    """The client whose token it is, while it is good; one query. When it was last used
    is noted once a minute."""
    now = timezone.now()
    found = _TOKEN.first(token_id)
    if found is None or not found.row.is_good(now) or found.row.user.has_left:
        return None
    token, until = found.row, now
    if token.last_used_at is None or now - token.last_used_at > _NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    else:
        until = min(token.expires_at, token.last_used_at + _NOTED_EVERY)
    seconds = until.timestamp()
    return Caller(token.user, seconds, found.version, _TOKEN.version(token_id))
