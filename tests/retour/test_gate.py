"""What comes through the gate: kinds, defaults, equal hashes from every format, and what writing promises."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retour import InputError, Instance, check_network, load_network, write_network
from retour.policy import Fee, Keep, OutcomeRules, Policy, Window
from retour.tables import INPUT_TABLES
from retour.vocabulary import Outcome, PointKind, ReasonTree

FORMATS = ("csv", "parquet", "xlsx")


@pytest.fixture(scope="module")
def small(small_original) -> Instance:
    """The small network behind the gate."""
    return load_network(small_original)


@pytest.fixture
def odd_policy() -> Policy:
    """A policy that differs from the defaults in every way a file can write."""
    return Policy(
        name="strict, 'odd'",
        windows=(Window(tree=ReasonTree.WITHDRAWAL, days=30, class_id="shoes", country="DE"),),
        fees=(Fee(kind=PointKind.HOME, eur=4.5), Fee(kind=PointKind.RELAY, eur=1e-05)),
        keep=Keep(allowed=False, forbidden_tags=()),
        outcomes=OutcomeRules(forbidden_by_class={"phone": (Outcome.DONATE, Outcome.OUTLET)}),
    )


def test_every_declared_column_is_there_in_its_kind(small):
    """Behind the gate every table has every declared column, in declared order and with one dtype per kind."""
    for name, table in INPUT_TABLES.items():
        assert table.column_names == list(small.tables[name].columns)
    kinds = {c: str(small.vehicles[c].dtype) for c in ("hub_id", "count", "capacity_parcels", "max_trips")}
    assert {"hub_id": "str", "count": "int64", "capacity_parcels": "float64", "max_trips": "int64"} == kinds
    assert "bool" == str(small.returns["damaged_battery"].dtype)
    assert {"datetime64[us]"} == {str(small.returns[c].dtype) for c in ("requested_on", "ready_at")}


def test_cells_are_converted_and_defaults_filled(small):
    """Clocks are seconds after midnight, tags tuples, empty cells missing unless a default is declared."""
    points, hubs = small.points.set_index("point_id"), small.hubs.set_index("hub_id")
    assert 9 * 3600 == points.loc["P2", "opens"]
    assert 26 * 3600 == hubs.loc["H1", "closes"]
    assert np.isnan(hubs.loc["H2", "closes"])
    assert ("BATTERY",) == points.loc["P2", "refuses"]
    assert () == points.loc["P1", "refuses"]
    assert pd.isna(points.loc["P3", "hub_id"])
    assert "CUSTOMER_RETURN" == small.returns["flow"][0]
    assert 900 == hubs.loc["H1", "unload_s"]
    assert pd.Timestamp("2026-11-23T09:00") == small.returns["ready_at"][1]


def test_absent_optional_tables_are_empty(small_network):
    """An optional table may be left out: it is there, with no rows."""
    for name in ("arrivals", "hours", "travel", "rates"):
        (small_network / f"{name}.csv").unlink()
    instance = load_network(small_network)
    assert [0, 0, 0, 0] == [len(instance.table(n)) for n in ("arrivals", "hours", "travel", "rates")]


@pytest.mark.parametrize("format", FORMATS)
def test_round_trips_keep_the_hash(format, small, tmp_path):
    """What the gate let through, written and read again in any format, is the same network."""
    written = write_network(small.tables, small.settings, small.policy, tmp_path / "again", format=format)
    assert small.hash == load_network(written).hash


@pytest.mark.parametrize("format", FORMATS)
def test_settings_survive_in_every_format(format, small, odd_policy, tmp_path):
    """Policy and settings are read back as they were written, as TOML or as sheets."""
    again = load_network(write_network(small.tables, small.settings, odd_policy, tmp_path / "again", format=format))
    assert (small.settings, odd_policy) == (again.settings, again.policy)


def test_exact_numbers_survive(small, tmp_path):
    """A number of seventeen digits is the same number after CSV, Parquet and Excel."""
    returns = small.returns.assign(value_eur=[0.1 + 0.2, 1 / 3, 1e-7, 99999.99999999999])
    exact = small.replace(returns=returns)
    for format in FORMATS:
        written = write_network(exact.tables, exact.settings, exact.policy, tmp_path / format, format=format)
        assert exact.hash == load_network(written).hash


def test_a_changed_cell_changes_the_hash(small_network, small):
    """One cell more or less, and it is another network; so are another policy and another night."""
    file = small_network / "lanes.csv"
    file.write_text(file.read_text().replace("0.8", "0.81"))
    assert small.hash != load_network(small_network).hash
    assert small.hash != small.replace(policy=Policy(name="other")).hash
    assert small.hash != small.replace(night=date(2026, 11, 24)).hash


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(13)))
def test_the_order_of_columns_does_not_matter(order, small_network, small):
    """Shuffling the columns of a file leaves the network the same."""
    returns = pd.read_csv(small_network / "returns.csv", dtype=str)
    returns[returns.columns[order]].to_csv(small_network / "returns.csv", index=False)
    assert small.hash == load_network(small_network).hash


def test_formats_may_be_mixed(small_network, small, tmp_path):
    """One table may be CSV and another Parquet."""
    parquet = write_network(small.tables, small.settings, small.policy, tmp_path / "p", format="parquet")
    (small_network / "returns.csv").unlink()
    (parquet / "returns.parquet").rename(small_network / "returns.parquet")
    assert small.hash == load_network(small_network).hash


def test_parquet_of_any_types_is_read(small_network, small):
    """Real dates, categories, lists of tags, flags and NaN mean the same as their text."""
    returns = small.returns.astype({"class_id": "category"}).assign(damaged_battery=[False] * 4)
    returns.to_parquet(small_network / "returns.parquet")
    classes = small.table("item_classes").assign(tags=[["TEXTILE"], ["WEEE", "BATTERY"]])
    classes.to_parquet(small_network / "item_classes.parquet")
    for name in ("returns", "item_classes"):
        (small_network / f"{name}.csv").unlink()
    assert small.hash == load_network(small_network).hash


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("volume_l", [np.inf, 3.0, 3.0, 3.0], "found 'inf'; must be a number such as 12.5 (litre)"),
        ("volume_l", [np.nan, 3.0, 3.0, 3.0], "the cell is empty; must be from 0.01 to 5000 (litre)"),
        ("value_eur", [-1.5, 3.0, 3.0, 3.0], "found -1.5; must be from 0 to 100000 (EUR)"),
    ],
)
def test_numbers_of_parquet_are_told_as_in_csv(small_network, small, column, values, told):
    """A number that came as a number is refused in the words of one that came as text."""
    (small_network / "returns.csv").unlink()
    small.returns.assign(**{column: values}).to_parquet(small_network / "returns.parquet")
    assert [(2, column, told)] == [(i.row, i.column, i.message) for i in check_network(small_network)]


def test_half_a_parcel_of_parquet_is_refused(small_network, small):
    """A count must be whole, whatever the file's type."""
    (small_network / "arrivals.csv").unlink(missing_ok=True)
    rows = pd.DataFrame({"point_id": small.points["point_id"].head(1), "date": ["2026-11-20"], "parcels": [2.5]})
    rows.to_parquet(small_network / "arrivals.parquet")
    assert ["found '2.5'; must be a whole number such as 40 (parcel)"] == [
        i.message for i in check_network(small_network)
    ]


