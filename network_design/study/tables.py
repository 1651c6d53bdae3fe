"""Tables of a stored study."""

from __future__ import annotations

from network_design.baseline.tables import CALIBRATION_TABLES
from network_design.greenfield.tables import GREENFIELD_TABLES
from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table

MEMBERS = Table(
    "members",
    "Every design of the study and the run that holds it.",
    (
        Column("design_id", TEXT, "Name of the design in the study.", required=True),
        Column("scenario_id", TEXT, "Future whose flows and figures it holds.", required=True),
        Column("role", TEXT, "Why it was made.", required=True),
        Column("run_id", TEXT, "Stored run.", required=True),
        Column("status", TEXT, "OPTIMAL, or FEASIBLE where something was kept or time ran out.", required=True),
        Column("cost", NUMBER, "Discounted.", unit="money", required=True),
        Column("bound", NUMBER, "No design of this network costs less; empty: nothing is proven.", unit="money"),
        Column("gap", NUMBER, "(cost - bound) / |cost|.", unit="share"),
        Column("feasible", FLAG, "The checker's verdict.", required=True),
    ),
    key=("design_id", "scenario_id"),
)
OUTCOMES = Table(
    "outcomes",
    "What became of everything the study had to find a design for.",
    (
        Column(
            "what", TEXT, "future, option, all futures, front, alternatives, sensitivity, as it is, greenfield.",
            required=True,
        ),
        Column("id", TEXT, "Future or option.", required=True),
        Column("status", TEXT, "INFEASIBLE: no design fits; FAILED: none was found in time.", required=True),
        Column("why", TEXT, "Limits that cannot all be kept, and the cheapest repair; empty where there is a design."),
    ),
    key=("what", "id"),
)
SUMMARY = Table(
    "summary",
    "Every design over the futures that some design fits; empty where it does not fit one of them.",
    (
        Column("design_id", TEXT, "Design.", required=True),
        Column("futures_it_fits", INTEGER, "In how many futures it keeps every limit.", required=True),
        Column("futures_counted", INTEGER, "Futures that some design fits; others do not count.", required=True),
        Column("expected_cost", NUMBER, "Mean over the futures.", unit="money"),
        Column("worst_cost", NUMBER, "In the dearest future.", unit="money"),
        Column("value", NUMBER, "Expected cost, with the weight the study gives to the worst.", unit="money"),
        Column("largest_regret", NUMBER, "Most that it costs above the best design of a future.", unit="money"),
    ),
    key=("design_id",),
)  # fmt: skip
REGRET = Table(
    "regret",
    "Every design in every future: what stands is kept, what flows adapts.",
    (
        Column("design_id", TEXT, "Design.", required=True),
        Column("scenario_id", TEXT, "Future.", required=True),
        Column("fits", FLAG, "It keeps every limit in this future.", required=True),
        Column("cost", NUMBER, "Discounted.", unit="money"),
        Column("best_cost", NUMBER, "Of the cheapest design found for this future; empty: none fits.", unit="money"),
        Column("regret", NUMBER, "What it costs more than that.", unit="money"),
    ),
    key=("design_id", "scenario_id"),
)
FRONT = Table(
    "front",
    "Designs none of which is better than another in every aim.",
    (
        Column("design_id", TEXT, "Design.", required=True),
        Column("cost", NUMBER, "Discounted.", unit="money", required=True),
        Column("emissions_t", NUMBER, "Emitted over all periods.", unit="t", required=True),
        Column("beyond_band_share", NUMBER, "Returns that go farther than the band.", unit="share", required=True),
        Column("mean_distance_km", NUMBER, "How far returns go from their zone.", unit="km", required=True),
        Column("bound", NUMBER, "No design as good in the other aims does better in the first.", unit="as it"),
        Column("gap", NUMBER, "Between the point and the bound.", unit="share"),
    ),
    key=("design_id",),
    min_rows=0,
)  # fmt: skip
FRONT_BOUNDS = Table(
    "front_bounds",
    "What is proven of each aim of each design of the front.",
    (
        Column("design_id", TEXT, "Design.", required=True),
        Column("aim", TEXT, "cost, emissions, service (share beyond the band), distance.", required=True),
        Column("unit", TEXT, "Unit of figure and bound.", required=True),
        Column("figure", NUMBER, "What the design reaches.", unit="as it", required=True),
        Column("bound", NUMBER, "No design as good in the others has less; empty: no proof.", unit="as it"),
        Column("gap", NUMBER, "(figure - bound) / |figure|.", unit="share"),
    ),
    key=("design_id", "aim"),
    min_rows=0,
)  # fmt: skip
ALTERNATIVES = Table(
    "alternatives",
    "Designs that cost nearly as little as the cheapest and differ most from those before.",
    (
        Column("design_id", TEXT, "Design.", required=True),
        Column("cost", NUMBER, "Discounted.", unit="money", required=True),
        Column("dearer", NUMBER, "Than the cheapest.", unit="share", required=True),
        Column("different_places", INTEGER, "Open in one only, against the nearest of those before.", required=True),
        Column("most_different_places", INTEGER, "No design as cheap differs more; empty: nothing is proven."),
    ),
    key=("design_id",),
    min_rows=0,
)  # fmt: skip
SENSITIVITY = Table(
    "sensitivity",
    "The cost with one lever moved at a time, the widest first.",
    (
        Column("lever", TEXT, "What is moved.", required=True),
        Column("low_factor", NUMBER, "Down.", unit="ratio", required=True),
        Column("high_factor", NUMBER, "Up.", unit="ratio", required=True),
        Column("low_cost", NUMBER, "Cost with it down; empty: no design fits.", unit="money"),
        Column("base_cost", NUMBER, "Cost as things stand.", unit="money", required=True),
        Column("high_cost", NUMBER, "Cost with it up.", unit="money"),
        Column("low_changes", INTEGER, "Places open in one only, with it down."),
        Column("high_changes", INTEGER, "Places open in one only, with it up."),
        Column("low_status", TEXT, "Of the search with it down: INFEASIBLE where no design fits, FAILED: out of time."),
        Column("high_status", TEXT, "Of the search with it up."),
    ),
    key=("lever",),
    min_rows=0,
)
STUDY_TABLES = {
    t.name: t
    for t in (
        MEMBERS, OUTCOMES, *CALIBRATION_TABLES.values(), *GREENFIELD_TABLES.values(), SUMMARY, REGRET, FRONT,
        FRONT_BOUNDS, ALTERNATIVES, SENSITIVITY,
    )
}  # fmt: skip
