"""The small network as it stands, and the heading of books."""

import pytest

from tests.network_design.conftest import loaded, small_tables

HEAD = "activity,place_id,to_id,mode,product_id,period,cost,quantity_t,distance_t_km\n"


@pytest.fixture(scope="module")
def existing(tmp_path_factory):
    """The small network with both sites there: N takes all 10 t a year for two years, for it gains 36 a tonne.

    20 t go 50 km to N at 0.1 (100), 10 t of metal 10 km to the market at 0.2 (20), N costs 20 a year and F 10.
    """
    tables = small_tables()
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "EXISTING", "EXISTING", "ALWAYS"], initial_size_t=[None, 10, 20, None]
    )
    return loaded(tables, tmp_path_factory.mktemp("existing"))
