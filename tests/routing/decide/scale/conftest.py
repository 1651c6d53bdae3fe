"""Random nights with every kind of shared limit, of any number of returns, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.policy import Budgets, Keep, Policy, Reach, Service
from retour.progress import silent
from retour.vocabulary import Status
from routing.decide.deadline import Deadline
from routing.decide.exact import solve_integral
from routing.decide.model import joint_model
from routing.decide.problem import night_problem
from routing.decide.reduce import worth_a_look
from routing.decide.scale.large import Large, decide_large

KM = 1 / 111.195
AMPLE = (0.7, 1.0, 1.5, 3.0)
FEWEST, MOST = 5, 60
SHARES = {"RESTOCK": 0.8, "OUTLET": 0.5, "REFURBISH": 0.7, "RECYCLE": 0.05}


class Dice:
    """Draws from one seed; `limit` is None, or about `share` of the returns times how ample the night is."""

    def __init__(self, seed: int, returns: int, ample: float) -> None:
        self.rng, self.returns, self.ample = np.random.default_rng(seed), returns, ample

    def one_of(self, choices: list[Any]) -> Any:
        """Draw one of the choices."""
        return choices[self.rng.integers(len(choices))]

    def often(self, chance: float) -> bool:
        """Draw True with this chance."""
        return bool(self.rng.random() < chance)

    def limit(self, share: float, *, chance: float = 0.7) -> int | None:
        """Draw a capacity, None where nothing limits."""
        drawn = int(round(self.rng.uniform(0.6, 1.4) * share * self.returns * self.ample))
        return drawn if self.often(chance) else None


def random_tables(seed: int, *, returns: int, ample: float) -> tuple[dict[str, list[dict[str, Any]]], Policy]:
    """Return tables and policy of a night along one road: lockers with nested compartments, relays, a store, a carrier
    relay and a home zone, two hubs with a transfer between them, an own and two third-party sites."""
    dice = Dice(seed, returns, ample)
    points, compartments, fill = _points(dice)
    tables = {
        "returns": [_return(dice, i) for i in range(returns)],
        "points": points,
        "compartments": compartments,
        "fill": fill,
        "processes": _processes(dice),
        "item_classes": [
            {"class_id": "shirt", "decay_per_day": 0.02, "handling_min": 15},
            {"class_id": "phone", "decay_per_day": 0.05, "handling_min": 25},
            {"class_id": "chair", "decay_per_day": 0.0, "handling_min": 40},
        ],
        "recovery_values": [
            {"class_id": c, "grade": g, "outcome": o, "recovered_share": s * (0.9 if g == "C" else 1.0)}
            for c in ("shirt", "phone", "chair") for g in "AC" for o, s in SHARES.items()
        ],
        "sizes": [
            {"size": s, "volume_l": v, "max_weight_kg": 25} for s, v in (("S", 20), ("M", 50), ("L", 100))
        ],
        "hubs": [
            {"hub_id": h, "lat": 45.0, "lon": 5.0 + 0.1 * n, "sorting_parcels": dice.limit(0.8)}
            for n, h in enumerate("UV")
        ],
        "sites": [
            {"site_id": "W", "lat": 45.0, "lon": 5.2, "operator": "OWN"},
            {"site_id": "Z", "lat": 45.0, "lon": 5.3, "operator": "THIRD_PARTY",
             "contract_min_items": int(returns * dice.rng.uniform(0, 0.6)), "shortfall_eur": dice.one_of([0, 2, 9])},
            {"site_id": "Y", "lat": 45.1, "lon": 5.1, "operator": "THIRD_PARTY",
             "contract_min_items": dice.one_of([0, 1, 5]), "shortfall_eur": dice.one_of([0, 4])},
        ],
        "lanes": [
            {"from_id": "U", "to_id": "W", "cost_eur_per_parcel": 0.5, "capacity_parcels": dice.limit(0.7)},
            {"from_id": "U", "to_id": "Z", "cost_eur_per_parcel": 0.7},
            {"from_id": "V", "to_id": "Z", "cost_eur_per_parcel": 0.4, "cost_eur_per_kg": 0.1},
            {"from_id": "V", "to_id": "Y", "cost_eur_per_parcel": 0.3, "capacity_parcels": dice.limit(0.4)},
            {"from_id": "U", "to_id": "V", "cost_eur_per_parcel": 0.2, "lead_time_h": 24,
             "capacity_parcels": dice.limit(0.3)},
            {"from_id": "C", "to_id": "U", "cost_eur_per_parcel": 4.0, "lead_time_h": 30,
             "capacity_parcels": dice.limit(0.4)},
        ],
        "vehicles": [
            {"vehicle_type_id": f"van {h}", "hub_id": h, "count": 1, "shift_start": "18:00", "shift_end": "23:00"}
            for h in "UV"
        ],
    }  # fmt: skip
    return tables, _policy(dice)


def _return(dice: Dice, i: int) -> dict[str, Any]:
    return {
        "return_id": f"R{i:03d}", "class_id": dice.one_of(["shirt", "shirt", "phone", "chair"]),
        "reason": "changed_mind", "lat": 45 + float(dice.rng.uniform(0, 6)) * KM, "lon": 5.0,
        "volume_l": dice.one_of([5, 5, 40, 80]), "weight_kg": float(dice.rng.integers(1, 10)),
        "value_eur": float(np.round(dice.rng.uniform(4, 120), 2)), "grade": dice.one_of(["A", "C"]),
        "requested_on": dice.one_of(["2026-11-12", "2026-11-20"]),
        "point_id": dice.one_of(["L1", "C", "P2"]) if dice.often(0.1) else None,
    }  # fmt: skip


def _points(dice: Dice) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    rows = [("L1", "LOCKER", 0, "U"), ("P2", "RELAY", 1, "V"), ("L3", "LOCKER", 3, "V"), ("S4", "STORE", 5, "U")]
    points: list[dict[str, Any]] = [
        {"point_id": name, "kind": kind, "lat": 45 + km * KM, "lon": 5.0, "emptied_by": "VAN", "hub_id": hub,
         "capacity_parcels": None if kind == "LOCKER" else dice.limit(0.35)}
        for name, kind, km, hub in rows
    ]  # fmt: skip
    points.append(
        {"point_id": "C", "kind": "RELAY", "lat": 45 + 4 * KM, "lon": 5.0, "emptied_by": "CARRIER",
         "capacity_parcels": dice.limit(0.4, chance=0.4)}
    )  # fmt: skip
    if dice.often(0.5):
        points.append({"point_id": "H", "kind": "HOME", "lat": 45.0, "lon": 5.0, "emptied_by": "VAN", "hub_id": "U",
                       "capacity_parcels": dice.limit(0.2, chance=0.6)})  # fmt: skip
    compartments = [
        {"point_id": p, "size": s, "count": dice.limit(share, chance=1.0)}
        for p in ("L1", "L3") for s, share in (("S", 0.15), ("M", 0.08), ("L", 0.08))
    ]  # fmt: skip
    return points, compartments, [{"point_id": "L1", "size": "S", "parcels": dice.one_of([0, 1])}]


def _processes(dice: Dice) -> list[dict[str, Any]]:
    offered = [("W", "RESTOCK"), ("W", "OUTLET"), ("Z", "OUTLET"), ("Z", "REFURBISH"), ("Y", "RECYCLE")]
    return [
        {"process_id": f"{site}-{o}", "site_id": site, "outcome": o, "cost_eur": float(dice.rng.integers(0, 5)),
         "yield_share": 1, "capacity_h": dice.limit(0.12, chance=0.5), "capacity_items": dice.limit(0.3, chance=0.5)}
        for site, o in offered if o == "RECYCLE" or dice.often(0.8)
    ]  # fmt: skip


def _policy(dice: Dice) -> Policy:
    spend, co2e = (float(each * dice.returns * dice.ample) for each in dice.rng.uniform((3, 0.3), (8, 2.0)))
    return Policy(
        keep=Keep(max_value_eur=40, max_share=dice.one_of([0.0, 0.1, 0.3])),
        service=Service(process_days=dice.one_of([1, 2, 3])),
        reach=Reach(nearest=dice.one_of([2, 4, 8])),
        budgets=Budgets(
            max_spend_eur=spend if dice.often(0.3) else None, max_co2e_kg=co2e if dice.often(0.3) else None
        ),
    )


def random_night(network: Callable[..., Instance], seed: int, *, most: int = MOST) -> Instance:
    """Return the random night of a seed: 5 to `most` returns, limits from too tight to ample."""
    rng = np.random.default_rng([seed, most])
    returns, ample = int(rng.integers(FEWEST, most + 1)), float(rng.choice(AMPLE))
    return network(*random_tables(seed, returns=returns, ample=ample))


def least_cost(instance: Instance) -> float:
    """Return what HiGHS says is the least cost of all plans, to a hundredth of a cent; inf when there is none."""
    problem = night_problem(instance, estimate_pickup(instance))
    play, options = worth_a_look(problem), problem.options
    decided = np.union1d(options.link_return[options.x_link[play.x]], play.keep)
    if len(options.without_option) or len(decided) < len(options):
        return np.inf
    model = joint_model(problem, play, excess_eur=problem.limits.excess_eur)
    solution = solve_integral(model, seed=0, time_limit_s=60.0)
    return np.inf if solution.status is Status.INFEASIBLE else solution.objective


def by_prices_alone(instance: Instance, **size: int) -> Large:
    """Return what the price engine makes of a night by itself, without an exact core."""
    pickup = estimate_pickup(instance)
    return decide_large(instance, pickup, processes=1, deadline=Deadline(None), listener=silent, **size)


@pytest.fixture(scope="session")
def night(network: Callable[..., Instance]) -> Callable[..., Instance]:
    """The builder of random nights by seed."""
    return partial(random_night, network)


@pytest.fixture(scope="session")
def optimum() -> Callable[[Instance], float]:
    """The least cost of all plans of a small night, inf when there is none."""
    return least_cost


@pytest.fixture(scope="session")
def priced_alone() -> Callable[..., Large]:
    """The price engine by itself."""
    return by_prices_alone
