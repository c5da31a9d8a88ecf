from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import address_states, invitation_states
from apps.accounts import states as accounts
from apps.bulk import states as bulk
from apps.core.doors import Door, through
from apps.core.states import Transitions
from apps.imports import states as imports
from apps.inventory import states as inventory
from apps.invoicing import states as invoicing
from apps.notifications import states as notifications
from apps.orders import states as orders
from apps.redeployments import states as redeployments
from apps.returns import states as returns
from apps.shipping import states as shipping

MODULES: dict[str, Any] = {
    "Asset": inventory,
    "Order": orders,
    "Return": returns,
    "Redeployment": redeployments,
    "Invoice": invoicing,
    "Shipment": shipping,
    "Person": accounts,
    "Invitation": invitation_states,
    "Change of a sign-in address": address_states,
    "Import": imports,
    "Bulk job": bulk,
    "Message": notifications,
}
HEAD = """# States

Written by `manage.py state_diagrams` from each app's `states.py`: a test fails when
they differ. An arrow means that the one state may follow the other. The table below
says by which verb, and from which page, operation of the API, admin action, command or
task, or why nobody can.
"""


class Command(BaseCommand):
    help = "Writes docs/states.md from the state tables; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "states.md"
        text = render()
        if check:
            if target.read_text() != text:
                raise CommandError("docs/states.md is old: run state_diagrams.")
            return
        target.write_text(text)
        self.stdout.write(f"{target} written")


def render() -> str:
    """The page: one Mermaid diagram per state table, and its doors."""
    parts = [HEAD]
    for name, states in MODULES.items():
        table = states.TRANSITIONS
        arrows = [
            f"    {current} --> {target}"
            for current, targets in sorted(table.items())
            for target in sorted(targets)
        ]
        diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
        ways = "\n".join(
            ["| from | to | how |", "|---|---|---|", *_rows(table, states.DOORS)]
        )
        parts.append(f"## {name}\n\n{diagram}\n\n{ways}\n")
    return "\n".join(parts)


def _rows(table: Transitions, doors: Sequence[Door]) -> Iterator[str]:
    for door in doors:
        if not door.enters:
            yield f"| {', '.join(sorted(door.leaves))} | | {door.why_not} |"
        for target, leaves in through(table, door).items():
            yield f"| {', '.join(leaves)} | {target} | {_how(door)} |"


def _how(door: Door) -> str:
    if door.why_not:
        return f"No way: {door.why_not}"
    places = ", ".join(door.places)
    return f"`{door.verb}`: {places}"
