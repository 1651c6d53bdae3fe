"""Promises of the checker of standard instances: published costs, and every broken rule found."""

import csv
import itertools

import numpy as np
import pytest

from routing.standard import check_solution, read_solution, read_standard

SETS = ["AGS", "GH1000", "HFVRP", "MDVRPTW", "MTVRPTWR", "PCVRPTW", "SDVRPTW", "VRPB", "X"]


@pytest.mark.parametrize("folder", SETS)
def test_published_solutions_cost_what_is_published(benchmark_files, folder):
    """Every published solution breaks no rule and costs exactly its best known value."""
    with (benchmark_files / folder / "bks.csv").open(encoding="utf-8") as file:
        published = {row["instance"]: int(row["bks"]) for row in csv.DictReader(file)}
    for name, cost in published.items():
        instance = read_standard(benchmark_files / folder / f"{name}.vrp")
        checked = check_solution(instance, read_solution(benchmark_files / folder / f"{name}.sol"))
        assert (name, cost, []) == (name, checked.cost, [str(broken) for broken in checked.violations])


def test_cost_adds_distances(square):
    """5 + 4 + 9 by way of 1 and 2, and 5 + 9 + 5 by way of 3 and 4, each distance rounded."""
    checked = check_solution(square("CVRP"), [[1, 2], [3, 4]])
    assert (37, True) == (checked.cost, checked.feasible)


def test_depots_at_the_ends_of_a_route_change_nothing(square):
    """Some files write the depot at both ends."""
    assert 37 == check_solution(square("CVRP"), [[0, 1, 2, 0], [0, 3, 4, 0]]).cost


def test_vehicles_have_their_own_costs(square):
    """Vehicle 1: 2 fixed + 10 out and back to 1. Vehicle 3: 3 fixed + 2 x (8.544 + 7.211 + 9.487 + 5) by 2, 3, 4."""
    checked = check_solution(square("HFVRP"), [[1], [], [2, 3, 4]])
    assert (12_000 + 3_000 + 2 * (8_544 + 7_211 + 9_487 + 5_000), True) == (checked.cost, checked.feasible)


def test_prizes_of_locations_left_out_are_paid(square):
    """Out and back to 1 is 100; 2, 3 and 4 are left out for 50 each."""
    checked = check_solution(square("PCVRPTW"), [[1]])
    assert (250, True) == (checked.cost, checked.feasible)


def test_waiting_counts_towards_duration_only_where_leaving_later_cannot_avoid_it(square):
    """Vehicle 1 leaves for location 2 so late that it need not wait; after 4, which closes at 10, it would wait."""
    instance = square("MDVRPTW")
    assert check_solution(instance, [[2], [3, 4]]).feasible
    early = square("MDVRPTW", ("5 0 90", "5 0 10"))  # leaves at 5 at the latest, is home after 50 + 1 + 8.544
    broken = check_solution(early, [[4, 2], [3]]).violations
    assert [("max_duration", ("route 1",), 54_544, 40_000)] == [(b.rule, b.ids, b.found, b.limit) for b in broken]


def test_a_trip_leaves_when_its_goods_are_there(square):
    """Reloading waits for the release of what is loaded next: 1 by 6, home by 11, out again not before 100."""
    late = ("4 7\n5 0\nVEHICLES", "4 100\n5 0\nVEHICLES")
    assert check_solution(square("MTVRPTWR"), [[4, 1, 2, 0, 3]]).feasible
    assert check_solution(square("MTVRPTWR", late), [[4, 1, 2, 0, 3]]).feasible
    broken = check_solution(square("MTVRPTWR", late, ("4 0 150", "4 0 104")), [[4, 1, 2, 0, 3]]).violations
    assert [("time_window", ("route 1", "3"), 1050, 1040)] == [(b.rule, b.ids, b.found, b.limit) for b in broken]


