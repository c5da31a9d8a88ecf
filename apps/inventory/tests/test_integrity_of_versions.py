"""check_custody rebuilds custody from steps of every version."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.inventory import integrity, services
from apps.inventory.models import Asset, Custody

pytestmark = pytest.mark.django_db

# The same step, as version 1 wrote it: `custody` is there where the holder changed.
AS_VERSION_1 = """
UPDATE events_event SET version = 1, payload =
    (payload - 'holder_changed' - 'custody_id' - 'product_id')
    || jsonb_build_object('from', coalesce(payload->'from', '{}'))
    || CASE WHEN payload->>'holder_changed' = 'true'
       THEN jsonb_build_object('custody', payload->'custody_id')
       ELSE '{}'::jsonb END
WHERE subject_type = 'asset' AND id % %s = 0
"""


def rewrite(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        cursor.execute(statement.replace("% %s", "%% %s"), parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_append_only"
        )


@pytest.fixture
def moved(emil, anna, office) -> Asset:
    """Stored, handed over, stored again, retired."""
    laptop = make_asset(office)
    services.hand_over(laptop, emil, actor=SYSTEM)
    services.receive(laptop, office, actor=SYSTEM)
    services.hand_over(laptop, anna, actor=SYSTEM)
    services.retire(laptop, "SOLD", actor=SYSTEM)
    return laptop


@pytest.mark.parametrize("every", [1, 2], ids=["all", "mixed"])
def test_finds_nothing_on_sound_data(moved, every):
    rewrite(AS_VERSION_1, every)
    assert list(integrity.problems()) == []


@pytest.mark.parametrize("is_old", [True, False], ids=["version 1", "version 2"])
def test_finds_a_row_that_is_gone(moved, emil, is_old):
    if is_old:
        rewrite(AS_VERSION_1, 1)
    Custody.objects.filter(user=emil).delete()
    problems = list(integrity.problems())
    assert len(problems) == 1
    assert "opened a custody row that is gone" in problems[0]


@pytest.mark.parametrize("is_old", [True, False], ids=["version 1", "version 2"])
def test_finds_a_step_that_tells_another_holder(moved, is_old):
    if is_old:
        rewrite(AS_VERSION_1, 1)
    rewrite(
        "UPDATE events_event SET payload = jsonb_set(payload, '{to,user_id}', "
        "to_jsonb(gen_random_uuid())) WHERE id = (SELECT max(id) FROM events_event "
        "WHERE type = 'asset.handed_over')"
    )
    problems = list(integrity.problems())
    assert len(problems) == 1
    assert "events tell another holder or period" in problems[0]
