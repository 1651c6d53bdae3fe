"""A run suffices to rebuild the night it was planned for."""

from pathlib import Path

import pandas as pd
import pytest

from retour import load_network
from retour.errors import InputError
from retour.tables import INPUT_TABLES
from service.store import publish
from service.stored_instance import stored_instance

CITY = Path(__file__).parents[2] / "data" / "city"
LEFT_OUT = {"arrivals", "travel"}


@pytest.fixture
def tiny_run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night of tiny, stored."""
    return publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound)


@pytest.mark.parametrize("name", sorted(INPUT_TABLES.keys() - LEFT_OUT))
def test_a_run_gives_back_its_tables(tiny_run, tiny, name):
    """Every table that decisions read comes back as the gate left it, types included."""
    pd.testing.assert_frame_equal(tiny.tables[name], stored_instance(tiny_run).tables[name])


def test_city_comes_back_priced_alike(tmp_path, plan, asked, sound):
    """The city's lanes are as long, and its policy and rates the same, from the run as from the network."""
    city = load_network(CITY)
    again = stored_instance(publish(tmp_path, plan, asked=asked, instance=city, violations=sound))
    assert city.lane_distance_m.tolist() == again.lane_distance_m.tolist()
    assert (city.policy, city.settings, city.rates) == (again.policy, again.settings, again.rates)


def test_some_returns_come_in_the_order_asked(tiny_run):
    """Only the returns asked for are read, in that order."""
    assert ["R09", "R01"] == stored_instance(tiny_run, ["R09", "R01"]).returns["return_id"].tolist()


def test_an_unknown_return_names_those_alike(tiny_run):
    """A return that is not in the run is answered with ids that look like it."""
    with pytest.raises(InputError, match="has no return 'R1'.*did you mean R1"):
        stored_instance(tiny_run, ["R1"])
