"""A night decided from files is the night decided in memory; defects are found all the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from retour.errors import InputError
from retour.gate import load_network, write_network
from retour.gate import streamed as gate
from retour.gate.streamed import stream_network
from retour.pickup_estimate import estimate_pickup
from retour.progress import silent
from retour.samples import sample_network
from routing.decide.deadline import Deadline
from routing.decide.scale.large import decide_large, partitions
from routing.decide.scale.scatter import scatter
from routing.decide.scale.stream import decide_streamed

RETURNS, MOST, BATCH = 1000, 300, 256


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    """A small country in Parquet."""
    tables = sample_network("country", returns=RETURNS, seed=5)
    return write_network(*tables, tmp_path_factory.mktemp("country") / "net", format="parquet")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """Read returns in several batches."""
    monkeypatch.setattr(gate.StreamedNetwork.batches, "__kwdefaults__", {"rows": BATCH})
    monkeypatch.setattr(gate, "BATCH_ROWS", BATCH)


def as_decided(instance, decisions: pd.DataFrame) -> pd.DataFrame:
    """What comes back from a partition: its decisions, names as text."""
    return decisions.astype({c: "str" for c, kind in decisions.dtypes.items() if kind == "category"})


def test_batches_are_the_table_of_the_gate(network):
    """Read in batches, the returns are those that the gate reads at once, with the same types."""
    batches = list(stream_network(network).batches())
    assert len(batches) == -(-RETURNS // BATCH)
    assert_frame_equal(load_network(network).tables["returns"], pd.concat(batches, ignore_index=True))


def test_scattered_returns_are_those_of_the_partitions(network, tmp_path):
    """Each file holds the rows of a partition of the instance, in table order and with the gate's types; the hash is
    the instance's own."""
    instance = load_network(network)
    scattered = scatter(stream_network(network), tmp_path, most=MOST, listener=silent)
    expected = [instance.tables["returns"].iloc[g].reset_index(drop=True) for g in partitions(instance, most=MOST)]
    assert len(expected) == len(scattered.sources)
    for frame, source in zip(expected, scattered.sources, strict=True):
        assert_frame_equal(frame, source())
    assert (instance.hash, RETURNS) == (scattered.hash, scattered.rows)


def test_a_streamed_night_is_decided_as_in_memory(network, tmp_path):
    """Cost, bound, prices and every decision are those of the same night held in memory."""
    instance = load_network(network)
    inside = decide_large(
        instance, estimate_pickup(instance), processes=1, most=MOST, deadline=Deadline(None), listener=silent
    )
    scattered = scatter(stream_network(network), tmp_path, most=MOST, listener=silent)
    taken: list[pd.DataFrame] = []
    outside = decide_streamed(scattered, report=as_decided, take=taken.append, listener=silent)
    assert inside.solved.cost_eur == outside.answer.objective_eur
    assert min(inside.solved.bound_eur, inside.solved.cost_eur) == outside.answer.bound_eur
    assert_frame_equal(inside.prices, outside.prices)
    expected = as_decided(instance, inside.decisions).sort_values("return_id", ignore_index=True)
    assert_frame_equal(expected, pd.concat(taken).sort_values("return_id", ignore_index=True))
    assert_frame_equal(inside.comparators, outside.comparators)


def broken(network: Path, folder: Path, **cells: tuple[int, object]) -> Path:
    """A copy of the network with some cells of the returns changed: column=(position, value)."""
    folder.mkdir()
    for file in network.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    returns = pd.read_parquet(folder / "returns.parquet")
    for column, (position, value) in cells.items():
        returns.loc[position, column] = value
    returns.to_parquet(folder / "returns.parquet")
    return folder


def issues_of_the_gate(network: Path) -> list[str]:
    """What the gate finds when it reads the network at once."""
    with pytest.raises(InputError) as error:
        load_network(network)
    return sorted(map(str, error.value.issues))


def test_defects_are_told_with_the_rows_of_the_file(network, tmp_path):
    """Defects of any batch are told at the end, all of them, as the gate tells them that reads the file at once."""
    bad = broken(network, tmp_path / "net", class_id=(400, "hats"), weight_kg=(700, -1.0), reason=(999, "whim"))
    with pytest.raises(InputError) as error:
        list(stream_network(bad).batches())
    assert issues_of_the_gate(bad) == sorted(map(str, error.value.issues))


def test_defects_of_the_first_batch_come_with_those_of_the_rest(network, tmp_path):
    """What is wrong at once does not hide what is wrong later."""
    bad = broken(network, tmp_path / "net", class_id=(3, "hats"), weight_kg=(700, -1.0))
    with pytest.raises(InputError) as error:
        stream_network(bad)
    assert issues_of_the_gate(bad) == sorted(map(str, error.value.issues))


def test_a_name_used_twice_is_found_across_batches(network, tmp_path):
    """The same return_id in two batches is a defect of the later row."""
    first = str(pd.read_parquet(network / "returns.parquet")["return_id"].iloc[2])
    bad = broken(network, tmp_path / "net", return_id=(900, first))
    with pytest.raises(InputError) as error:
        list(stream_network(bad).batches())
    assert issues_of_the_gate(bad) == sorted(map(str, error.value.issues))
