"""The business in numbers: computed by beat's task, kept in the cache, so that a
scrape never touches PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.companies.models import Company
from apps.core.actor import SYSTEM
from apps.events.models import Cursor, Event, FailedDelivery
from apps.events.subscribers import subscribers
from apps.imports.models import Batch
from apps.imports.states import BatchState
from apps.inventory.models import Asset
from apps.inventory.states import AssetState
from apps.notifications.models import Message
from apps.notifications.states import MessageState
from apps.ops.models import BackupRun
from apps.returns.models import Return
from apps.returns.states import Kind, ReturnState
from apps.shipping.models import Shipment
from apps.shipping.states import OPEN

_KEY = "ops:business-metrics"
# Older numbers are not shown: an absent one is seen, a stale one believed.
_KEEP_SECONDS = 900

# name -> (help, label or "")
_HELP = {
    "tequipy_companies": ("Customers.", ""),
    "tequipy_assets": ("Assets by state.", "status"),
    "tequipy_people": ("People and API clients by state.", "state"),
    "tequipy_offboardings": ("Offboardings by state.", "state"),
    "tequipy_collections": ("Collections by state.", "state"),
    "tequipy_parcels": ("Parcels that have not ended, by state.", "state"),
    "tequipy_imports": ("Imports by state.", "state"),
    "tequipy_mails_waiting": ("Mails that have not left.", ""),
    "tequipy_mails_retried": ("Waiting mails that were refused before.", ""),
    "tequipy_event_deliveries_failed": ("Events a subscriber could not take.", ""),
    "tequipy_backup_last_success_timestamp_seconds": (
        "When the newest backup of its kind was complete.",
        "kind",
    ),
    "tequipy_backup_last_verified_timestamp_seconds": (
        "When a backup was last restored for a proof.",
        "",
    ),
    "tequipy_outbox_oldest_seconds": (
        "Age of the oldest thing that should have gone out.",
        "kind",
    ),
}

Sample = tuple[str, str, float]  # name, value of its label, value


class BusinessCollector(Collector):
    """What the task left in the cache; nothing while Redis is away."""

    def collect(self) -> Iterable[Metric]:
        kept = cache.get(_KEY)
        if kept is None:
            return
        families: dict[str, GaugeMetricFamily] = {}
        for name, label, value in kept["samples"]:
            text, label_name = _HELP[name]
            family = families.setdefault(
                name,
                GaugeMetricFamily(
                    name, text, labels=[label_name] if label_name else None
                ),
            )
            family.add_metric([label] if label_name else [], value)
        yield from families.values()
        yield GaugeMetricFamily(
            "tequipy_business_computed_timestamp_seconds",
            "When these numbers were computed.",
            value=kept["computed_at"],
        )


def compute() -> None:
    """One statement a table, once a minute: a million assets took 0.5 s on a busy
    machine of two cores."""
    samples = list(_samples(timezone.now()))
    kept = {"computed_at": time.time(), "samples": samples}
    cache.set(_KEY, kept, _KEEP_SECONDS)


def _samples(now: datetime) -> Iterator[Sample]:
    companies = Company.objects.visible_to(SYSTEM).filter(kind=Company.Kind.CUSTOMER)
    yield "tequipy_companies", "", companies.count()
    yield from _by_state(
        "tequipy_assets", Asset.objects.visible_to(SYSTEM), AssetState.values
    )
    yield from _by_state(
        "tequipy_people", User.objects.visible_to(SYSTEM), UserState.values
    )
    yield from _returns()
    yield from _by_state(
        "tequipy_parcels", Shipment.objects.visible_to(SYSTEM).open(), sorted(OPEN)
    )
    yield from _by_state(
        "tequipy_imports", Batch.objects.visible_to(SYSTEM), BatchState.values
    )
    yield from _mails(now)
    yield from _events(now)
    yield from _backups()
    failed = FailedDelivery.objects.filter(next_try_at__isnull=False)
    yield "tequipy_event_deliveries_failed", "", failed.count()


def _by_state(
    name: str, rows: QuerySet[Any], states: Iterable[str]
) -> Iterator[Sample]:
    """Every state has a value, or a graph shows gaps for none."""
    counted = rows.order_by().values_list("state").annotate(n=Count("*"))
    found = {str(state): count for state, count in counted}
    for state in states:
        yield name, str(state), found.get(str(state), 0)


def _returns() -> Iterator[Sample]:
    rows = Return.objects.visible_to(SYSTEM).order_by()
    counted = rows.values_list("kind", "state").annotate(n=Count("*"))
    found = {(kind, state): count for kind, state, count in counted}
    for kind, name in (
        (Kind.OFFBOARDING, "tequipy_offboardings"),
        (Kind.COLLECTION, "tequipy_collections"),
    ):
        for state in sorted(set(ReturnState.values) - {ReturnState.DELETED}):
            yield name, str(state), found.get((kind, state), 0)


def _mails(now: datetime) -> Iterator[Sample]:
    waiting = (
        Message.objects.visible_to(SYSTEM)
        .filter(state__in=[MessageState.PENDING, MessageState.SENDING])
        .aggregate(
            all=Count("*"),
            retried=Count("pk", filter=Q(attempts__gt=0)),
            oldest=Min("next_try_at"),
        )
    )
    yield "tequipy_mails_waiting", "", waiting["all"]
    yield "tequipy_mails_retried", "", waiting["retried"]
    yield _age("mails", waiting["oldest"], now)


def _events(now: datetime) -> Iterator[Sample]:
    unsealed = Event.objects.visible_to(SYSTEM).unsealed()
    oldest = unsealed.aggregate(oldest=Min("recorded_at"))["oldest"]
    yield _age("events_to_seal", oldest, now)
    after = Event.objects.filter(position__gt=OuterRef("position"))
    first = Subquery(after.order_by("position").values("recorded_at")[:1])
    unread = (
        Cursor.objects.filter(subscriber__in=list(subscribers))
        .annotate(unread_since=first)
        .aggregate(oldest=Min("unread_since"))["oldest"]
    )
    yield _age("events_to_deliver", unread, now)


def _backups() -> Iterator[Sample]:
    """None while there has been none: the alerts ask for absence too."""
    newest: dict[str, datetime] = {}
    proved: list[datetime] = []
    rows = BackupRun.objects.order_by().values_list("kind")
    for kind, finished_at, verified_at in rows.annotate(
        finished=Max("finished_at"), verified=Max("verified_at")
    ):
        newest[kind] = finished_at
        proved += [verified_at] if verified_at else []
    for kind, at in newest.items():
        name = "tequipy_backup_last_success_timestamp_seconds"
        yield name, kind, at.timestamp()
    if proved:
        name = "tequipy_backup_last_verified_timestamp_seconds"
        yield name, "", max(proved).timestamp()


def _age(kind: str, since: datetime | None, now: datetime) -> Sample:
    seconds = max(0.0, (now - since).total_seconds()) if since else 0.0
    return "tequipy_outbox_oldest_seconds", kind, seconds
