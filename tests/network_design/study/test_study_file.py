"""STUDY.toml: what it may say, what is wrong with it, and what it makes of a network."""

import tomllib
from pathlib import Path

import pytest

from network_design.study.cases import futures
from network_design.study.changes import changed
from network_design.study.levers import pulled
from network_design.study.reading import load_study
from network_design.study.settings import Change, Levers, Study
from retour.errors import InputError
from tests.network_design.conftest import loaded, rows, small_tables


def written(folder, text):
    """Return the path of a study with this text."""
    path = folder / "STUDY.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_defects_are_told_at_once(small, tmp_path):
    """Unknown places, tables, columns and gases, contradictions and probabilities, with the nearest known name."""
    text = """
    name = "wrong"
    [levers]
    must_open = ["n", "F"]
    forbidden = ["F", "Z"]
    counts = [{ group = "SITES", least = 2, most = 1 }]
    carbon = { gas = "CO2" }
    [[scenarios]]
    id = "a"
    probability = 0.5
    changes = [
        { table = "suply", column = "amount_t", factor = 2 },
        { table = "supply", column = "amount", factor = 2 },
        { table = "supply", column = "amount_t", factor = 2, add = 1 },
        { table = "supply", column = "amount_t", factor = 2, product = "metal" },
        { table = "supply", column = "amount_t", add = -11 },
        { table = "supply", column = "amount_t", factor = 2, mode = "ROAD" },
    ]
    tables = { sales = "nowhere.csv" }
    [[scenarios]]
    id = "a"
    probability = 0.4
    """
    with pytest.raises(InputError) as caught:
        load_study(written(tmp_path, text), small)
    told = str(caught.value)
    for part in (
        "unknown place 'n'; did you mean 'N'?", "'F' must be open and closed", "'Z' is always there",
        "unknown group or kind 'SITES'; did you mean 'SITE'?", "at most 1 and at least 2", "unknown gas 'CO2'",
        "unknown table that may be changed 'suply'; did you mean 'supply'?", "'amount'; did you mean 'amount_t'?",
        "give exactly one of factor, add and set", "no row of supply is selected", "amount_t becomes -1",
        "cannot be selected by mode", "no file 'nowhere.csv'", "'a' is named twice", "add up to 0.9",
    ):  # fmt: skip
        assert part in told
    assert 15 == len(caught.value.issues)


def test_the_study_of_the_docs_is_one():
    """docs/studies.md shows every section, and nothing that a study may not say."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "studies.md").read_text(encoding="utf-8")
    block = page.split("## STUDY.toml")[1].split("- **Changes**")[0]
    lines = [line.removeprefix("    ") for line in block.splitlines() if line.startswith("    ")]
    study = Study.model_validate(tomllib.loads("\n".join(lines)))
    assert all(getattr(study, part) is not None for part in Study.model_fields)


def test_a_misspelt_setting_is_told(small, tmp_path):
    """A setting that does not exist is refused with its path."""
    with pytest.raises(InputError, match=r"levers.must_opn: no such setting"):
        load_study(written(tmp_path, 'name = "x"\n[levers]\nmust_opn = ["N"]\n'), small)


def test_entries_are_counted_from_one_and_limits_told_in_words(small, tmp_path):
    """Of fields and of names alike; what is missing and too short is said without a word of the library's."""
    text = """
    name = "x"
    levers = { carbon = { price = 80 } }
    designs = [{ id = "a" }, { name = "b" }]
    front = { aims = ["cost"] }
    greenfield = { kind = "hub", like = "N", count = 1 }
    changes = [{ table = "supply", column = "amount_t", factor = 1 }, { table = "supply", factr = 2 }]
    """
    with pytest.raises(InputError) as caught:
        load_study(written(tmp_path, text), small)
    assert {
        "STUDY.toml, levers.carbon.price: no such setting; remove it or correct its name; did you mean 'price_per_t'?",
        "STUDY.toml, designs, 2nd entry, id: is missing; add it",
        'STUDY.toml, front.aims: found ["cost"]; must be a list with 2 or more entries',
        "STUDY.toml, greenfield.kind: found \"hub\"; must be 'POINT', 'HUB' or 'SITE'",
        "STUDY.toml, changes, 2nd entry, factr: no such setting; remove it or correct its name; did you mean 'factor'?",
    } == set(str(caught.value).splitlines())
    changes = 'name = "x"\nchanges = [{ table = "supply", column = "amount_t", factor = 1 }, { table = "suply" }]\n'
    with pytest.raises(InputError, match="changes, 2nd entry: unknown table"):
        load_study(written(tmp_path, changes), small)


