"""What is offered in words: names, price for us, effort for the customer, and the reason for each alternative."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from retour.indexed import HOME_IDX, KINDS, OUTCOMES
from retour.instance import Instance
from retour.vocabulary import Outcome
from routing.quote.book import Need
from routing.quote.choosing import KEEP, Kept, Pick, Ways
from routing.quote.collection import Handover
from routing.quote.offer import CHEAPEST, Alternative, LimitPaid
from routing.quote.shelf import NAME, Shelf

FloatArray = NDArray[np.float64]
CENT_EUR = 0.005
ROUNDING = 1e-9


class Telling:
    """Names and sentences of one network's ways."""

    def __init__(self, instance: Instance, shelf: Shelf, rates: Handover) -> None:
        ix = instance.indexed
        self._ix, self._shelf, self._rates, self._night = ix, shelf, rates, instance.night
        self._kind = [str(KINDS[k]) for k in ix.points.kind]
        self._home = ix.points.kind == HOME_IDX
        self._fee_eur = [instance.policy.fee_eur(kind) for kind in self._kind]
        self._sites = instance.sites["name"].fillna(instance.sites["site_id"]).tolist()
        self._outcomes = [str(OUTCOMES[o]) for o in ix.processes.outcome]
        self._limits: list[tuple[str, str, str]] = list(shelf.names[NAME].itertuples(index=False, name=None))
        self._sold = np.append(np.isfinite(shelf.excess_eur), False)

    def offers(
        self, guest: Instance, ways: Ways, kept: Kept, picks: list[Pick], prices: FloatArray
    ) -> tuple[Alternative, ...]:
        """Return the picks as alternatives, in their order; `prices` (rows + 1,) are those they were priced at."""
        costs = [kept.cost_eur if p.at == KEEP else float(ways.cost_eur[p.at]) for p in picks]
        return tuple(
            self._kept(kept, p, prices, cost - costs[0])
            if p.at == KEEP
            else self._moved(guest, ways, p, prices, cost - costs[0])
            for p, cost in zip(picks, costs, strict=True)
        )

    def _moved(self, guest: Instance, ways: Ways, pick: Pick, prices: FloatArray, dearer_eur: float) -> Alternative:
        ix, at, c, way = self._ix, pick.at, int(ways.c[pick.at]), int(ways.way[pick.at])
        on, process, lies = self._shelf.ways, int(self._shelf.ways.process_idx[way]), _lies(guest)
        km = 0.0 if lies else float(ways.road_m[at] * self._rates.trip_km_per_m[c])
        need = self._need(ways, at, lies=lies)
        paid = self._paid(need, prices)
        refund_days = float(ways.refund_days[at])
        return Alternative(
            labels=pick.labels,
            outcome=self._outcomes[process],
            cost_eur=float(ways.cost_eur[at]),
            limits_eur=float(ways.limits_eur[at]),
            effort_km=km,
            effort_eur=km * self._rates.trip_eur_per_km,
            fee_eur=self._fee_eur[c] if guest.indexed.returns.withdrawal[0] else 0.0,
            refund_days=refund_days,
            refund_on=self._night + timedelta(days=ceil(refund_days - ROUNDING)),
            co2e_kg=float(ways.co2e_kg[at]),
            why=self._why(c, process, -1.0 if lies else float(ways.road_m[at]), pick, paid, dearer_eur),
            point_id=ix.points.ids[c],
            kind=self._kind[c],
            road_m=float(ways.road_m[at]),
            entry_hub_id=ix.hub_ids[self._shelf.entries.hub_idx[on.entry[way]]],
            hub_id=ix.hub_ids[on.hub_idx[way]],
            site_id=ix.site_ids[ix.processes.site_idx[process]],
            process_id=ix.processes.ids[process],
            day=int(on.day[way]),
            limits=paid,
            need=need,
        )

    def _kept(self, kept: Kept, pick: Pick, prices: FloatArray, dearer_eur: float) -> Alternative:
        need = Need(*zip(*self._everywhere(kept.co2e_kg, kept.spend_eur, keeps=1.0), strict=True))
        said = ["nothing moves and the refund is due at once (policy keep)", _dearer(pick, dearer_eur)]
        return Alternative(
            labels=pick.labels, outcome=str(Outcome.KEEP), cost_eur=kept.cost_eur, limits_eur=kept.limits_eur,
            effort_km=0.0, effort_eur=0.0, fee_eur=0.0, refund_days=0.0, refund_on=self._night,
            co2e_kg=kept.co2e_kg, why="; ".join(filter(None, said)), limits=self._paid(need, prices), need=need,
        )  # fmt: skip

    def _need(self, ways: Ways, at: int, *, lies: bool) -> Need:
        uses, x, way = self._shelf.lying if lies else self._shelf.x, int(ways.x[at]), int(ways.way[at])
        own = zip(
            [*uses.row[x].tolist(), *self._shelf.way.row[way].tolist()],
            [*uses.amount[x].tolist(), *self._shelf.way.amount[way].tolist()],
            strict=True,
        )
        everywhere = self._everywhere(float(ways.co2e_kg[at]), float(ways.spend_eur[at]), keeps=0.0)
        used = [(row, units) for row, units in (*own, *everywhere) if units]
        return Need(tuple(row for row, _ in used), tuple(units for _, units in used))

    def _everywhere(self, co2e_kg: float, spend_eur: float, *, keeps: float) -> list[tuple[int, float]]:
        shelf = self._shelf
        every = ((shelf.keep_row, keeps), (shelf.co2e_row, co2e_kg), (shelf.spend_row, spend_eur))
        return [(row, units) for row, units in every if row >= 0]

    def _paid(self, need: Need, prices: FloatArray) -> tuple[LimitPaid, ...]:
        each = (
            (self._limits[row], float(prices[row]) * units) for row, units in zip(need.row, need.amount, strict=True)
        )
        return tuple(LimitPaid(*name, eur) for name, eur in each if abs(eur) >= CENT_EUR)

    def _why(
        self, c: int, process: int, road_m: float, pick: Pick, paid: tuple[LimitPaid, ...], dearer_eur: float
    ) -> str:
        """Return the reason of a pick in words; `road_m` is below 0 where it lies at the point already."""
        where = "picked up at home" if self._home[c] else f"{self._kind[c].lower()} {road_m / 1000:.1f} km away"
        where = f"it lies at {self._ix.points.ids[c]} already" if road_m < 0 else where
        site = self._sites[self._ix.processes.site_idx[process]]
        then = f"{self._outcomes[process].lower().replace('_', ' ')} at {site}"
        short = ", ".join(f"{p.limit} {p.place_id} {p.detail}".strip() + f" {p.eur:.2f} EUR" for p in paid if p.eur > 0)
        scarce = f"short tonight: {short}" if short else ""
        return "; ".join(filter(None, [f"{where}, then {then}", scarce, _dearer(pick, dearer_eur)]))


def _lies(guest: Instance) -> bool:
    return bool(guest.indexed.returns.point_idx[0] >= 0)


def _dearer(pick: Pick, dearer_eur: float) -> str:
    if CHEAPEST in pick.labels or not isfinite(dearer_eur) or dearer_eur < CENT_EUR:
        return ""
    return f"costs us {dearer_eur:.2f} EUR more than the cheapest"
