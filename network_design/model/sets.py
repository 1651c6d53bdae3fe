"""The sets of the model and their figures, by position: arcs, runs, what is given and taken, levels and extra sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.design import DesignInstance
from retour.design.arcs import given, taken
from retour.design.lines import lines_of
from retour.design.service import response_of
from retour.vocabulary import PlaceStatus, Role, Sizing

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
PAIR = ["place_id", "product_id"]
RUN = ["process_id", "place_id"]


@dataclass(frozen=True)
class Sets:
    """Sets of one instance; every figure over time has shape (lines of its set, periods)."""

    instance: DesignInstance

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return self.instance.periods

    def over_time(self, table: str, of: pd.DataFrame, column: str, *, missing: float = 0.0) -> FloatArray:
        """Return a column of a table for the lines of `of` (whose columns are keys of the table), (lines, periods)."""
        series, distinct = self.instance.series(table), of.drop_duplicates(ignore_index=True)
        line = lines_of(series[list(of.columns)], distinct)
        grid = np.full((len(distinct), self.periods), missing)
        known = (line >= 0) & series[column].notna().to_numpy()
        grid[line[known], series["period"].to_numpy()[known] - 1] = series[column].to_numpy(float)[known]
        return grid if len(distinct) == len(of) else grid[lines_of(of, distinct)]

    def has(self, table: str, of: pd.DataFrame) -> NDArray[np.bool_]:
        """Say for which lines and periods a table has a row, (lines, periods); the lines are distinct."""
        series = self.instance.series(table)
        line = lines_of(series[list(of.columns)], of)
        grid = np.zeros((len(of), self.periods), dtype=bool)
        grid[line[line >= 0], series["period"].to_numpy()[line >= 0] - 1] = True
        return grid

    @cached_property
    def places(self) -> pd.DataFrame:
        """The places."""
        return self.instance.tables["places"]

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """A product on a way, with its distance."""
        return self.instance.arcs

    @cached_property
    def origins(self) -> pd.DataFrame:
        """Where each arc begins and what it carries: place_id, product_id."""
        return self.arcs[["from_id", "product_id"]].set_axis(PAIR, axis=1)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Where each arc ends and what it carries: place_id, product_id."""
        return self.arcs[["to_id", "product_id"]].set_axis(PAIR, axis=1)

    @cached_property
    def given_on(self) -> IntArray:
        """The line in `gives` of what each arc carries, shape (arcs,)."""
        return lines_of(self.origins, self.gives)

    @cached_property
    def taken_on(self) -> IntArray:
        """The line in `takes` of what each arc carries, shape (arcs,)."""
        return lines_of(self.targets, self.takes)

    @cached_property
    def gives(self) -> pd.DataFrame:
        """Place and product that arises or is produced there."""
        return given(self.instance.tables)

    @cached_property
    def takes(self) -> pd.DataFrame:
        """Place and product that is processed or sold there."""
        return taken(self.instance.tables)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Process and the place that carries it out."""
        return self.instance.tables["processes"][RUN].drop_duplicates().sort_values(RUN, ignore_index=True)

    @cached_property
    def sales(self) -> pd.DataFrame:
        """Place and product sold there."""
        return self._keys("sales", PAIR)

    @cached_property
    def disposals(self) -> pd.DataFrame:
        """Place and product that may be disposed of there, of what it gives."""
        return self._keys("disposal", PAIR).merge(self.gives, on=PAIR)

    @cached_property
    def stores(self) -> pd.DataFrame:
        """Place and product that may be stored there, of what it takes."""
        return self._keys("storage", PAIR).merge(self.takes, on=PAIR)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Nested sizes: place_id, step (0, 1, ...), size_t, step_t (what it adds to the one before), sorted."""
        sizes = self._keys("capacities", ["place_id", "size_t"])
        sizes["step"] = sizes.groupby("place_id").cumcount()
        sizes["step_t"] = sizes["size_t"] - sizes.groupby("place_id")["size_t"].shift().fillna(0.0)
        ranged = self.places.loc[self.places["sizing"] == Sizing.RANGE, "place_id"]
        return sizes[~(sizes["place_id"].isin(ranged) & (sizes["step"] > 0))].reset_index(drop=True)

    @cached_property
    def first_level(self) -> IntArray:
        """The line in `levels` of each place's smallest size, -1 for places without sizes, shape (places,)."""
        first = self.levels.loc[self.levels["step"] == 0, ["place_id"]].reset_index(names="line")
        found = lines_of(self.places[["place_id"]], first)
        return np.where(found >= 0, first["line"].to_numpy(np.int64)[found] if len(first) else -1, -1)

    @cached_property
    def extras(self) -> pd.DataFrame:
        """Places whose size may be anything between two: place_id, small_t, large_t, width_t."""
        sizes = self.instance.tables["capacities"].groupby("place_id")["size_t"].agg(["min", "max"]).reset_index()
        sizes = sizes.rename(columns={"min": "small_t", "max": "large_t"})
        ranged = self.places.loc[self.places["sizing"] == Sizing.RANGE, "place_id"]
        wide = sizes[sizes["place_id"].isin(ranged) & (sizes["large_t"] > sizes["small_t"])]
        return wide.assign(width_t=wide["large_t"] - wide["small_t"]).reset_index(drop=True)

    @cached_property
    def extra_width(self) -> FloatArray:
        """The width of each such place's range, in tonnes per period, (extras,)."""
        return self.extras["width_t"].to_numpy(float)

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """Volume tiers of contracts: place_id, from_t, to_t (inf for the last), sorted."""
        tiers = self._keys("contract_tiers", ["place_id", "from_t"])
        tiers["to_t"] = tiers.groupby("place_id")["from_t"].shift(-1).fillna(np.inf)
        return tiers

    @cached_property
    def promised(self) -> pd.DataFrame:
        """Places whose contract promises a minimum."""
        return self._keys("contracts", ["place_id"])

    @cached_property
    def response(self) -> pd.DataFrame:
        """Bands of the response to distance, by period, with what they add: place_id, product_id, within_km, period,
        share, more (share beyond that of the next wider band), sorted."""
        rows = response_of(self.instance)
        wider = rows.sort_values("within_km").groupby([*PAIR, "period"])["share"].shift(-1)
        return rows.assign(more=rows["share"] - wider.reindex(rows.index).fillna(0.0))

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Place, product and within_km of its response to distance."""
        keys = [*PAIR, "within_km"]
        return self.response[keys].drop_duplicates().sort_values(keys, ignore_index=True)

    @cached_property
    def responding(self) -> pd.DataFrame:
        """Place and product whose supply comes or not, by distance."""
        return self.bands[PAIR].drop_duplicates(ignore_index=True)

    @cached_property
    def waits(self) -> pd.DataFrame:
        """Runs in each step of their place's queue: process_id, place_id, from_share, width (inf for the last)."""
        steps = self._keys("queues", ["place_id", "from_share"])
        steps["width"] = (steps.groupby("place_id")["from_share"].shift(-1) - steps["from_share"]).fillna(np.inf)
        return self.runs.merge(steps, on="place_id").sort_values([*RUN, "from_share"], ignore_index=True)

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """What goes into a process: process_id, product_id."""
        return self._recipe(Role.INPUT)

    @cached_property
    def yields(self) -> pd.DataFrame:
        """What comes out of a process: process_id, product_id."""
        return self._recipe(Role.OUTPUT)

    def shares(self, role: Role) -> FloatArray:
        """Return tonnes per tonne of `mixes` or `yields`, (lines, periods)."""
        of = self.mixes if role == Role.INPUT else self.yields
        return self.over_time("recipes", of.assign(role=str(role)), "t_per_t")

    @cached_property
    def initially_open(self) -> NDArray[np.bool_]:
        """Which places are open at the start, shape (places,)."""
        return (self.places["status"] != PlaceStatus.CANDIDATE).to_numpy()

    @cached_property
    def initial_size_t(self) -> FloatArray:
        """Size at the start, shape (places,): 0 for candidates, the smallest size where none is given."""
        smallest = self.places["place_id"].map(self.instance.tables["capacities"].groupby("place_id")["size_t"].min())
        size = self.places["initial_size_t"].fillna(smallest.astype(float)).fillna(0.0).to_numpy(float)
        return np.where(self.initially_open, size, 0.0)

    def place_line(self, ids: pd.Series) -> IntArray:
        """Return the line in `places` of each id."""
        return lines_of(ids.to_frame("place_id"), self.places)

    def _keys(self, table: str, keys: list[str]) -> pd.DataFrame:
        return self.instance.tables[table][keys].drop_duplicates().sort_values(keys, ignore_index=True)

    def _recipe(self, role: Role) -> pd.DataFrame:
        recipes = self.instance.tables["recipes"]
        keys = ["process_id", "product_id"]
        return recipes.loc[recipes["role"] == role, keys].drop_duplicates().sort_values(keys, ignore_index=True)