def test_changes_select_by_place_product_and_period(small):
    """Only the second year's returns grow; the first year's stay, and the other figures too."""
    change = Change(table="supply", column="amount_t", factor=1.5, kind="ZONE", product="returns", period=2)
    after = changed(small, [change]).series("supply")
    assert {1: 10.0, 2: 15.0} == after.set_index("period")["amount_t"].to_dict()
    assert {1.0} == set(after["cost_per_t"])


def test_bigger_sizes_take_what_stands_along(tmp_path):
    """A factor on sizes is one on the size that an existing place has."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "CANDIDATE", "EXISTING", "ALWAYS"], initial_size_t=[None, None, 20, None]
    )
    change = Change(table="capacities", column="size_t", factor=2, place="F")
    after = changed(loaded(tables, tmp_path), [change]).tables
    assert {40.0} == set(after["places"]["initial_size_t"].dropna())
    assert [10.0, 10.0, 40.0] == sorted(after["capacities"]["size_t"])


def test_longer_roads_keep_the_map(tmp_path):
    """A factor on distances lengthens lanes and linked ways alike, and links still go to the same places."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(lat=[48.0, 48.5, 49.0, 48.1], lon=2.0)
    tables["lanes"] = tables["lanes"].query("from_id == 'Z'")
    tables["links"] = rows("from_kind to_kind max_km", ("SITE", "MARKET", 135))
    instance = loaded(tables, tmp_path)
    after = changed(instance, [Change(table="distances", factor=1.2)]).arcs
    assert (instance.arcs["distance_km"] * 1.2).tolist() == pytest.approx(after["distance_km"].tolist())
    assert instance.arcs["to_id"].tolist() == after["to_id"].tolist()


def test_levers_become_figures_of_the_network(small):
    """Open and closed places, counts, prices and the farthest way from a zone."""
    levers = Levers.model_validate(
        {"must_open": ["F"], "forbidden": ["N"], "from_period": 2, "counts": [{"group": "SITE", "least": 1}],
         "carbon": {"price_per_t": 80}, "farthest_km": 60}
    )  # fmt: skip
    after = pulled(small, levers)
    places = after.tables["places"].set_index("place_id")
    assert (2, 1) == (places.at["F", "open_from"], places.at["N", "closed_from"])
    assert [("SITE", 1)] == list(after.tables["group_limits"][["group_id", "least"]].itertuples(index=False, name=None))
    assert [80.0] == after.tables["gases"]["price_per_t"].tolist()
    assert {"N"} == set(after.arcs.loc[after.arcs["from_id"] == "Z", "to_id"])


def test_the_networks_own_scenarios_are_taken(tmp_path):
    """A study without scenarios takes the table's, with product and period factors."""
    tables = small_tables() | {
        "scenarios": rows("scenario_id probability supply_factor", ("low", 0.25, 0.5), ("high", 0.75, 1)),
        "scenario_supply": rows("scenario_id product_id period factor", ("high", "returns", 2, 3)),
    }
    instance = loaded(tables, tmp_path)
    study = load_study(written(tmp_path, 'name = "own"\n'), instance)
    found = futures(study, instance, folder=tmp_path)
    amounts = {f.id: f.instance.series("supply")["amount_t"].tolist() for f in found}
    assert {"low": [5.0, 5.0], "high": [10.0, 30.0]} == amounts
    assert [0.25, 0.75] == [f.probability for f in found]
    without = load_study(written(tmp_path, 'name = "own"\nnetwork_scenarios = false\n'), instance)
    assert ["expected"] == [f.id for f in futures(without, instance, folder=tmp_path)]


def test_a_table_from_a_file_passes_the_gate(small, tmp_path):
    """A scenario's own table replaces the network's; its defects are told with the name of its file."""
    study = 'name = "files"\n[[scenarios]]\nid = "poor"\ntables = { sales = "poor.csv" }\n'
    (tmp_path / "poor.csv").write_text("place_id,product_id,price_per_t\nM,metal,40\n")
    read = load_study(written(tmp_path, study), small)
    future = futures(read, small, folder=tmp_path)[0]
    assert [40.0] == future.instance.tables["sales"]["price_per_t"].tolist()
    (tmp_path / "poor.csv").write_text("place_id,product_id,price_per_t\nMM,metal,40\n")
    with pytest.raises(InputError, match=r"poor.csv row 2.*'MM'.*scenario 'poor'"):
        futures(read, small, folder=tmp_path)