@pytest.mark.parametrize(
    ("kind", "routes", "rule", "found", "limit"),
    [
        ("CVRP", [[1, 2], [3]], "required", 0, 1),
        ("CVRP", [[1, 2], [3, 4], [1]], "visited_once", 2, 1),
        ("CVRP", [[1, 2, 4, 3]], "capacity", 10, 6),
        ("CVRP", [[1, 2], [3, 4, 5]], "known_location", 5, 4),
        ("CVRP", [[1, 0, 2], [3, 4]], "reloads", 1, 0),
        ("VRPTW", [[4, 3, 1], [2]], "time_window", 224, 200),
        ("VRPTW", [[1], [2], [3], [4]], "fleet", 4, 3),
        ("HFVRP", [[1], [4], [2, 3], [], []], "fleet none", None, None),
        ("HFVRP", [[1], [4], [], [2, 3]], "fleet", 4, 3),
        ("HFVRP", [[1, 2], [4], [3]], "capacity", 5, 4),
        ("SDVRPTW", [[1], [2, 3, 4]], "allowed none", None, None),
        ("SDVRPTW", [[1, 3], [2, 4]], "allowed", 1, 0),
        ("VRPB", [[1, 3, 2], [4]], "linehaul_first", 1, 0),
        ("VRPB", [[1, 2, 3], [4]], "backhaul_alone", 1, 0),
        ("MTVRPTWR", [[1, 2, 4, 3]], "capacity", 10, 6),
    ],
)
def test_broken_rules_are_found(square, kind, routes, rule, found, limit):
    """Each broken solution is caught by its rule, with figure and limit; `none` marks the sound neighbour."""
    broken = {violation.rule: violation for violation in check_solution(square(kind), routes).violations}
    if rule.endswith(" none"):
        assert {} == broken
        return
    assert rule in broken
    assert broken[rule].message.endswith(".")
    if limit is not None:
        assert (found, limit) == (broken[rule].found, broken[rule].limit)


def test_vehicle_limits_on_distance_are_kept(square):
    """A header limit on distance holds for every route."""
    short = square("VRPTW", ("VEHICLES : 3", "VEHICLES : 3\nVEHICLES_MAX_DISTANCE : 17"))
    broken = check_solution(short, [[1, 2], [3], [4]]).violations
    assert [("max_distance", 175, 170)] == [(b.rule, b.found, b.limit) for b in broken]


def test_a_limit_of_a_route_includes_service(square):
    """The old header line DISTANCE limits what a route takes: 5 + 4 + 9 on the way and twice 3 on the spot are 24."""
    for limit, expected in [(24, []), (23, [("max_duration", 24, 23)])]:
        instance = square("CVRP", ("CAPACITY : 6", f"CAPACITY : 6\nDISTANCE : {limit}\nSERVICE_TIME : 3"))
        broken = [b for b in check_solution(instance, [[1, 2], [3], [4]]).violations if "route 1" in b.ids]
        assert expected == [(b.rule, b.found, b.limit) for b in broken]


@pytest.mark.parametrize("seed", range(40))
def test_duration_is_the_shortest_of_all_departures(square, seed):
    """Against every possible departure, one after another, on random windows."""
    rng = np.random.default_rng(seed)
    opens = rng.integers(0, 60, 4)
    rows = [f"{node} {start} {start + rng.integers(5, 60)}" for node, start in enumerate(opens, start=2)]
    windows = ("2 10 20\n3 0 30\n4 0 60\n5 0 90", "\n".join(rows))
    limits = ("VEHICLES : 3", "VEHICLES : 3\nVEHICLES_MAX_DURATION : 0")
    instance = square("VRPTW", windows, limits, ("CAPACITY : 6", "CAPACITY : 60"), convention="round")
    for route in itertools.permutations([1, 2, 3, 4], 3):
        broken = {b.rule: b.found for b in check_solution(instance, [route]).violations}
        assert shortest_duration(instance, route) == broken.get("max_duration")


def shortest_duration(instance, route) -> int | None:
    """The shortest time out of all whole departures; None where none is on time."""
    found = []
    for departure in range(int(instance.closes[0]) + 1):
        now, before = departure, 0
        for location in (*route, 0):
            leg = instance.distances(start=np.array([before]), end=np.array([location]))[0]
            now, before = max(now + int(leg), int(instance.opens[location])), location
            if now > instance.closes[location]:
                break
            now += int(instance.service[location])
        else:
            found.append(now - departure)
    return min(found, default=None)
