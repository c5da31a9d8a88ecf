"""Worker and beat are killed while reminders are due: nothing is lost, nothing doubles
but the one mail that was on its way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.companies import services as companies
from apps.companies.models import Company
from apps.conftest import make_company, make_product
from apps.core.actor import SYSTEM
from apps.events import services as events
from apps.events.models import Cursor, Event
from apps.inventory import services as inventory
from apps.notifications.models import Message
from apps.notifications.states import MessageState
from apps.returns import services as returns
from apps.returns.models import Return
from apps.returns.states import ReturnState

pytestmark = pytest.mark.full

PEOPLE = 60
KILLS = 3
PATIENCE_SECONDS = 150
MESSAGE_ID = re.compile(r"^Message-ID: (.+)$", re.MULTILINE | re.IGNORECASE)


def people_with_a_due_reminder(acme: Company) -> None:
    """First contacts that went out four days ago: all first reminders are due."""
    from apps.accounts import services as accounts

    place = companies.create_address(actor=SYSTEM, company=acme, name="Office")
    product = make_product(acme)
    then = timezone.now() - timedelta(days=4)
    for number in range(PEOPLE):
        user = accounts.create(
            actor=SYSTEM,
            company=acme,
            first_name=f"P{number}",
            email=f"p{number}@acme.example",
            private_email=f"p{number}@home.example",
        )
        asset = inventory.create(
            actor=SYSTEM,
            company=acme,
            holder=user,
            product=product,
            name="",
            serial_number=f"SN{number}",
            at=then - timedelta(days=1),
        )
        ret = returns.start_collection(
            user, actor=SYSTEM, asset_ids=[asset.id], address=place, at=then
        )
        returns.contact_due(ret.id, actor=SYSTEM, at=then)


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """With a Redis of their own."""
    return {
        **environment,
        "REDIS_URL": settings.REDIS_URL.rpartition("/")[0] + "/9",
        "EMAIL_URL": f"filemail://{tmp_path}",
        "PYTHONUNBUFFERED": "1",
    }


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "tequipy", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_due_reminder_leaves_once(reference_data, environment, tmp_path):
    people_with_a_due_reminder(make_company("Acme"))
    while events.seal():
        pass
    # Only the reminders are of interest, not the past.
    Cursor.objects.create(subscriber="notifications", position=events.head()[0])
    commands = {
        "worker": ("worker", "-c", "2", "-l", "WARNING"),
        "beat": ("beat", "--pidfile=", "-l", "WARNING"),
    }
    running = {name: start(environment, *words) for name, words in commands.items()}
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        sent, kills = 0, 0
        while sent < PEOPLE and time.monotonic() < deadline:
            time.sleep(0.3)
            now = Message.objects.filter(state=MessageState.SENT).count()
            moved = Return.objects.filter(state=ReturnState.FIRST_REMINDER_SENT).count()
            if kills < KILLS and (now > sent or moved > kills * PEOPLE // 4):
                kills += 1
                for name, words in commands.items():
                    kill(running[name])
                    running[name] = start(environment, *words)
                # A claim of a sender that is dead for sure needs no waiting here.
                Message.objects.filter(state=MessageState.SENDING).update(
                    next_try_at=timezone.now()
                )
            sent = now
    finally:
        for process in running.values():
            kill(process)
    assert kills == KILLS
    reminders = Message.objects.filter(event_type="return.first_reminder_sent")
    assert reminders.count() == PEOPLE
    assert set(reminders.values_list("state", flat=True)) == {MessageState.SENT}
    due = set(reminders.values_list("message_id", flat=True))
    left = Counter(
        found.strip()
        for file in tmp_path.iterdir()
        for found in MESSAGE_ID.findall(file.read_text())
    )
    assert set(left) == due
    assert sum(left.values()) - len(due) <= KILLS * 2
    assert Event.objects.filter(type="return.first_reminder_sent").count() == PEOPLE
    assert list(events.verify()) == []
