"""The quote desk: prepared once from a network and tonight's prices, then answers one return at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.indexed import HOME_IDX, ReturnArrays
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.pricing import PickupEstimate, keep_parts
from routing.decide.rules import KEEP_RULES, first_removal
from routing.quote.around import Around, Seen
from routing.quote.asked import AskedReturn
from routing.quote.book import Book
from routing.quote.choosing import Kept, Ways, pick
from routing.quote.collection import CO2E, COST, SPEND, amounts, handover
from routing.quote.guests import Guests
from routing.quote.offer import DENIED, NO_WAY, OFFERED, Quote
from routing.quote.profiles import all_profiles
from routing.quote.recovery import Recoveries, Treated
from routing.quote.refusals import Refusals
from routing.quote.seat import plain_returns, rows_of
from routing.quote.shelf import stock_shelf
from routing.quote.telling import Telling

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FIRST = np.zeros(1, dtype=np.int64)


class Desk:
    """Answers what a customer may do with one return, at the prices of shared limits of one night.

    `prices` is a `prices` table (None: limits cost nothing), `pickup` the planning prices of pickup (None: the
    estimate), `planned` how many returns the night plans (None: those of the instance), for the share that may be
    kept. Of the instance's returns only those that lie at points count: they hold room there.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        prices: pd.DataFrame | None = None,
        pickup: PickupEstimate | None = None,
        planned: int | None = None,
    ) -> None:
        """Prepare everything that does not depend on the return asked about."""
        profiles = all_profiles(instance)
        full = self.instance = profiles.instance
        self.shelf = stock_shelf(full, _lying(instance), planned=_planned(instance) if planned is None else planned)
        self._rates = handover(full, pickup or estimate_pickup(full))
        self._guests, self._around = Guests(profiles), Around(full)
        self._recoveries = Recoveries(full, profiles, self.shelf)
        self._telling, self._refusals = Telling(full, self.shelf, self._rates), Refusals(profiles, self.shelf)
        self._home = full.indexed.points.kind == HOME_IDX
        self._nobody_yet = self.open_book()
        self.set_prices(np.zeros(len(self.shelf.names) + 1) if prices is None else self.shelf.prices(prices))

    def set_prices(self, prices: FloatArray) -> None:
        """Quote at these prices from now on: one per limit of `shelf.names`, then a 0; shape (rows + 1,)."""
        self.prices = prices
        self._x_eur, self._lying_eur = self.shelf.x.paid_at(prices), self.shelf.lying.paid_at(prices)
        self._way_eur = self.shelf.way.paid_at(prices)
        self._unit_eur = np.array([0.0, *(prices[r] for r in (self.shelf.co2e_row, self.shelf.spend_row))])

    def open_book(self) -> Book:
        """Return a book in which nothing is promised yet: `quote` looks into it, what is taken is entered there."""
        return Book(self.shelf)

    def quote(self, asked: AskedReturn, book: Book | None = None) -> Quote:
        """Return the ways to send `asked` back; with a `book`, only those that still find room in it.

        Raises KeyError for a class, reason or point that the network does not know; the gate tells of them first.
        """
        book = book or self._nobody_yet
        denied = self._guests.denied(asked)
        if denied:
            return Quote(asked.return_id, DENIED, denied)
        guest, profile = self._guests.seat(asked), self._guests.profile(asked)
        offered, removed = self._around.points(guest)
        ways, kept = self._ways(guest, profile, offered, book), self._kept(guest, book)
        picks = pick(ways, kept, self._home[ways.c])
        refusals = self._refusals.told(profile, removed, ways, kept, book, asked.point_id is not None)
        note = self._guests.note(asked)
        if not picks:
            return Quote(asked.return_id, NO_WAY, _no_way(ways), (), refusals, note)
        why = f"points in reach with room: {np.isfinite(ways.cost_eur).sum()}"
        return Quote(
            asked.return_id, OFFERED, why, self._telling.offers(guest, ways, kept, picks, self.prices), refusals, note
        )

    def _ways(self, guest: Instance, profile: int, offered: Seen, book: Book) -> Ways:
        """Return every offered point with its best recovery; points from which none is left are left out."""
        shelf, goods = self.shelf, guest.indexed.returns
        lies, c, road_m = bool(goods.point_idx[0] >= 0), offered.c, offered.road_m
        x = c if lies else (int(goods.size_idx[0]) + 1) * len(self._home) + c
        uses, x_eur = (shelf.lying, self._lying_eur) if lies else (shelf.x, self._x_eur)
        entries, at = np.unique(shelf.entries.of_point[c], return_inverse=True)
        found = self._recoveries.best(_treated(goods, profile), entries, book, self._way_eur, self._unit_eur)
        handed = self._rates.amounts(c, road_m, weight_kg=float(goods.weight_kg[0]), lies=lies)
        both = handed + found.amounts[at]
        limits_eur = x_eur[x] + handed @ self._unit_eur + found.limits_eur[at]
        fits = book.fits(uses, x)
        fits &= (both[:, CO2E] <= book.left[shelf.co2e_row]) & (both[:, SPEND] <= book.left[shelf.spend_row])
        return Ways(
            c, road_m, x, found.way[at], np.where(fits, both[:, COST] + limits_eur, np.inf), limits_eur,
            both[:, CO2E], both[:, SPEND], shelf.refund_days[found.way[at]],
        )  # fmt: skip

    def _kept(self, guest: Instance, book: Book) -> Kept:
        rule = int(first_removal(KEEP_RULES, guest, FIRST)[0])
        priced = amounts(guest, keep_parts(guest, FIRST))[0]
        shelf, limits_eur = self.shelf, float(self.prices[self.shelf.keep_row] + priced @ self._unit_eur)
        fits = rule < 0 and book.has(shelf.keep_row, 1.0) and book.has(shelf.co2e_row, float(priced[CO2E]))
        cost_eur = float(priced[COST]) + limits_eur if fits else np.inf
        return Kept(cost_eur, limits_eur, float(priced[CO2E]), float(priced[SPEND]), rule)


def _treated(goods: ReturnArrays, profile: int) -> Treated:
    return Treated(
        class_idx=int(goods.class_idx[0]),
        profile=profile,
        weight_kg=float(goods.weight_kg[0]),
        value_eur=float(goods.value_eur[0]),
        refund_slack_days=float(goods.refund_slack_days[0]),
    )


def _no_way(ways: Ways) -> str:
    if not len(ways.c):
        return "no point in reach takes it, and it may not be kept: the rules below say why"
    return "points are in reach, but no recovery or no room is left, and it may not be kept"


def _lying(instance: Instance) -> ReturnArrays:
    if instance.tables["returns"].empty:
        return plain_returns(0)
    returns = instance.indexed.returns
    return rows_of(returns, returns.point_idx >= 0)


def _planned(instance: Instance) -> int:
    return 0 if instance.tables["returns"].empty else int((eligibility(instance)["state"] == PLANNED).sum())
