"""RELOG's formats, on files small enough to read here: every rule of both, and what is refused."""

import json

import pytest

from network_design.check import check_design
from network_design.design import design_network
from network_design.parts import cost_by_part
from retour.errors import InputError
from retour.gate.design import load_design
from service.importing import import_file

HERE = {"latitude (deg)": 0.0, "longitude (deg)": 0.0}
NEAR = {"latitude (deg)": 0.0, "longitude (deg)": 0.1}  # 11.132 km along the equator
ROAD = "transportation cost ($/km/tonne)"


def size(opening, fixed, variable):
    """Return the costs of one size, in either format."""
    return {
        "opening cost ($)": opening,
        "fixed operating cost ($)": fixed,
        "variable operating cost ($/tonne)": variable,
    }


def classic():
    """Two years: 10 t a year of scrap at A, of which 2 t may be dumped; a furnace 11.13 km off, 4 to 12 t."""
    return {
        "parameters": {"time horizon (years)": 2},
        "products": {
            "scrap": {
                ROAD: [1.0, 2.0],
                "initial amounts": {"A": {**HERE, "amount (tonne)": 10}},
                "disposal limit (tonne)": 2, "disposal cost ($/tonne)": [1, 3], "acquisition cost ($/tonne)": 5,
            },
            "slag": {ROAD: 0},
        },
        "plants": {"furnace": {
            "input": "scrap", "outputs (tonne/tonne)": {"slag": 0.5},
            "locations": {"B": {
                **NEAR, "disposal": {"slag": {"cost ($/tonne)": -4}},
                "capacities (tonne)": {"4": size(100, 10, 2), "12": size(180, [26, 26], 2)},
            }},
        }},
    }  # fmt: skip


def circular():
    """Two years: a mill makes goods of wood and scrap, 4 to 1; the shop sells them, and half comes back a year on."""
    return {
        "parameters": {"time horizon (years)": 2, "building period (years)": [1], "distance metric": "Euclidean"},
        "products": {"wood": {ROAD: 0}, "scrap": {ROAD: 1}, "goods": {ROAD: [1, 1], "disposal limit (tonne)": None}},
        "centers": {
            "forest": {
                **HERE, "input": None, "outputs": ["wood"], "fixed output (tonne)": {"wood": [8, 4]},
                "variable output (tonne/tonne)": {"wood": 0}, "revenue ($/tonne)": None, "operating cost ($)": 7,
                "collection cost ($/tonne)": {"wood": 3}, "disposal limit (tonne)": {"wood": None},
                "disposal cost ($/tonne)": {"wood": 1},
            },
            "shop": {
                **NEAR, "input": "goods", "outputs": ["scrap"], "fixed output (tonne)": {"scrap": [2, 0]},
                "variable output (tonne/tonne)": {"scrap": [0, 0.5]}, "revenue ($/tonne)": 100,
                "operating cost ($)": None, "collection cost ($/tonne)": {"scrap": 0},
                "disposal limit (tonne)": {"scrap": [None, 9]}, "disposal cost ($/tonne)": {"scrap": 2},
            },
        },
        "plants": {"mill": {
            **HERE, "input mix (%)": {"wood": 80, "scrap": 20}, "output (tonne)": {"goods": 1},
            "processing emissions (tonne)": {"CO2": 0.5}, "storage cost ($/tonne)": {"wood": 1},
            "storage limit (tonne)": {"wood": None}, "disposal cost ($/tonne)": {"goods": 0},
            "disposal limit (tonne)": {"goods": 0}, "initial capacity (tonne)": 6,
            "capacities": [{"size (tonne)": 5, **size(50, 1, 2)}, {"size (tonne)": 20, **size(95, 16, 9)}],
        }},
        "emissions": {"CO2": {"limit (tonne)": None, "penalty ($/tonne)": 10}},
    }  # fmt: skip


