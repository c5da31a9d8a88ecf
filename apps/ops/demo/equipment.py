"""The assets of the demo and who held them before the returns of `returns.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.catalog.models import Category
from apps.companies.models import Address
from apps.inventory import services as inventory
from apps.inventory.models import GRADES, Asset
from apps.inventory.services import Move
from apps.inventory.states import ArchiveReason, AssetState

from .catalogue import Model, SerialNumbers, choose
from .companies import Cast
from .people import HEAVY_TEAMS
from .timeline import Timeline

_C = Category
_SUPPLIERS = ("Alza", "Bechtle", "CDW", "x-kom")
_EXTRAS = (
    (_C.MONITOR, 0.75),
    (_C.HEADSET, 0.45),
    (_C.DOCK, 0.4),
    (_C.PHONE, 0.3),
    (_C.KEYBOARD, 0.15),
    (_C.TABLET, 0.06),
)
# Who has exactly what, whatever the dice say.
_KITS = {
    "emil": (_C.LAPTOP, _C.MONITOR, _C.PHONE),
    "anna": (_C.LAPTOP, _C.MONITOR, _C.PHONE, _C.HEADSET),
    "wanda": (_C.TABLET,),
}
_KIT_OF_A_RETURN = (_C.LAPTOP, _C.MONITOR, _C.HEADSET)
_OF_AN_OFFICE = (_C.PRINTER, _C.NETWORK, _C.NETWORK, _C.NETWORK, _C.SERVER, _C.MONITOR)
_REPAIRS = 6
_ARCHIVED_EACH = 4
_POOL = 26


class Outfitter:
    """Buys the equipment of one company and gives it out."""

    def __init__(self, rng: Random, timeline: Timeline, cast: Cast) -> None:
        self._rng = rng
        self._timeline = timeline
        self._cast = cast
        self._serials = SerialNumbers(rng)
        self._tag = 1000
        self._shelves = {
            country.code: shelf
            for shelf in cast.shelves
            for country in shelf.warehouse.serves.all()
        }

    def equip(self, total: int, *, steady: Collection[UUID]) -> None:
        """So many assets; those who are in `steady` keep what they got at first."""
        kits = list(self._kits(total, steady))
        for user, category in kits:
            self._give(user, category, is_steady=user.id in steady)
        for office in self._cast.offices:
            for category in _OF_AN_OFFICE:
                self._buy(
                    choose(self._rng, category), self._days_ago(400, 1500), office
                )
        used = [user for user in self._present() if user.id not in steady]
        self._retire_some(used)
        for number in range(_REPAIRS):
            self._mend(self._rng.choice(used), days_ago=3 + 3 * number)
        while self._tag < 1000 + total:
            self._put_into_pool(self._rng.choice(used))

    def furnish(self, total: int) -> None:
        """A small company without shelves: what nobody holds lies in its office."""
        office = self._cast.offices[0]
        for user in self._present():
            for category in (_C.LAPTOP, _C.MONITOR):
                bought = max(user.start_on, self._days_ago(0, 1000))
                asset = self._buy(choose(self._rng, category), bought, office)
                self._hand_over(asset, user, bought + timedelta(days=4))
        while self._tag < 1000 + total:
            self._buy(choose(self._rng, _C.HEADSET), self._days_ago(60, 400), office)

    def _present(self) -> list[User]:
        return [u for u in self._cast.people if u.state == UserState.ACTIVE]

    def _kits(
        self, total: int, steady: Collection[UUID]
    ) -> Iterator[tuple[User, Category]]:
        rest = len(_OF_AN_OFFICE) * len(self._cast.offices) + _REPAIRS + _POOL
        left = total - rest - _ARCHIVED_EACH * len(ArchiveReason)
        wishes: list[tuple[User, Category]] = []
        for user in self._present():
            kit = _KITS.get(user.email.split("@")[0])
            if kit is None and user.id in steady:
                kit = _KIT_OF_A_RETURN
            if kit is None:
                kit = (_C.LAPTOP,)
                wishes += [
                    (user, category)
                    for category, odds in _EXTRAS
                    if self._rng.random() < odds
                ]
            left -= len(kit)
            yield from ((user, category) for category in kit)
        self._rng.shuffle(wishes)
        yield from wishes[:left]

    # --- Lives of an asset ----------------------------------------------------

    def _give(self, user: User, category: Category, *, is_steady: bool) -> None:
        """Bought for them when they joined, or newer, if that is long ago."""
        was_long_ago = (self._timeline.today - user.start_on).days > 1200
        if was_long_ago and not is_steady:
            bought = self._days_ago(120, 1100)
            given = bought + timedelta(days=self._rng.randint(4, 15))
        else:
            given = user.start_on
            bought = given - timedelta(days=self._rng.randint(5, 25))
        asset = self._buy(self._model(category, user), bought, self._shelf_for(user))
        self._hand_over(asset, user, given)

    def _use(self, user: User) -> tuple[Asset, Address, date]:
        """Somebody had it and gave it back: the asset, its shelf, that day."""
        back = self._days_ago(45, 160)
        given = max(user.start_on, back - timedelta(days=self._rng.randint(200, 900)))
        shelf = self._shelf_for(user)
        category = self._rng.choice((_C.LAPTOP, _C.LAPTOP, _C.MONITOR, _C.PHONE))
        asset = self._buy(self._model(category, user), given - timedelta(days=9), shelf)
        self._hand_over(asset, user, given)
        self._move(asset, back, AssetState.STORAGE, shelf)
        return asset, shelf, back

    def _retire_some(self, used: list[User]) -> None:
        for reason in ArchiveReason.values:
            for _number in range(_ARCHIVED_EACH):
                asset, _shelf, back = self._use(self._rng.choice(used))
                day = back + timedelta(days=self._rng.randint(3, 40))
                self._move(asset, day, AssetState.ARCHIVED, None, reason)

    def _mend(self, user: User, *, days_ago: int) -> None:
        asset, shelf, _back = self._use(user)
        day = self._timeline.today - timedelta(days=days_ago)
        self._move(asset, day, AssetState.IN_REPAIR, shelf)

    def _put_into_pool(self, user: User) -> None:
        """In storage: half of it has been used before."""
        if self._rng.random() < 0.5:
            self._use(user)
            return
        category = self._rng.choice((_C.LAPTOP, _C.MONITOR, _C.DOCK, _C.HEADSET))
        shelf = self._rng.choice(self._cast.shelves)
        self._buy(choose(self._rng, category), self._days_ago(4, 120), shelf)

    # --- Steps ----------------------------------------------------------------

    def _buy(self, model: Model, bought: date, place: Address) -> Asset:
        at = self._moment(bought + timedelta(days=2), hour=9)
        self._tag += 1
        asset = inventory.build(
            self._cast.company,
            holder=place,
            at=at,
            product=self._cast.product(model),
            name=model.name,
            serial_number=self._serials.next(model.manufacturer),
            asset_tag=f"{self._cast.company.slug[:3].upper()}-{self._tag}",
            specification=[{k: v} for k, v in model.specification.items()],
            purchased_on=bought,
            purchase_price=self._price(model),
            currency=self._cast.company.currency,
            warranty_ends_on=bought + timedelta(days=365 * model.warranty_years),
            supplier=self._rng.choice(_SUPPLIERS),
            order_number=f"PO-{bought:%Y}-{self._rng.randint(100, 999)}",
            condition=self._condition(bought),
        )
        self._timeline.add(at, asset)
        return asset

    def _price(self, model: Model) -> Decimal:
        factor = Decimal(self._rng.randint(92, 104)) / 100
        return (Decimal(model.price) * factor).quantize(Decimal("0.01"))

    def _condition(self, bought: date) -> Decimal | None:
        years = (self._timeline.today - bought).days / 365
        if years < 0.7:
            return None
        step = min(int(years / 1.2), 2)
        return GRADES["ABCD"[step + self._rng.randint(0, 1)]]

    def _hand_over(self, asset: Asset, user: User, day: date) -> None:
        self._move(asset, day, AssetState.ACTIVE, user)

    def _move(
        self,
        asset: Asset,
        day: date,
        state: AssetState,
        holder: User | Address | None,
        reason: str = "",
    ) -> None:
        at = self._moment(day, hour=self._rng.randint(10, 16))
        self._timeline.add(at, Move(asset.id, state, holder, reason, at=at))

    def _moment(self, day: date, *, hour: int) -> datetime:
        day = min(day, self._timeline.today - timedelta(days=2))
        return self._timeline.at(day, hour, self._rng.randint(0, 59))

    def _days_ago(self, least: int, most: int) -> date:
        return self._timeline.today - timedelta(days=self._rng.randint(least, most))

    def _model(self, category: Category, user: User) -> Model:
        """Who builds things gets the bigger machines."""
        model = choose(self._rng, category)
        if user.department not in HEAVY_TEAMS and Decimal(model.price) > 2000:
            model = choose(self._rng, category)
        return model

    def _shelf_for(self, user: User) -> Address:
        return self._shelves.get(user.country_id, self._cast.shelves[0])
