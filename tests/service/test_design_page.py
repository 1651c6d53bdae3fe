"""The Design page without a browser: empty, with designs of every kind, and starting a design."""

import time
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from retour.errors import InputError
from retour.gate.design import load_design
from service.designing import AskedDesign
from service.designing_store import DESIGNS
from service.status_file import JobState
from service.views.design_job import dismiss, newest_job, start_design
from service.views.design_loaded import stored_designs
from service.views.design_variant import EDITABLE, VARIANTS, changed_tables, write_variant
from tests.network_design.conftest import loaded, rows, small_tables
from tests.service.designs import small_design


def open_page(name="design"):
    """Run one page as the app would; the time limit is for a busy machine."""
    return AppTest.from_string(f"from service.views import {name}\n{name}.page()\n", default_timeout=120).run()


def texts(app):
    """Everything a page says in words."""
    elements = [*app.header, *app.markdown, *app.caption, *app.info, *app.error, *app.warning, *app.success, *app.code]
    return " ".join(str(e.value) for e in elements)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty run store that the app uses."""
    monkeypatch.setenv("RETOUR_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def ended(store):
    """Wait for the job to end and return its status."""
    for _ in range(600):
        if newest_job(store).has_ended:
            return newest_job(store).status
        time.sleep(0.2)
    raise AssertionError("the job did not end")


def test_an_empty_store_tells_the_newcomer_what_to_do(store):
    """Without a design the page asks for a network and says how to write one."""
    app = open_page()
    assert "Design your first network" in texts(app) and not app.exception


@pytest.mark.parametrize("placed", [True, False])
def test_a_design_is_shown(store, tmp_path, placed):
    """Cost, proof and map are there; without coordinates the page says why there is no map."""
    small_design(tmp_path, placed=placed)
    app = open_page()
    assert not app.exception
    assert "Proven best" in texts(app) and ("no coordinates" in texts(app)) is not placed
    assert {"Net gain": "420.00 EUR"}.items() <= {m.label: m.value for m in app.metric}.items()


def test_designs_are_listed_the_newest_first(store, tmp_path):
    """Two designs of a store; a folder that is being written is none."""
    first, second = (small_design(tmp_path / name, name=name) for name in ("first", "second"))
    (store / DESIGNS).mkdir(parents=True)
    for run in (first, second):
        run.path.rename(store / DESIGNS / run.id)
    (store / DESIGNS / ".incoming").mkdir()
    assert [second.id, first.id] == [folder.name for folder in stored_designs(store)]


def test_a_design_is_made_in_a_process_of_its_own(store, tmp_path):
    """The job ends with the run it stored, and the page shows it."""
    loaded(small_tables(), tmp_path)
    start_design(AskedDesign(tmp_path / "network", 1, 20.0), root=store, called="small")
    status = ended(store)
    assert (JobState.DONE, 0) == (status.state, status.exit_code), status.error
    assert [status.run_id] == [folder.name for folder in stored_designs(store)]


def test_a_design_that_does_not_exist_is_told_until_it_is_dismissed(store, tmp_path):
    """Limits that conflict are named on the page, which offers to dismiss them."""
    loaded(small_tables() | {"gases": rows("gas limit_t", ("CO2e", 0.1))}, tmp_path)
    start_design(AskedDesign(tmp_path / "network", 1, 20.0), root=store, called="small")
    assert 4 == ended(store).exit_code
    app = open_page()
    assert "No design keeps every limit" in texts(app) and "0.1 t of CO2e" in texts(app)
    dismiss(newest_job(store))
    assert newest_job(store) is None and "No design keeps" not in texts(open_page())


def test_only_what_was_changed_is_written_anew(tmp_path):
    """A site that must be closed is closed in the variant; an untouched grid changes nothing."""
    instance = loaded(small_tables(), tmp_path)
    shown = {name: instance.tables[name][columns].copy() for name, columns in EDITABLE.items()}
    assert {} == changed_tables(instance, shown)
    shown["places"].loc[shown["places"]["place_id"] == "F", "closed_from"] = 1
    changed = changed_tables(instance, shown)
    assert ["places"] == list(changed)
    variant = load_design(write_variant(instance, changed, root=tmp_path / "runs"))
    assert 1 == variant.tables["places"].set_index("place_id").loc["F", "closed_from"]
    others = set(instance.tables) - {"places"}
    assert all(instance.tables[n].equals(variant.tables[n]) for n in others)


def test_rows_added_in_the_grid_come_along(tmp_path):
    """A size that was added is one more row; columns the grid does not show get their defaults."""
    instance = loaded(small_tables(), tmp_path)
    shown = {name: instance.tables[name][columns] for name, columns in EDITABLE.items()}
    added = pd.DataFrame({"place_id": ["N"], "size_t": [30.0], "period": [None], "opening_cost": [1.0]}, index=[99])
    shown["capacities"] = pd.concat([shown["capacities"], added])
    variant = load_design(write_variant(instance, changed_tables(instance, shown), root=tmp_path))
    sizes = variant.tables["capacities"]
    assert [10.0, 30.0] == sizes.loc[sizes["place_id"] == "N", "size_t"].tolist()


def test_changes_that_do_not_fit_leave_nothing_behind(tmp_path):
    """Every defect is told at once, and no half network stays."""
    instance = loaded(small_tables(), tmp_path)
    places = instance.tables["places"].assign(status="PERHAPS")
    with pytest.raises(InputError) as caught:
        write_variant(instance, {"places": places}, root=tmp_path / "runs")
    assert ["status"] * 4 == [i.column for i in caught.value.issues if i.column == "status"]
    assert [] == list((tmp_path / "runs" / DESIGNS / VARIANTS).iterdir())


def test_a_network_with_defects_is_told_on_the_page(store, tmp_path):
    """A defect of the chosen network stands on the page with its file and row, and nothing can be started."""
    small_design(tmp_path)
    supply = tmp_path / "network" / "supply.csv"
    supply.write_text(supply.read_text().replace("Z,", "X,"))
    app = open_page()
    assert str(Path("supply.csv")) in texts(app) and "cannot be designed yet" in texts(app)
    assert not [b for b in app.button if b.key == "design.go"]
