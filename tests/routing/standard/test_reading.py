"""Promises of the reader: every kind of file, its convention, and every defect at once."""

import numpy as np
import pytest

from retour.errors import InputError
from routing.standard import Convention, read_standard

CONVENTIONS = {
    "CVRP": "round", "VRPB": "round", "VRPTW": "dimacs", "PCVRPTW": "dimacs", "MTVRPTWR": "dimacs", "HFVRP": "exact",
    "MDVRPTW": "exact", "SDVRPTW": "exact",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(CONVENTIONS))
def test_each_kind_has_its_convention(square, kind):
    """The kind of file says how its results are published."""
    assert CONVENTIONS[kind] == square(kind).convention


@pytest.mark.parametrize("kind", sorted(CONVENTIONS))
def test_an_unknown_kind_is_judged_by_its_sections(square, kind):
    """Without a known TYPE the sections lead to the same convention."""
    assert CONVENTIONS[kind] == square(kind, (f"TYPE : {kind}", "TYPE : OURS")).convention


def test_another_convention_may_be_asked_for(square):
    """Distances follow the convention asked for: location 2 is sqrt(73) = 8.544 from the depot."""
    for convention, expected in [("round", 9), ("dimacs", 85), ("exact", 8544)]:
        found = square("CVRP", convention=convention)
        assert expected == found.distances(start=np.array([0]), end=np.array([2]))[0]


def test_times_prizes_and_fixed_costs_are_scaled_and_loads_are_not(square):
    """Whole loads stay as written; a depot serves nobody; without windows nothing closes."""
    prizes = square("PCVRPTW")
    assert [0, 0, 50, 50, 50] == prizes.prize.tolist()
    assert [0, 10, 10, 10, 10] == prizes.service.tolist()
    assert [100, 200] == [prizes.opens[1], prizes.closes[1]]
    assert [0, 2, 3, 4, 1] == prizes.demand.tolist()
    fleet = square("HFVRP").vehicles
    assert [4, 4, 8] == fleet.capacity.tolist()
    assert [2000, 2000, 3000] == fleet.fixed_cost.tolist()
    assert [1, 1, 2] == fleet.unit_distance_cost.tolist()


def test_fractional_loads_follow_the_convention(square):
    """Loads that are not whole are scaled like everything else, capacities with them."""
    found = square("VRPTW", ("2 2\n3 3", "2 2.5\n3 3"))
    assert ([0, 25, 30, 40, 10], 60) == (found.demand.tolist(), found.vehicles.capacity[0])


def test_vehicles_keep_their_depot_clients_and_reloads(square):
    """Sections per vehicle count locations from 0."""
    assert [0, 1] == square("MDVRPTW").vehicles.depot.tolist()
    assert [40_000, 40_000] == square("MDVRPTW").vehicles.max_duration.tolist()
    assert (frozenset({1, 2}), frozenset({2, 3, 4})) == square("SDVRPTW").vehicles.allowed
    assert ((0,),) == square("MTVRPTWR").vehicles.reload_depots


def test_a_file_without_vehicles_has_any_number(square):
    """One kind of vehicle stands for as many as needed."""
    assert (False, 1) == (square("CVRP").fleet_given, len(square("CVRP").vehicles))


def test_weights_may_be_given_instead_of_coordinates(written):
    """Explicit weights are distances, under the convention too."""
    text = (
        "NAME : w\nTYPE : CVRP\nDIMENSION : 3\nCAPACITY : 5\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT : LOWER_ROW\nEDGE_WEIGHT_SECTION\n7\n8 9\n" + "DEMAND_SECTION\n1 0\n2 1\n3 1\nEOF\n"
    )
    assert [[0, 7, 8], [7, 0, 9], [8, 9, 0]] == read_standard(written(text)).weights.tolist()
    with pytest.raises(InputError, match="DIMENSION asks for"):
        read_standard(written(text.replace("7\n8 9", "7")))


