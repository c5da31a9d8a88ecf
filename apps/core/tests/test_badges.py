import pytest

from apps.accounts.states import UserState
from apps.core.templatetags.badges import BADGES
from apps.imports.states import BatchState, Verdict
from apps.inventory.states import AssetState
from apps.invoicing.states import InvoiceState
from apps.notifications.states import MessageState
from apps.orders.states import OrderState
from apps.redeployments.states import RedeploymentState
from apps.returns.states import Decision, Outcome, ReturnState
from apps.shipping.states import ShipmentState

CHOICES = {
    "asset": AssetState,
    "return": ReturnState,
    "redeployment": RedeploymentState,
    "invoice": InvoiceState,
    "shipment": ShipmentState,
    "user": UserState,
    "import": BatchState,
    "verdict": Verdict,
    "message": MessageState,
    "decision": Decision,
    "outcome": Outcome,
    "order": OrderState,
}


@pytest.mark.parametrize("kind", CHOICES)
def test_every_state_has_a_badge_with_its_own_words(kind):
    shown = {state: str(words) for state, (_t, _i, words) in BADGES[kind].items()}
    assert shown == {state: str(label) for state, label in CHOICES[kind].choices}
