import itertools
import re

import pytest
from django.db import models

from apps.accounts.states import TRANSITIONS as USERS
from apps.bulk.states import TRANSITIONS as BULK_JOBS
from apps.core import states
from apps.core.errors import Conflict
from apps.imports.states import TRANSITIONS as IMPORTS
from apps.inventory.states import TRANSITIONS as ASSETS
from apps.invoicing.states import TRANSITIONS as INVOICES
from apps.notifications.states import TRANSITIONS as MESSAGES
from apps.orders.states import TRANSITIONS as ORDERS
from apps.redeployments.states import TRANSITIONS as REDEPLOYMENTS
from apps.returns.states import TRANSITIONS as RETURNS
from apps.shipping.states import TRANSITIONS as SHIPMENTS

TABLES = {
    "asset": ASSETS,
    "bulk job": BULK_JOBS,
    "import": IMPORTS,
    "message": MESSAGES,
    "order": ORDERS,
    "redeployment": REDEPLOYMENTS,
    "invoice": INVOICES,
    "return": RETURNS,
    "shipment": SHIPMENTS,
    "user": USERS,
}


@pytest.mark.parametrize("name", TABLES)
def test_only_what_the_table_lists_may_follow(name):
    table = TABLES[name]
    for current, target in itertools.product(table, table):
        if target in table[current]:
            states.require(table, current, target, what=name)
        else:
            with pytest.raises(Conflict, match=name) as refusal:
                states.require(table, current, target, what=name)
            assert refusal.value.code == "wrong_state"


@pytest.mark.parametrize("name", TABLES)
def test_every_target_is_a_state_of_the_table(name):
    table = TABLES[name]
    assert set().union(*table.values()) <= set(table)


@pytest.mark.parametrize("name", TABLES)
def test_a_refusal_calls_states_as_people_do(name):
    table = TABLES[name]
    for current in table:
        target = next(state for state in table if state not in table[current])
        with pytest.raises(Conflict) as refusal:
            states.require(table, str(current), str(target), what="It")
        text = refusal.value.message
        assert f"“{current.label}”" in text
        assert f"“{target.label}”" in text
        assert not re.search(r"[A-Z]{2,}|_", text), text


class German(models.TextChoices):
    LOST = "LOST", "Verloren"
    IN_STORAGE = "IN_STORAGE", "Im Lager"


def test_labels_stay_as_their_language_writes_them():
    table = {German.LOST: frozenset(), German.IN_STORAGE: frozenset({German.LOST})}
    with pytest.raises(Conflict, match=r"Es .*“Verloren”.*“Im Lager”"):
        states.require(table, "LOST", "IN_STORAGE", what="Es")
