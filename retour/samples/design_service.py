"""Service and time in the design samples: who comes how far, how fast things go, early grading at hubs.

Decay is that of the classes in `retour.facts`; everything else is a planning assumption.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from retour import facts
from retour.samples.design_goods import RETURNS, SORT, Goods
from retour.samples.design_places import HOME

RESPONSE = ((2.0, 0.95), (5.0, 0.85), (15.0, 0.6), (60.0, 0.3))
BANDS = ((2.0, 0.0), (5.0, 0.0), (15.0, 900.0))
LOST_EUR_PER_T = 15_000.0  # 18 EUR a parcel of 1.2 kg: a carrier's label, and some goodwill
TURNED_AWAY_EUR_PER_T = 18_000.0  # at a full point: after a walk in vain
MODES = (("CUSTOMER", 0.0, np.nan), ("VAN", 1.0, np.nan), ("TRUCK", 1.5, 500.0))
DAYS = {"accept": 0.0, SORT: 1.0, "treat": 8.0}
QUEUES = ((0.0, 0.5), (0.6, 3.0), (0.85, 12.0))
GRADING_EUR_PER_T = 1400.0  # at a hub, beside sorting: dearer than on a line at a site
WORN_SHARE_OF_COST = 0.8  # what treating costs of goods that are graded already
HANDLING = (("POINT", 0.0002), ("HUB", 0.0012), ("SITE", 0.003))


def with_service(tables: Mapping[str, pd.DataFrame], goods: Goods) -> dict[str, pd.DataFrame]:
    """Return a sample's tables with service and time: no pickup from home, so that what finds no near point is lost.

    Hubs may sort, or at once grade some of the classes too: the one that loses most by waiting, the first two, ...
    """
    after = {name: _without_home(frame, tables["places"]) for name, frame in tables.items()}
    graded = _graded(goods)
    return after | {
        "products": _products(after["products"], goods, graded), "recipes": _recipes(after["recipes"], graded),
        "processes": _processes(after["processes"], graded), "links": _links(after["links"]),
        "transport": _like(after["transport"], "product_id", goods, "{}"),
        "transport_emissions": _like(after["transport_emissions"], "product_id", goods, "{}"),
        "process_emissions": _like(after["process_emissions"], "process_id", goods, "treat {}"),
        "supply": after["supply"].assign(lost_cost_per_t=LOST_EUR_PER_T),
        "disposal": pd.concat([after["disposal"], _turned_away(after["supply"])], ignore_index=True),
        "response": pd.DataFrame(RESPONSE, columns=["within_km", "share"]).assign(group_id="ZONE"),
        "service_bands": pd.DataFrame(BANDS, columns=["within_km", "price_per_t"]).assign(group_id="ZONE"),
        "modes": pd.DataFrame(MODES, columns=["mode", "days", "km_per_day"]),
        "queues": _queues(after["processes"]),
        "handling_emissions": pd.DataFrame(HANDLING, columns=["group_id", "t_per_t"]).assign(gas="CO2e"),
    }  # fmt: skip


def _without_home(frame: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    homes = places.loc[places["group_id"] == HOME, "place_id"]
    keep = np.ones(len(frame), dtype=bool)
    for column in {"place_id", "from_id", "to_id"} & set(frame.columns):
        keep &= ~frame[column].isin(homes).to_numpy()
    if "mode" in frame:
        keep &= (frame["mode"] != HOME).to_numpy()
    return frame[keep].reset_index(drop=True)


def _graded(goods: Goods) -> pd.DataFrame:
    """Return what becomes of each class, most urgent first: class_id, weight (of a tonne of returns), restocked (share
    of the class), value (EUR per tonne), decay (share a day)."""
    a, b = goods.odds[:, 0], goods.odds[:, 1]
    share = goods.share.round(6)
    share[-1] = 1 - share[:-1].sum()
    frame = pd.DataFrame({
        "class_id": goods.ids, "weight": share, "restocked": (a + 0.5 * b).round(6), "value": goods.value_per_t,
        "decay": facts.classes().loc[list(goods.ids), "decay_per_day"].to_numpy(float),
    })  # fmt: skip
    urgency = frame["restocked"] * frame["value"] * frame["decay"]
    return frame.loc[urgency.sort_values(ascending=False).index].reset_index(drop=True)


def _products(products: pd.DataFrame, goods: Goods, graded: pd.DataFrame) -> pd.DataFrame:
    """Return the products with what is worn of each class, and what restocked goods and those before them lose."""
    worn = pd.DataFrame({"product_id": [f"{c} worn" for c in goods.ids], "class_id": goods.ids})
    fresh = graded["value"] * graded["restocked"]
    mixed = graded["weight"] * fresh
    values = pd.concat([
        graded.assign(product_id=graded["class_id"] + " restocked", value_per_t=graded["value"]),
        graded.assign(product_id=graded["class_id"], value_per_t=fresh),
        pd.DataFrame({"product_id": [RETURNS], "value_per_t": [mixed.sum()],
                      "decay": [(mixed * graded["decay"]).sum() / mixed.sum()]}),
    ]).rename(columns={"decay": "decay_per_day"})[["product_id", "value_per_t", "decay_per_day"]]  # fmt: skip
    return pd.concat([products, worn], ignore_index=True).merge(values, on="product_id", how="left")


def _processes(processes: pd.DataFrame, graded: pd.DataFrame) -> pd.DataFrame:
    """Return who does what and how long it takes, with grading at hubs and treating of what was graded there."""
    hubs, weight = processes[processes["process_id"] == SORT], graded["weight"].cumsum()
    early = [
        hubs.assign(
            process_id=_early(number), variable_cost_per_t=hubs["variable_cost_per_t"] + GRADING_EUR_PER_T * share
        )
        for number, share in enumerate(weight, start=1)
    ]
    treated = processes[processes["process_id"].str.startswith("treat ")]
    cost = WORN_SHARE_OF_COST * treated["variable_cost_per_t"]
    worn = treated.assign(process_id=treated["process_id"] + " worn", variable_cost_per_t=cost)
    every = pd.concat([processes, *early, worn], ignore_index=True)
    return every.assign(days=every["process_id"].str.extract(r"^(\w+)", expand=False).map(DAYS))


def _early(number: int) -> str:
    return f"{SORT}, grade {number}"


def _recipes(recipes: pd.DataFrame, graded: pd.DataFrame) -> pd.DataFrame:
    """Return the recipes with those of grading the most urgent classes early, and of treating what is left of each."""
    early = [_early_recipe(number, graded) for number in range(1, len(graded) + 1)]
    worn = [_worn_recipe(recipes, class_id) for class_id in graded["class_id"]]
    return pd.concat([recipes, *early, *worn], ignore_index=True)


def _early_recipe(number: int, graded: pd.DataFrame) -> pd.DataFrame:
    """Return the recipe of sorting returns and grading the first classes."""
    first, others = graded.head(number), graded.iloc[number:]
    fresh = (first["weight"] * first["restocked"]).round(9)
    parts = {
        "OUTPUT": pd.concat([
            pd.DataFrame({"product_id": first["class_id"] + " restocked", "t_per_t": fresh}),
            pd.DataFrame({"product_id": first["class_id"] + " worn", "t_per_t": first["weight"] - fresh}),
            pd.DataFrame({"product_id": others["class_id"], "t_per_t": others["weight"]}),
        ]),
        "INPUT": pd.DataFrame({"product_id": [RETURNS], "t_per_t": [1.0]}),
    }  # fmt: skip
    return pd.concat([rows.assign(process_id=_early(number), role=role) for role, rows in parts.items()])


def _worn_recipe(recipes: pd.DataFrame, class_id: str) -> pd.DataFrame:
    """Return the recipe of treating what is left of a class when what can be restocked is taken out."""
    whole = recipes[recipes["process_id"] == f"treat {class_id}"].set_index("product_id")
    left = whole.drop([class_id, f"{class_id} restocked"])
    yields = left.assign(t_per_t=left["t_per_t"] / left["t_per_t"].sum()).reset_index()
    fed = pd.DataFrame({"product_id": [f"{class_id} worn"], "role": ["INPUT"], "t_per_t": [1.0]})
    return pd.concat([yields, fed]).assign(process_id=f"treat {class_id} worn")


def _like(frame: pd.DataFrame, column: str, goods: Goods, name: str) -> pd.DataFrame:
    """Return a table with the rows of each class repeated for what is worn of it; `name` is how a class is called."""
    twins = {name.format(c): f"{name.format(c)} worn" for c in goods.ids}
    more = frame[frame[column].isin(twins)]
    return pd.concat([frame, more.assign(**{column: more[column].map(twins)})], ignore_index=True)


def _links(links: pd.DataFrame) -> pd.DataFrame:
    """Return the links with those by which restocked goods go from hubs straight to markets."""
    straight = pd.DataFrame({"from_kind": ["HUB"], "to_kind": ["MARKET"], "mode": ["TRUCK"], "nearest": [3]})
    return pd.concat([links, straight], ignore_index=True)


def _turned_away(supply: pd.DataFrame) -> pd.DataFrame:
    """Return what it costs when what comes finds every point full: it ends where it arose."""
    return supply[["place_id", "product_id"]].drop_duplicates().assign(cost_per_t=TURNED_AWAY_EUR_PER_T)


def _queues(processes: pd.DataFrame) -> pd.DataFrame:
    """Return the queues of hubs and sites, which sort and treat."""
    busy = processes.loc[processes["process_id"] != "accept", ["place_id"]].drop_duplicates()
    return busy.merge(pd.DataFrame(QUEUES, columns=["from_share", "days"]), how="cross")
