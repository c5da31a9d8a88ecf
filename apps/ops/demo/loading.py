"""Loads the demo: once, and only into an installation that holds nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.sessions import actor_of
from apps.accounts.states import UserState
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies.events import COMPANY_CREATED
from apps.companies.models import Company
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.notifications import services as mails

from . import companies, invoices, orders, redeployments, returns, selling
from .equipment import Outfitter
from .timeline import Timeline, publish

SEED = 20_260_104
_FOUNDED_DAYS_AGO = 1_760
_LONG_AGO = timedelta(days=760)


def load() -> bool:
    """Whether this call loaded it. Raises Conflict `not_a_demo`, `foreign_data`."""
    if not settings.DEBUG:
        raise Conflict("not_a_demo", _("Demo data is loaded only where DEBUG is true."))
    if is_loaded():
        return False
    found = Company.objects.filter(kind=Company.Kind.CUSTOMER).first()
    if found is not None:
        raise Conflict(
            "foreign_data",
            _("There is a company already (%(name)s): demo data would mix with it.")
            % {"name": found.name},
        )
    with transaction.atomic():
        _load(timezone.now())
    return True


def is_loaded() -> bool:
    acme = Company.objects.filter(slug="acme").first()
    return (
        acme is not None
        and Event.objects.filter(
            company_id=acme.id, type=COMPANY_CREATED.name, subject_id=acme.id
        ).exists()
    )


def _load(now: datetime) -> None:
    rng = Random(SEED)  # noqa: S311  the same demo everywhere, nothing secret
    founded = (now - timedelta(days=_FOUNDED_DAYS_AGO)).replace(hour=8, minute=0)
    companies.platform_staff()
    sold = selling.price_lists(founded)
    orders.bank_accounts()
    _load_acme(rng, now, founded, sold)
    _load_globex(rng, now, founded, sold)
    companies.initech(founded=now - timedelta(days=3))
    publish()
    for company in Company.objects.filter(kind=Company.Kind.CUSTOMER):
        mails.note_as_sent(company, actor=SYSTEM)


def _load_acme(
    rng: Random, now: datetime, founded: datetime, sold: list[Product]
) -> None:
    today = now.date()
    cast = companies.acme(rng, today=today, founded=founded)
    catalog.publish(sold, actor=SYSTEM, company=cast.company, at=founded)
    selling.kits(cast.company)
    timeline = Timeline(now, actor=actor_of(cast.admin))
    lukasz, others = cast.people[3], cast.people[4:]
    subjects = [
        user
        for user in others
        if user.state == UserState.ACTIVE and user.start_on < today - _LONG_AGO
    ][: returns.SUBJECTS]
    steady = {user.id for user in (lukasz, *subjects)}
    Outfitter(rng, timeline, cast).equip(400, steady=steady)
    returns.tell(subjects, lukasz, timeline, rng, cast)
    joiners = [user for user in others if user.state == UserState.CREATED]
    orders.tell(lukasz, joiners, timeline, cast)
    redeployments.tell([lukasz, cast.people[1]], timeline, rng, cast)
    invoices.tell(timeline, cast)
    timeline.play()


def _load_globex(
    rng: Random, now: datetime, founded: datetime, sold: list[Product]
) -> None:
    cast = companies.globex(rng, today=now.date(), founded=founded)
    catalog.publish(sold, actor=SYSTEM, company=cast.company, at=founded)
    timeline = Timeline(now, actor=actor_of(cast.admin))
    Outfitter(rng, timeline, cast).furnish(20)
    timeline.play()
