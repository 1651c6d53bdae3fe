"""One small night written by hand, for everything that stores, shows or lists runs."""

from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from retour import load_network
from retour.plan import Answer, Plan, shaped
from retour.vocabulary import Status
from service.describe import Asked

TINY = Path(__file__).parents[2] / "data" / "tiny"

TABLES = {
    "decisions": """
return_id,state,point_id,entry_hub_id,hub_id,site_id,process_id,outcome,day,size,cost_eur,co2e_kg,why
R01,PLANNED,P3,H1,H1,S1,Q1-restock,RESTOCK,0,S,-36.5,0.2,best of three
R03,PLANNED,,,,,,KEEP,,,0.5,0,cheaper than moving it
R09,PLANNED,P6,H1,H1,S1,Q2-outlet,OUTLET,0,L,-80.25,1.5,only pickup at home
R11,DENIED,,,,,,,,,,,asked on day 20 of 14 (Directive 2011/83/EU)
R12,LATER,,,,,,,,,,,ready at 19:30
""",
    "visits": """
visit_id,point_id,hub_id,parcels,volume_l,weight_kg,hazard_kg,capacity_parcels,fill_share,overflow_risk,expected_refused,required,waiting_eur,prize_eur,visited,why
P2,P2,H2,4,20,4,0,8,0.5,0.6,1.5,false,0.4,7.9,false,leaving it costs less than the detour
P3,P3,H1,5,20,3,0,20,0.25,0.01,0,true,0.1,0.1,true,a parcel waits for 4 days
home:R09,P6,H1,1,180,35,0,4,0.25,0,0,true,0,0,true,a customer waits at home
""",
    "stops": """
route_id,position,trip,visit_id,point_id,arrival_s,start_s,departure_s,distance_m,return_m,parcels,load_parcels,load_l,load_kg,load_hazard_kg
V1,1,1,P3,P3,62400,62400,62700,8000,0,5,5,20,3,0
V1,2,1,home:R09,P6,63900,63900,64200,10000,8500,1,6,200,38,0
""",
    "routes": """
route_id,vehicle_type_id,hub_id,trips,stops,parcels,start_s,end_s,duration_s,distance_m,cost_eur,co2e_kg
V1,van-H1,H1,1,2,6,61440,65220,3780,26500,62.5,6.4
""",
    "ledger": """
subject,subject_id,activity,quantity,unit,rate_eur,cost_eur,co2e_kg
return,R01,commission,1,parcel,0.3,0.3,0
return,R01,recovered value,1,item,-40,-40,0
return,R01,value decay,0.02,item,40,0.8,0
return,R01,late refund,2,day,1,2,0
return,R03,keep-it abuse,10,EUR of value,0.05,0.5,0
return,R09,recovered value,1,item,-90,-90,0
return,R09,linehaul,1,parcel,3,3,1.5
route,V1,van,1,van,20,20,0
route,V1,driving,26.5,km,0.5,13.25,6.4
route,V1,driver,1.05,h,28,29.4,0
visit,P2,refused drop-off,1.5,parcel,5,7.5,0
visit,P2,waiting at the point,1,point,0.4,0.4,0
network,all,carbon,7.9,kg,0.1,0.79,0
""",
    "prices": """
limit,place_id,detail,unit,capacity,used,price_eur
workshop hours,S2,day 0,h,1.5,1.5,42.1
compartments,P2,S,parcel,8,4,0
""",
    "comparators": """
method,cost_eur,co2e_kg,unplaced,seconds
fixed rules,-70,10,1,0.1
greedy best margin,-110.5,9,0,0.2
joint optimum,-116.25,8.5,0,0.5
bound,-116.25,,,0.5
""",
}


@pytest.fixture(scope="session")
def tiny():
    """The network of data/tiny."""
    return load_network(TINY)


@pytest.fixture
def plan(tiny):
    """A night of data/tiny written by hand; its ledger adds up to -52.06 EUR."""
    tables = {name: shaped(name, pd.read_csv(StringIO(text))) for name, text in TABLES.items()}
    return Plan(
        instance_hash=tiny.hash,
        night=date(2026, 11, 23),
        objective_eur=-52.06,
        answers=(
            Answer("decide", Status.OPTIMAL, -116.25, -116.25, 0.5, "highs"),
            Answer("route", Status.FEASIBLE, 70.55, None, 1.5, "pyvrp"),
        ),
        alerts=("P2 is left and overflows with a chance of 60%.",),
        **tables,
    )


@pytest.fixture
def asked():
    """What the hand-written night was asked for."""
    return Asked("plan", TINY, seed=1, budget_s=10.0)


@pytest.fixture
def sound():
    """The checker's table when no promise is broken."""
    return shaped("violations", pd.DataFrame())


@pytest.fixture
def broken():
    """The checker's table with one broken promise."""
    row = {"rule": "van_capacity", "ids": "V1", "found": "412", "limit": "380", "unit": "parcel"}
    return shaped("violations", pd.DataFrame([{**row, "message": "van V1 carries 412 parcels; it holds 380."}]))


@pytest.fixture
def degraded_plan(plan):
    """The same night, planned by a fallback."""
    return replace(plan, degraded=("The engine failed; routes come from the savings heuristic.",))