def designed(content, folder):
    """Return a file's design and its parts by year, found sound by the checker."""
    (folder / "case.json").write_text(json.dumps(content))
    import_file("relog", folder / "case.json", folder / "network")
    instance = load_design(folder / "network")
    design = design_network(instance, seed=1)
    assert [] == check_design(instance, design).violations["message"].tolist()
    return design, cost_by_part(instance, design.ledger).round(6).T.to_dict("list")


def test_classic_by_hand(tmp_path):
    """Dumping is cheaper than treating in both years: 2 t are dumped, 8 t treated in a furnace of 8 t."""
    design, parts = designed(classic(), tmp_path)
    # 11.13 km x 8 t; 4 t of growing at 10; fixed 10 + 4 x 2; acquisition of what is not dumped; slag brings 4 a tonne.
    expected = {
        "transportation": [89.04, 178.08], "opening": [100, 0], "expansion": [40, 0], "fixed operating": [18, 18],
        "variable operating": [16, 16], "storage": [0, 0], "disposal": [-16, -16], "centre acquisition": [40, 40],
        "centre disposal": [2, 6],
    }  # fmt: skip
    assert expected == parts
    assert sum(map(sum, expected.values())) == pytest.approx(design.cost)


def test_circular_by_hand(tmp_path):
    """All goods that can be made are: 2 t of scrap and 8 t of wood, then what comes back and what is left."""
    design, parts = designed(circular(), tmp_path)
    # Year 1: 10 t of goods; capacity 5 + 5 extra, 1 extra at the start: 4 x 3 of expansion, fixed 1 + 5 x 1.
    # Year 2: 4 t of wood and 1 of the 5 t of scrap that came back make 5 t; 5 t of extra are resold at 3.
    # chord 11.132 km: goods 10 and 5 t, scrap 2 and 1 t; 2 a tonne received; CO2 0.5 x 10 a tonne processed.
    assert ([133.584, 66.792], [1000, 500]) == (parts["transportation cost"], parts["centre revenue (subtract)"])
    assert ([12, -15], [0, 0]) == (parts["plant expansion cost"], parts["plant opening cost"])
    assert ([6, 1], [20, 10]) == (parts["plant fixed operating cost"], parts["plant variable operating cost"])
    assert ([50, 25], [0, 8]) == (parts["emissions penalty cost"], parts["centre disposal cost"])
    assert ([24, 12], [7, 7]) == (parts["centre collection cost"], parts["centre operating cost"])
    revenue = parts.pop("centre revenue (subtract)")
    assert sum(map(sum, parts.values())) - sum(revenue) == pytest.approx(design.cost)


def broken(content, *path, value):
    """Return a file with one value replaced."""
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return content


BAD = [
    (broken(classic(), "parameters", "time horizon (years)", value="two"), "must be a whole number of years"),
    (broken(classic(), "products", "scrap", ROAD, value=[1, 2, 3]), "holds 3 values, but the study has 2 years"),
    (broken(classic(), "plants", "furnace", "input", value="scrab"), "unknown product 'scrab'"),
    (broken(circular(), "centers", "shop", "latitude (deg)", value=None), "found None; must be a number"),
    (broken(circular(), "plants", "mill", "input mix (%)", value={"wood": 80}), "add up to 0.8"),
    (broken(circular(), "plants", "mill", "capacities", value=[]), "holds 0 sizes; a plant has one or two"),
    ({"nodes": []}, "is no RELOG instance"),
]


@pytest.mark.parametrize(("content", "sentence"), BAD, ids=[sentence[:30] for _, sentence in BAD])
def test_what_is_wrong_is_told(content, sentence, tmp_path):
    """A defect is told with its path in the file, and nothing is written."""
    (tmp_path / "case.json").write_text(json.dumps(content))
    with pytest.raises(InputError) as refused:
        import_file("relog", tmp_path / "case.json", tmp_path / "network")
    assert sentence in str(refused.value)
    assert not (tmp_path / "network").exists()
