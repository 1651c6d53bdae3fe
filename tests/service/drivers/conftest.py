"""The hand-written night, stored, and a night with two trips."""

from dataclasses import replace
from io import StringIO

import pandas as pd
import pytest

from retour.plan import shaped
from service.store import publish

TWO_TRIPS = """
route_id,position,trip,visit_id,point_id,arrival_s,start_s,departure_s,distance_m,return_m,return_s,parcels,load_parcels,load_l,load_kg,load_hazard_kg
V1,1,1,P3,P3,62400,62700,63000,8000,6000,600,5,5,20,3,0
V1,2,2,home:R09,P6,66300,66300,66600,12000,4000,480,1,1,180,35,2.5
"""


@pytest.fixture
def run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night of tiny, stored; its stops do not say `return_s`, as in older runs."""
    return publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound)


@pytest.fixture
def two_trips(tmp_path, plan, asked, tiny, sound):
    """V1 drives twice: it waits five minutes for P3, unloads for 900 s, and brings home a battery the second time."""
    stops = shaped("stops", pd.read_csv(StringIO(TWO_TRIPS)))
    routes = plan.routes.assign(trips=2, end_s=67980, distance_m=30000.0)
    waiting = pd.DataFrame(
        {"volume_l": [20.0, 180.0], "weight_kg": [3.0, 35.0], "hazard_kg": [0.0, 2.5]}, index=["P3", "home:R09"]
    )
    visits = plan.visits.set_index("visit_id").astype(dict.fromkeys(waiting.columns, float))
    visits.loc[waiting.index, waiting.columns] = waiting
    night = replace(plan, stops=stops, routes=routes, visits=visits.reset_index())
    return publish(tmp_path / "twice", night, asked=asked, instance=tiny, violations=sound)
