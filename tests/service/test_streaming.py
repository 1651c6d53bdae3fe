"""A night decided from its files is stored, checked and explained like any other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from retour.errors import InputError
from retour.gate import load_network, write_network
from retour.instance import Instance
from retour.samples import sample_network
from service.describe import Asked
from service.explaining import explain_stored
from service.kpis import return_counts
from service.planning import decide_to_run
from service.run import Run
from service.store import list_runs
from service.stored_instance import stored_returns

RETURNS = 400


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    """A very small country in Parquet."""
    tables = sample_network("country", returns=RETURNS, seed=2)
    return write_network(*tables, tmp_path_factory.mktemp("country") / "net", format="parquet")


@pytest.fixture(scope="module")
def instance(network) -> Instance:
    """The same in memory."""
    return load_network(network)


@pytest.fixture(scope="module")
def run(network, tmp_path_factory) -> Run:
    """The night decided from its files."""
    asked = Asked("decide", network, 1, engine="none", method="prices", processes=1, stream=True)
    return decide_to_run(asked, root=tmp_path_factory.mktemp("runs"))


def test_the_checker_finds_nothing_and_the_ledger_adds_up(run):
    """Parts were checked and priced apart; together they are a sound plan whose ledger is its objective."""
    assert run.manifest.feasible
    assert run.manifest.objective_eur == pytest.approx(run.manifest.ledger_total_eur, abs=0.005)
    assert run.table("ledger")["cost_eur"].sum() == pytest.approx(run.manifest.objective_eur, abs=0.005)


def test_every_return_is_decided_once(run, instance):
    """Decisions of all parts are in the run, in Parquet and in CSV."""
    expected = sorted(instance.tables["returns"]["return_id"])
    assert expected == sorted(run.table("decisions")["return_id"])
    assert expected == sorted(pd.read_csv(run.path / "decisions.csv")["return_id"])
    assert RETURNS == run.manifest.tables["decisions"].rows


def test_counts_of_parts_are_those_of_the_whole(run):
    """What reports count was added up from parts."""
    expected = return_counts(run.table("decisions"), run.table("ledger").head(0))
    counted = {name: run.manifest.kpis[name] for name in expected}
    assert expected | {n: counted[n] for n in ("refunds_late", "refunds_late_days")} == counted


def test_the_run_keeps_its_input(run, instance):
    """The stored returns are the network's, in its order, and the hash is the network's own."""
    pd.testing.assert_frame_equal(instance.tables["returns"], stored_returns(run))
    assert instance.hash == run.manifest.network.hash


def test_a_return_of_a_streamed_run_is_explained(run):
    """The run suffices to say why one return goes where it goes."""
    decisions = run.table("decisions")
    first = decisions.loc[decisions["state"] == "PLANNED", "return_id"].iloc[0]
    assert first == explain_stored(run, first).return_id


def test_nothing_is_left_beside_the_run(run):
    """The files of the parts are gone."""
    assert [run.id] == [p.name for p in run.path.parent.iterdir() if p.is_dir()]
    assert [run.id] == list_runs(run.path.parent)["id"].tolist()


def test_returns_in_csv_cannot_stay_in_their_file(tmp_path, network):
    """Asked to stream a network of CSV tables, the door says what is missing."""
    plain = write_network(*sample_network("tiny", seed=1), tmp_path / "net")
    with pytest.raises(InputError, match="returns.parquet"):
        decide_to_run(Asked("decide", plain, 1, method="prices", stream=True), root=tmp_path / "runs")
