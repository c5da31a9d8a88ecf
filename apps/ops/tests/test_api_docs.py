"""The curl lines of docs/api.md, one after the other, as a reader would type them: a
real curl, a live server, real transactions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.catalog import services as catalog
from apps.catalog.models import Category
from apps.companies import entities
from apps.companies.models import Address, Company
from apps.conftest import Api, make_asset, make_product
from apps.core import background
from apps.core.actor import SYSTEM
from apps.imports import tasks
from apps.imports.models import Batch
from apps.invoicing import services as invoicing
from apps.invoicing import texts
from apps.redeployments import services as redeployments

ADDRESS = "http://127.0.0.1:8000"
TOKEN = "paste-it-here"
# What curl met is noted beside what it printed.
NOTING = """set -euo pipefail
noted='%{stderr}%{http_code}\\n'
curl() { command curl --max-time 60 --write-out "$noted" "$@" 2>>met | tee -a said; }
"""
pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed"
)


class Call(NamedTuple):
    line: str
    status: str  # "2xx" unless the page says another one


def page() -> str:
    return Path(settings.BASE_DIR, "docs", "api.md").read_text()


def script() -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", page(), re.M | re.S))


def calls() -> list[Call]:
    found = []
    for line in script().splitlines():
        if re.search(r"\bcurl\b", line):
            named = re.search(r"# (\d{3})$", line)
            found.append(Call(line, named[1] if named else "2xx"))
    return found


def run(
    text: str, token: str, url: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    assert ADDRESS in text
    assert TOKEN in text
    text = text.replace(ADDRESS, url).replace(TOKEN, token)
    return subprocess.run(
        ["bash", "-c", NOTING + text],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def prepared(
    acme: Company, emil: User, shelf: Address, office: Address, anna: User
) -> None:
    """What the page takes for granted: something to order, a leaver with a laptop and
    a screen, and an invoice."""
    laptop = make_product(acme, "ThinkPad X13")
    laptop = catalog.set_orderable(laptop, actor=SYSTEM, is_orderable=True)
    catalog.set_price(laptop, actor=SYSTEM, currency="EUR", amount=Decimal("1290.00"))
    screen = make_product(acme, "Dell U2723QE", category=Category.MONITOR)
    make_asset(emil, "L-1", product=laptop)
    make_asset(emil, "M-1", product=screen)
    entities.create_entity(
        actor=SYSTEM,
        company=acme,
        legal_name="Acme Sp. z o.o.",
        country_id="PL",
        currency="EUR",
    )
    stored = make_asset(shelf, "L-2", product=laptop)
    sent = redeployments.create(
        [stored.id], target=Target(user=anna), actor=SYSTEM, company=acme
    )
    due = timezone.now() + timedelta(days=30)
    told = texts.REDEPLOYMENT(reference=sent.reference)
    items = (invoicing.Item(text=told, unit_price=Decimal("40.00")),)
    vat = Decimal("23")
    bill = invoicing.Bill(items=items, currency="EUR", tax_rate=vat, due_at=due)
    invoicing.create(sent, bill, actor=SYSTEM)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does at once what a worker does a moment later."""

    def publish(task: str, *args: str) -> None:
        if task.startswith("apps.imports."):
            getattr(tasks, task.rpartition(".")[2])(*args)

    monkeypatch.setattr(background, "publish", publish)


@pytest.mark.django_db(transaction=True)
@pytest.mark.full
def test_each_line_answers_what_the_page_says(
    prepared: None,
    worker: None,
    api: Api,
    live_server: Any,
    tmp_path: Path,
) -> None:
    with override_settings(PUBLIC_URL=live_server.url):
        ran = run(script(), api.token, live_server.url, tmp_path)
    met = (tmp_path / "met").read_text().split()
    said = (tmp_path / "said").read_text()[-1500:]
    wanted = calls()
    for call, status in zip(wanted, met, strict=False):
        is_good = status[0] == "2" if call.status == "2xx" else status == call.status
        assert is_good, f"{status}: {call.line}\n{said}"
    assert ran.returncode == 0, ran.stderr
    assert len(met) == len(wanted)
    assert "MDM-0001" in (tmp_path / "assets.csv").read_text()
    refused = (tmp_path / "refused.csv").read_text()
    assert "6.37702E+15" in refused
    assert "IMP-0002" not in refused
    batch = Batch.objects.get()
    assert (batch.state, batch.applied_rows, batch.undone_rows) == ("UNDONE", 2, 2)