def test_every_defect_is_named_with_its_line(square):
    """Several defects of form come back together, each with section, line, value and limit."""
    with pytest.raises(InputError) as caught:
        square(
            "VRPTW",
            ("DIMENSION : 5", "DIMENSION : five"),
            ("CAPACITY : 6", "CAPACITY : -6"),
            ("2 3 4\n", "2 3 north\n"),
            ("4 4\n5 1\n", "4 4 4\n5 1\n"),
            ("2 10 20\n3 0 30", "3 10 20\n2 0 30"),
            ("DEPOT_SECTION", "COLOUR_SECTION\n1 2\nDEPOT_SECTION"),
        )
    told = [str(issue) for issue in caught.value.issues]
    for expected in [
        "square.vrp row 3: DIMENSION is 'five'; it must be a whole number of 2 or more.",
        "square.vrp row 6: CAPACITY is '-6'; it must be a number of 0 or more.",
        "square.vrp NODE_COORD_SECTION row 10: 'north' is no number.",
        "square.vrp DEMAND_SECTION row 18: the row has 2 values; 1 must follow the number.",
        "square.vrp TIME_WINDOW_SECTION row 22: the row is numbered 3; rows go 1, 2, 3 and so on, so 2 is next.",
    ]:
        assert expected in told
    assert any("section COLOUR is not known here" in sentence for sentence in told)


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("CVRP", ("3 3\n", "3 -3\n"), "DEMAND_SECTION row 15: node 3 has -3; it must be 0 or more."),
        ("CVRP", ("5 1\nDEPOT", "DEPOT"), "DEMAND_SECTION: 4 rows are given; DIMENSION asks for 5."),
        ("CVRP", ("DEPOT_SECTION\n1", "DEPOT_SECTION\n3"), "depots must be the first nodes"),
        ("CVRP", ("EUC_2D", "GEO"), "EDGE_WEIGHT_TYPE is 'GEO'; it must be one of EUC_2D, EXPLICIT."),
        ("CVRP", ("NODE_COORD_SECTION\n", "nothing\n"), "NODE_COORD_SECTION is missing"),
        ("CVRP", ("NAME : square\n", ""), None),
        ("CVRP", ("NAME : square\n", "Dear reader\n"), "is neither `KEY : value` nor a section"),
        ("VRPTW", ("2 10 20", "2 30 20"), "node 2 closes at 20 but opens at 30"),
        ("SDVRPTW", ("1 2 3\n2 3 4 5\n", "1 2 3\n2 3 4 6\n"), "vehicle 2 names node 6; clients are 2 to 5."),
        ("MDVRPTW", ("1 1\n2 2\nDEPOT", "1 1\n2 3\nDEPOT"), "vehicle 2 names node 3; depots are 1 to 2."),
        ("HFVRP", ("3 8\n", ""), "CAPACITY_SECTION: 2 rows are given; VEHICLES asks for 3."),
        ("HFVRP", ("VEHICLES : 3\n", ""), "the header has no VEHICLES"),
        (
            "CVRP",
            ("CAPACITY : 6\n", ""),
            "row 2: CAPACITY is missing; a CVRP file has it. Complete the file, or delete",
        ),
        ("CVRP", ("DEMAND_SECTION\n1 0\n2 2\n3 3\n4 4\n5 1\n", ""), "DEMAND_SECTION is missing; a CVRP file has it."),
        (
            "VRPTW",
            ("TIME_WINDOW_SECTION\n1 0 100\n2 10 20\n3 0 30\n4 0 60\n5 0 90\n", ""),
            "TIME_WINDOW_SECTION is missing; a VRPTW file has it.",
        ),
        ("MTVRPTWR", ("VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n", ""), "VEHICLES_RELOAD_DEPOT_SECTION is missing"),
        ("CVRP", ("CAPACITY : 6\n", "CAPACITY : 6\nCAPACITY : 60\n"), "row 6: CAPACITY is given twice; keep one."),
        ("HFVRP", ("3 2\nDEPOT", "3 2.5\nDEPOT"), "vehicle 3 has 2.5; it must be a whole number."),
    ],
)
def test_a_defect_is_one_sentence(square, kind, change, sentence):
    """Each defect alone is told in one sentence; what is no defect is read."""
    if sentence is None:
        assert "square" == square(kind, change).name
        return
    with pytest.raises(InputError) as caught:
        square(kind, change)
    assert any(sentence in str(issue) for issue in caught.value.issues)


def test_a_missing_file_is_an_input_error(tmp_path):
    """A file that is not there is told like any other defect."""
    with pytest.raises(InputError, match=r"none\.vrp: cannot be read: No such file"):
        read_standard(tmp_path / "none.vrp")


def test_a_mark_before_the_first_word_hides_no_rule(square):
    """Windows puts a byte-order mark before the text: TYPE behind it still says that deliveries come first."""
    marked = square("VRPB", ("NAME : square\n", "\ufeff"))
    assert (True, ()) == (marked.linehaul_first, marked.ignored)


def test_header_lines_nobody_understands_are_kept_by_name(square):
    """An unknown header line is no rule we could break silently: it is listed."""
    assert ("BEST_KNOWN",) == square("CVRP", ("CAPACITY : 6", "BEST_KNOWN : 37\nCAPACITY : 6")).ignored


def test_conventions_round_as_published():
    """`round` and `exact` take the nearest, `dimacs` cuts decimals off."""
    values = np.array([1.26, 2.74])
    assert [[1, 3], [12, 27], [1260, 2740]] == [convention.whole(values).tolist() for convention in Convention]