def test_long_names_of_digits_keep_every_digit(small_network, small):
    """Names that are numbers in the file are text here, to the last digit."""
    ids = [9_007_199_254_740_993 + i for i in range(4)]
    (small_network / "returns.csv").unlink()
    small.returns.assign(return_id=ids).to_parquet(small_network / "returns.parquet")
    assert [str(i) for i in ids] == load_network(small_network).returns["return_id"].tolist()


def test_windows_line_ends_and_byte_order_mark_are_read(small_network, small):
    """A CSV file saved by Excel as CSV UTF-8 is read as it is."""
    file = small_network / "points.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert small.hash == load_network(small_network).hash


def test_the_night_asked_for_goes_first(small_network):
    """A date given to the gate goes before `tonight` of network.toml, and does without it."""
    assert date(2026, 11, 24) == load_network(small_network, night=date(2026, 11, 24)).night
    toml = small_network / "network.toml"
    toml.write_text(toml.read_text().replace('tonight = "2026-11-23"', ""))
    assert [] == check_network(small_network, night=date(2026, 11, 23))


def test_a_day_in_toml_needs_no_quotation_marks(small_network, small):
    """tonight = 2026-11-23 is a date to TOML and means the same."""
    toml = small_network / "network.toml"
    toml.write_text(toml.read_text().replace('"2026-11-23"', "2026-11-23"))
    assert small.hash == load_network(small_network).hash


