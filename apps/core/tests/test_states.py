import pytest

from apps.accounts.states import TRANSITIONS as USERS
from apps.core import states
from apps.core.errors import Conflict
from apps.imports.states import TRANSITIONS as IMPORTS
from apps.inventory.states import TRANSITIONS as ASSETS
from apps.notifications.states import TRANSITIONS as MESSAGES
from apps.returns.states import TRANSITIONS as RETURNS
from apps.shipping.states import TRANSITIONS as SHIPMENTS

TABLES = {
    "asset": ASSETS,
    "import": IMPORTS,
    "message": MESSAGES,
    "return": RETURNS,
    "shipment": SHIPMENTS,
    "user": USERS,
}
# Sorted: workers of pytest-xdist must collect the same order.
PAIRS = [
    (name, current, target)
    for name, table in TABLES.items()
    for current in sorted(table)
    for target in sorted(table)
]


@pytest.mark.parametrize(("name", "current", "target"), PAIRS)
def test_only_what_the_table_lists_may_follow(name, current, target):
    table = TABLES[name]
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
