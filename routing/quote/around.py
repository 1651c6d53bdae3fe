"""Which points one customer may use: the same answer as `routing.decide.nearby` gives for many, from kept trees."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.indexed import HOME_IDX
from retour.instance import Instance
from retour.ledger import customer_distance_m
from retour.pickup_estimate import unit_sphere
from retour.travel import EARTH_RADIUS_M
from routing.decide.rules import NOBODY_EMPTIES, POINT_RULES, Pairs, first_removal

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
ASKED = tuple(rule for rule in POINT_RULES if rule is not NOBODY_EMPTIES)
NOBODY = len(ASKED)
RULES = (*ASKED, NOBODY_EMPTIES)
MARGIN = 1.001  # horizons are drawn a little too wide; the rules then judge by the road


class Seen(NamedTuple):
    """Points looked at, shape (k,) each: position, metres by road, and the rule of RULES that removes it, -1: none."""

    c: IntArray
    road_m: FloatArray
    rule: IntArray

    def at(self, rows: NDArray[np.generic] | slice) -> Seen:
        """Return some of the points."""
        return Seen(self.c[rows], self.road_m[rows], self.rule[rows])


class Around:
    """Points of one network, ready to be asked for those around a customer."""

    def __init__(self, instance: Instance) -> None:
        points = instance.indexed.points
        every = np.arange(len(points.ids))
        alike = Pairs(np.zeros(len(every), np.int64), every, np.zeros(len(every)))
        self._nobody = NOBODY_EMPTIES.removes(instance, alike)
        self._wanted = instance.policy.reach.nearest
        self._stands, self._homes = np.flatnonzero(points.kind != HOME_IDX), np.flatnonzero(points.kind == HOME_IDX)
        self._tree = cKDTree(unit_sphere(points.lat[self._stands], points.lon[self._stands]).reshape(-1, 3))
        self._horizon = _widest(instance, self._stands)
        self._is_home = points.kind == HOME_IDX

    def points(self, guest: Instance) -> tuple[Seen, Seen]:
        """Return (points offered, nearest first; points a rule removed) for the one return of `guest`."""
        where = int(guest.indexed.returns.point_idx[0])
        if where >= 0:
            return _apart(self._judged(guest, np.array([where])))
        here = unit_sphere(guest.indexed.returns.lat, guest.indexed.returns.lon)[0]
        look_at = 2 * self._wanted
        while True:
            near, all_seen = self._look(here, look_at)
            offered, refused = _apart(self._judged(guest, np.concatenate([near, self._homes])))
            offered = _nearest_first(offered)
            home = self._is_home[offered.c]
            if all_seen or (~home).sum() >= self._wanted:
                return offered.at(home | (np.cumsum(~home) <= self._wanted)), refused
            look_at *= 2

    def _look(self, here: FloatArray, look_at: int) -> tuple[IntArray, bool]:
        """Return the points nearest to a place on the unit sphere, and whether no more are within the horizon."""
        k = min(look_at, self._tree.n)
        if k == 0:
            return self._stands, True
        _, at = self._tree.query(here, k=np.arange(1, k + 1), distance_upper_bound=self._horizon)
        near = at[at < self._tree.n]
        return self._stands[near], len(near) < k or k == self._tree.n

    def _judged(self, guest: Instance, c: IntArray) -> Seen:
        r = np.zeros(len(c), np.int64)
        road_m = customer_distance_m(guest, r, c)
        rule = first_removal(ASKED, guest, Pairs(r, c, road_m))
        return Seen(c, road_m, np.where(self._nobody[c] & (rule < 0), NOBODY, rule))


def _widest(instance: Instance, c: IntArray) -> float:
    """Return the widest reach of points c as a chord of the unit sphere."""
    air_m = (instance.indexed.points.reach_m[c] / instance.point_circuity[c]).max(initial=0.0)
    return float(2 * np.sin(min(air_m * MARGIN / EARTH_RADIUS_M, np.pi) / 2)) + np.finfo(float).eps


def _apart(seen: Seen) -> tuple[Seen, Seen]:
    fine = seen.rule < 0
    return seen.at(fine), seen.at(~fine)


def _nearest_first(seen: Seen) -> Seen:
    return seen.at(np.lexsort((seen.c, seen.road_m)))