def test_a_workbook_takes_settings_from_beside_it(small, tmp_path):
    """Without the sheets network and policy, the files beside the workbook count."""
    from openpyxl import load_workbook

    path = write_network(small.tables, small.settings, small.policy, tmp_path / "book", format="xlsx")
    folder = write_network(small.tables, small.settings, small.policy, tmp_path / "folder")
    workbook = load_workbook(path)
    del workbook["network"], workbook["policy"]
    workbook.save(folder / "night.xlsx")
    assert small.hash == load_network(folder / "night.xlsx").hash


def test_issues_of_a_workbook_name_the_sheet(small, tmp_path):
    """In a workbook an issue names the sheet and the row as Excel shows them."""
    from openpyxl import load_workbook

    path = write_network(small.tables, small.settings, small.policy, tmp_path / "book", format="xlsx")
    workbook = load_workbook(path)
    workbook["sizes"]["B3"] = -15
    workbook["policy"]["B1"] = "worth"
    workbook.save(path)
    assert [
        "network.xlsx sheet policy row 1, value: is missing; a settings sheet has the columns key and value",
        "network.xlsx sheet sizes row 3, volume_l: found -15; must be 0.1 or more (litre)",
        "network.xlsx sheet sizes row 3, volume_l: size 'M' (-15 litres, 10 kg) follows 'S' (5 litres, 5 kg); "
        "list sizes from small to large",
    ] == [str(issue) for issue in check_network(path)]


def test_writing_never_overwrites(small, small_network):
    """A folder that holds anything is refused and stays as it was."""
    before = sorted(small_network.iterdir())
    with pytest.raises(InputError, match="holds files already"):
        write_network(small.tables, small.settings, small.policy, small_network)
    assert before == sorted(small_network.iterdir())


def test_a_folder_that_cannot_be_written_is_told(small):
    """Where not even root may write, the sentence names the place."""
    with pytest.raises(InputError, match=r"/proc/net-of-ours: cannot be written \("):
        write_network(small.tables, small.settings, small.policy, "/proc/net-of-ours")


def test_failed_writing_leaves_nothing(small, tmp_path):
    """A table or column nobody declared is refused before anything is written."""
    lanes = small.table("lanes").assign(colour="red")
    with pytest.raises(ValueError, match=r"lanes\.colour"):
        write_network({**small.tables, "lanes": lanes}, small.settings, small.policy, tmp_path / "out")
    assert [] == list(tmp_path.iterdir())


def test_written_tables_are_short(small, tmp_path):
    """Only columns that hold something are written: clocks as HH:MM, tags with semicolons, numbers short."""
    folder = write_network(small.tables, small.settings, small.policy, tmp_path / "out")
    assert "H1,48.9,2.4,06:00,26:00,900" == (folder / "hubs.csv").read_text().splitlines()[1]
    assert "S1,48.6,2.5,OWN,BATTERY;WEEE,0,0" == (folder / "sites.csv").read_text().splitlines()[1]
