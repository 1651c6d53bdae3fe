"""Replay a design: draw nights of what it collects, route them, and confront routes with what it is charged."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from network_design.replay import confronting
from network_design.replay.drawing import draw_nights
from network_design.replay.estimate import Estimate, FloatArray, estimate
from network_design.replay.nights import Router
from network_design.replay.settings import Vans
from network_design.replay.streams import collection_streams
from network_design.replay.told import nights_table, stops_table
from network_design.replay.touring import AIR
from network_design.surrogate.collected import collected_pairs
from network_design.surrogate.factors import measured_cells, measured_factors
from network_design.surrogate.tours import Tours
from retour.design import DesignInstance
from retour.progress import Listener, silent
from retour.travel import Travel


@dataclass(frozen=True)
class Sample:
    """The nights that every design meets: how many, drawn from which seed, collected by which vans on which roads."""

    nights: int
    seed: int
    vans: Vans
    travel: Travel = AIR


@dataclass(frozen=True)
class Replayed:
    """A design's nights. `routed` and `bound` are of all periods, discounted; `surrogate` what the ledger charges.

    `by_night` is what all periods would cost if every night were as this one, shape (nights,). `engines` are those that
    routed, `troubles` what went wrong on the way. `tables` are nights, stops, hubs, places and zones of REPLAY_TABLES;
    `measured` the factors of this design alone.
    """

    surrogate: float
    routed: Estimate
    bound: float
    by_night: FloatArray = field(repr=False)
    engines: tuple[str, ...]
    troubles: tuple[str, ...]
    tables: dict[str, pd.DataFrame] = field(repr=False)
    measured: pd.DataFrame = field(repr=False)


def replay_design(
    instance: DesignInstance, *, opened: pd.DataFrame, flows: pd.DataFrame, tours: Tours, sample: Sample,
    router: Router, budget_s: float | None, round_no: int = 1, listener: Listener = silent,
) -> Replayed:  # fmt: skip
    """Replay a design of an instance, given by what is open and what flows, within about `budget_s` seconds.

    Raises InputError for places without coordinates, BackendError where routes leave a stop out.
    """
    vans, every = sample.vans, sample.vans.nights_per_period
    streams = collection_streams(instance, collected_pairs(instance, flows, tours), opened, vans)
    drawn = draw_nights(streams, vans, nights=sample.nights, seed=sample.seed)
    routed = router.route(drawn, budget_s=budget_s, listener=listener)
    nights, stops = nights_table(routed, round_no=round_no), stops_table(routed, round_no=round_no)
    hubs = confronting.hubs_table(streams, nights, vans, round_no=round_no)
    places = confronting.places_table(streams, stops, round_no=round_no, nights=sample.nights, nights_per_period=every)
    zones = confronting.zones_table(instance, flows, places, round_no=round_no)
    by_night = confronting.present_by_night(nights, instance.discount)
    cells = measured_cells(streams, stops, bands_km=vans.bands_km, nights=sample.nights, nights_per_period=every)
    return Replayed(
        surrogate=float((streams["surrogate"] * instance.discount[streams["period"].to_numpy() - 1]).sum()),
        routed=estimate(by_night["cost"].to_numpy(float), nights_per_period=every),
        bound=float(by_night["bound"].mean()) * every,
        by_night=by_night["cost"].to_numpy(float) * every,
        engines=tuple(sorted({each.answer.engine for each in routed if each.answer is not None})),
        troubles=tuple(dict.fromkeys(each.answer.note for each in routed if each.answer and each.answer.degraded)),
        tables={"nights": nights, "stops": stops, "hubs": hubs, "places": places, "zones": zones},
        measured=measured_factors(cells),
    )
