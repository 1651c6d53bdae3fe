"""Read two-stage facility location files (Fernandes and others 2014, COIE 75, as OR-Datasets has them).

`I J K`; K demands; I lines `capacity fixed` of the plants; I x J unit costs; J lines `capacity fixed` of the
satellites; J x K unit costs.
"""

from __future__ import annotations

from pathlib import Path

from network_design.locate.reading.numbers import Numbers
from network_design.locate.reading.opening import instance_name, read_text
from network_design.locate.two_stage_problem import TwoStageProblem


def read(
    path: Path | str, *, kind: str = "tscflp", p: int | None = None, capacity: float | None = None, **options: float
) -> TwoStageProblem:
    """Return the problem in a file, gzipped or plain; raises `InputError` with every defect."""
    numbers = Numbers.of(read_text(path), name=Path(path).name)
    plants, satellites, customers = (numbers.count(noun) for noun in ("plants", "satellites", "customers"))
    what = f"{customers} demands, {plants} plants and {satellites} satellites with their unit costs"
    numbers.require(customers + plants * (2 + satellites) + satellites * (2 + customers), what=what)
    demand = numbers.take(customers, "demand")
    plant = numbers.take(2 * plants, "plant capacity or fixed cost").reshape(plants, 2)
    supply = numbers.take(plants * satellites, "supply cost").reshape(plants, satellites)
    satellite = numbers.take(2 * satellites, "satellite capacity or fixed cost").reshape(satellites, 2)
    serving = numbers.take(satellites * customers, "serving cost").reshape(satellites, customers)
    numbers.refuse_issues()
    return TwoStageProblem(
        name=instance_name(path),
        plant_cost=plant[:, 1].copy(),
        plant_capacity=plant[:, 0].copy(),
        satellite_cost=satellite[:, 1].copy(),
        satellite_capacity=satellite[:, 0].copy(),
        demand=demand,
        supply_cost=supply,
        serving_cost=serving,
    )
