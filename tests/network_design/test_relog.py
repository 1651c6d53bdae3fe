"""RELOG's instances: imported, designed, and priced as RELOG does, part by part."""

import csv
from collections import defaultdict

import pytest

from network_design.check import check_design
from network_design.design import design_network
from network_design.parts import cost_by_part
from retour.errors import InfeasibleError, InputError
from retour.gate.design import load_design
from service.importing import import_file
from tests.network_design.conftest import RELOG

PRECISION = 1e-6
OF_YEAR = {"transportation per year": "transportation", "variable operating per year": "variable operating",
           "fixed operating per year": "fixed operating", "disposal per year": "disposal",
           "opening year 1": "opening", "expansion year 1": "expansion"}  # fmt: skip


@pytest.fixture
def relog(relog_file, tmp_path):
    """Return one of RELOG's instances, imported and behind the gate."""

    def load(name):
        import_file("relog", relog_file(f"{name}.json"), tmp_path / name)
        return load_design(tmp_path / name)

    return load


def expected(name):
    """Return what is known of an instance by quantity, as numbers."""
    found = {}
    with (RELOG / "expected.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["instance"] == name and row["value"].replace(".", "").replace("-", "").isdigit():
                found[row["quantity"]] = float(row["value"])
    return found


@pytest.mark.parametrize(
    "name", ["circular_boat_example", "classic_s1_v05", "classic_storage", "classic_case3_p010_s1.00"]
)
def test_every_known_figure_is_reproduced(name, relog):
    """The objective and every cost part are those RELOG, or an independent model, found; the checker agrees."""
    instance = relog(name)
    design = design_network(instance, seed=1)
    checked = check_design(instance, design)
    parts = cost_by_part(instance, design.ledger)
    yearly = design.ledger.groupby("period")["cost"].sum()
    found = defaultdict(lambda: None, {**parts.sum(axis=1), "objective ($)": design.cost})
    found |= {word: parts.loc[part, 1] for word, part in OF_YEAR.items() if part in parts.index}
    found |= {f"total cost year {t}": cost for t, cost in yearly.items()}
    known = expected(name)
    assert known == pytest.approx({k: found[k] for k in known}, rel=PRECISION)
    assert ([], design.cost) == (checked.violations["message"].tolist(), pytest.approx(checked.cost, rel=1e-9))


def test_storage_by_hand(relog):
    """RELOG's own test: 100 t arrive in the first of three years, 50 of them wait for the cheap third."""
    design = design_network(relog("classic_storage"), seed=1)
    costs = design.ledger.groupby("period")["cost"].sum()
    assert ([600, 75, 100], [50, 50]) == (costs.tolist(), design.processed["amount_t"].tolist())
    assert {1: 50.0, 2: 50.0} == design.handled.set_index("period")["stored_t"].to_dict()


def test_a_mix_that_cannot_be_fed_is_infeasible(relog):
    """P2 must all go to the one plant, whose mix needs twenty times as much P1: that is said."""
    with pytest.raises(InfeasibleError) as refused:
        design_network(relog("circular_simple"), seed=1)
    assert any("P2" in reason for reason in refused.value.reasons)


def test_distances_are_rounded_chords(relog):
    """RELOG's own test values: 111.118 and 333.262 km, three decimals in the circular format."""
    lanes = relog("circular_simple").tables["lanes"].set_index(["from_id", "to_id"])["distance_km"]
    assert (111.118, 333.262) == (lanes["L1", "C3"], lanes["C1", "L1"])


def test_names_of_the_geographic_database_are_refused(relog_file, tmp_path):
    """A place named by RELOG's database has no coordinates here; every such place is told, and nothing is written."""
    with pytest.raises(InputError) as refused:
        import_file("relog", relog_file("classic_s2_geodb.json"), tmp_path / "out")
    assert all("geographic database" in issue.message for issue in refused.value.issues)
    assert not (tmp_path / "out").exists()
