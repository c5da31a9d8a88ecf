"""Schemathesis asks the running server whatever the schema allows, and what it forbids.

FUZZ_EXAMPLES is how many requests are made up for each operation, and how many chains
of them. `make fuzz` has the phase `coverage`, too: each limit of each field on its own.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.conftest import Api, ensure_reference_data, make_api, make_asset
from apps.core import correlation
from apps.core.actor import SYSTEM
from apps.core.api import documents
from apps.returns import services as returns

from .verbs import World

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "30")
PHASES = os.environ.get("FUZZ_PHASES", "examples,fuzzing,stateful")
THINGS = [
    *("joiner", "leaver", "former", "place", "tag", "kit", "platform_product"),
    *("stored", "attached", "parcel", "offboarding", "order", "draft", "invoice"),
]


@pytest.fixture
def place(request: pytest.FixtureRequest, settings: Any, live_server: Any) -> Api:
    """A company with some of everything, so that there are ids to name."""
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 0
    ensure_reference_data()
    world = World(request.getfixturevalue)
    for name in THINGS:
        getattr(world, name)
    returns.start_collection(
        world.emil,
        actor=SYSTEM,
        asset_ids=[make_asset(world.emil, "HELD-2").id],
        address=world.office,
    )
    return make_api(world.acme)


class Noting(logging.Handler):
    """Keeps which correlationIds stand in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.found.add(correlation.get())


@pytest.fixture
def log() -> Iterator[Noting]:
    noting = Noting()
    logging.getLogger().addHandler(noting)
    yield noting
    logging.getLogger().removeHandler(noting)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_request_is_answered_otherwise_than_declared(
    place: Api, log: Noting, live_server: Any, tmp_path: Path
) -> None:
    schema, errors = tmp_path / "schema.json", tmp_path / "errors.txt"
    schema.write_bytes(documents.schema_bytes())
    options = {
        "--url": live_server.url,
        "--max-examples": EXAMPLES,
        "--phases": PHASES,
        "--header": f"Authorization: Bearer {place.token}",
    }
    command = [SCHEMATHESIS, "--config-file", HERE / "fuzz.toml", "run", schema]
    told = subprocess.run(
        [*command, "--no-color", *(word for pair in options.items() for word in pair)],
        cwd=HERE.parents[2],
        env={**os.environ, "FUZZ_ERRORS": str(errors)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    ids = set(errors.read_text().split())
    assert ids
    assert ids <= log.found
