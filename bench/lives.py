"""What happened to every device, in the order of time: its row, who held it from when
until when, and the events that tell it, sealed.

Each device has one of twenty lives. A letter is a step: S into storage, A to a person,
T into a parcel, R into repair, X out of the register, u a changed fact.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from apps.events.services import GENESIS, chain_hash

from .world import (
    END,
    FIRST_DEVICE,
    NULL,
    Company,
    Product,
    Size,
    as_json,
    day,
    instant,
    row,
    shares,
    uuid7,
)

# Together 60 holders and 100 events: 3 and 5 a device.
LIVES = (
    *("SA", "SAu", "SAuuu", "SAuSA", "SuASAu", "SATSA", "SATuSAu", "AuuA", "SARuA"),
    *("SAuRuAu", "Au", "SuAuuu", "SAuSuAuu"),  # 65 % with a person
    *("S", "Suu", "SAuTSuu", "SAuSu"),  # 20 % in storage
    "SAuuTSuX",
    "SAuuT",
    "SuAuuR",
)
_STATES = {
    "S": "STORAGE",
    "A": "ACTIVE",
    "T": "IN_TRANSIT",
    "R": "IN_REPAIR",
    "X": "ARCHIVED",
}
_TYPES = {
    "S": ("asset.stored", 3),
    "A": ("asset.handed_over", 2),
    "T": ("asset.sent", 2),
    "R": ("asset.sent_to_repair", 2),
    "X": ("asset.retired", 2),
    "u": ("asset.updated", 2),
}
_CREATED = ("asset.created", 2)
_COLUMNS = ("user_id", "address_id", "shipment_id")
_REASONS = ("RETIRED", "SOLD", "GIVEN_AWAY", "WRITTEN_OFF")
# No life lasts longer, so that few are under way at one time.
_LONGEST = 600 * 86_400

Write = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Step:
    at: int
    kind: str
    # One of _COLUMNS and whose id, or nothing.
    column: str = ""
    holder: str = ""


@dataclass(slots=True)
class Device:
    id: str
    company: Company
    product: Product
    serial: str
    tag: str
    reason: str
    steps: list[Step]

    def place(self, step: Step) -> dict[str, str]:
        """As events tell it."""
        told = {"state": _STATES[step.kind]}
        if step.column:
            told[step.column] = step.holder
        if step.kind == "X":
            told["reason"] = self.reason
        return told

    def next_move(self, after: int) -> int | None:
        """When whoever holds it from that step on gave it away."""
        later = self.steps[after + 1 :]
        return next((step.at for step in later if step.kind != "u"), None)


def make_devices(
    size: Size, companies: list[Company], rng: random.Random
) -> Iterator[Device]:
    """In the order in which they were registered."""
    weights = shares(size.companies)
    per_device = (END - FIRST_DEVICE) / size.assets
    # Twenty at a time, so that the shares of lives are exact at every size.
    for start in range(0, size.assets, 20):
        lives = rng.sample(LIVES, 20)
        owners = rng.choices(companies, weights, k=20)
        for number, life, company in zip(
            range(start, min(start + 20, size.assets)), lives, owners, strict=False
        ):
            at = FIRST_DEVICE + int(number * per_device)
            yield Device(
                id=uuid7(at, rng),
                company=company,
                product=company.some_product(rng),
                serial=f"C02{number:09X}",
                tag=f"T{number:07}" if number % 3 else "",
                reason=_REASONS[number // 20 % 4],
                steps=_live(life, at, company, rng),
            )


def _live(life: str, at: int, company: Company, rng: random.Random) -> list[Step]:
    pace = min(END - at, _LONGEST) / (len(life) + 1)
    last = max(life.rfind(kind) for kind in "SATRX")
    steps: list[Step] = []
    arriving = ""
    for number, kind in enumerate(life):
        moment = int(at + pace * (number + (rng.random() / 2 if number else 0)))
        if kind == "A":
            choose = company.somebody_present if number == last else company.anybody
            steps.append(Step(moment, kind, "user_id", choose(rng)))
        elif kind == "T":
            steps.append(Step(moment, kind, "shipment_id", uuid7(moment, rng)))
            arriving = company.somewhere(rng)
        elif kind in "SR":
            place = arriving or company.somewhere(rng)
            steps.append(Step(moment, kind, "address_id", place))
            arriving = ""
        else:
            steps.append(Step(moment, kind))
    return steps


class Writer:
    """Turns lives into lines of COPY, whatever happens first first."""

    def __init__(self, write: Write, rng: random.Random) -> None:
        self.write = write
        self.rng = rng
        self.position = 0
        self.hash = GENESIS

    def write_all(self, devices: Iterator[Device]) -> None:
        waiting: list[tuple[int, int, int, Device]] = []
        for number, device in enumerate(devices):
            while waiting and waiting[0][0] < device.steps[0].at:
                self._happen(waiting)
            self.write("inventory_asset", _asset_row(device, number))
            heapq.heappush(waiting, (device.steps[0].at, number, 0, device))
        while waiting:
            self._happen(waiting)

    def _happen(self, waiting: list[tuple[int, int, int, Device]]) -> None:
        _at, number, place, device = waiting[0]
        self._tell(device, place)
        if place + 1 < len(device.steps):
            following = device.steps[place + 1].at
            heapq.heapreplace(waiting, (following, number, place + 1, device))
        else:
            heapq.heappop(waiting)

    def _tell(self, device: Device, place: int) -> None:
        step = device.steps[place]
        product = device.product
        payload: dict[str, object] = {
            "product_id": product.id,
            "serial_number": device.serial,
            "asset_tag": device.tag,
        }
        refs = [device.id]
        if step.kind == "u":
            payload["changes"] = {"notes": {}}
        else:
            payload |= {
                "product_name": product.name,
                "to": device.place(step),
                "holder_changed": True,
            }
            before = _before(device.steps, place)
            if before:
                payload["from"] = device.place(before)
            if step.column:
                payload["custody_id"] = self._hold(device, place, before)
            holders = (step.holder, before.holder if before else "")
            refs += [one for one in dict.fromkeys(holders) if one]
        type_, version = _TYPES[step.kind] if place else _CREATED
        self._record(device, step.at, type_, version, refs, payload)

    def _hold(self, device: Device, place: int, before: Step | None) -> str:
        """The row of custody that begins with this step, and its parcel."""
        step, until = device.steps[place], device.next_move(place)
        ends = instant(until) if until else ""
        held = (step.holder if step.column == name else NULL for name in _COLUMNS)
        custody = uuid7(step.at, self.rng)
        period = f"[{instant(step.at)},{ends})"
        line = row(custody, device.company.id, device.id, *held, period)
        self.write("inventory_custody", line)
        if step.kind == "T" and before:
            self._send(device, place, before.holder, ends)
        return custody

    def _send(self, device: Device, place: int, sender: str, ends: str) -> None:
        step, company = device.steps[place], device.company
        later = (step for step in device.steps[place:] if step.kind == "S")
        arrival = next(later, None)
        to_address = arrival.holder if arrival else company.places[0]
        line = row(
            step.holder,
            company.id,
            "DELIVERED" if ends else "IN_TRANSIT",
            "DHL",
            f"JD{step.at:014}{place}",
            sender,
            to_address,
            instant(step.at),
            ends or NULL,
        )
        self.write("shipping_shipment", line)

    def _record(
        self,
        device: Device,
        at: int,
        type_: str,
        version: int,
        refs: list[str],
        payload: dict[str, object],
    ) -> None:
        self.position += 1
        company, moment = device.company, instant(at)
        actor = company.people[0]
        values = (self.position, type_, company.id, "asset", device.id, refs, "USER")
        values += (actor, payload, "", moment, moment, version)
        before, self.hash = (
            self.hash,
            chain_hash(self.hash, self.position, values),
        )
        line = row(
            self.position,
            type_,
            version,
            company.id,
            "asset",
            device.id,
            "{" + ",".join(refs) + "}",
            "USER",
            actor,
            as_json(payload),
            "",
            moment,
            moment,
            self.position,
            before,
            self.hash,
        )
        self.write("events_event", line)


def _before(steps: list[Step], place: int) -> Step | None:
    earlier = reversed(steps[:place])
    return next((step for step in earlier if step.kind != "u"), None)


def _asset_row(device: Device, number: int) -> str:
    moves = [step for step in device.steps if step.kind != "u"]
    step = moves[-1]
    created = device.steps[0].at
    bought = created - 5 * 86_400
    held = (step.holder if step.column == name else NULL for name in _COLUMNS)
    return row(
        device.id,
        device.company.id,
        device.product.id,
        device.product.name,
        device.serial,
        device.tag,
        "",
        _STATES[step.kind],
        device.reason if step.kind == "X" else "",
        *held,
        instant(step.at),
        (NULL, "1.00", "0.75", "0.50")[number % 4],
        device.product.specification,
        day(bought),
        device.product.price,
        device.company.currency,
        day(bought + 3 * 365 * 86_400),
        "Reseller GmbH",
        f"PO-{number // 10:06}",
        f"CC-{number % 40:03}",
        "changed once" if device.steps[-1].kind == "u" else "",
        instant(created),
        instant(device.steps[-1].at),
    )
