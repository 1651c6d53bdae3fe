"""From what a customer says to the arrays that prices and rules read: one return alone in an instance."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from retour.clock import seconds
from retour.eligibility import CUSTOMER_FLOWS, window
from retour.indexed import Profiles
from retour.instance import Instance
from routing.quote.asked import AskedReturn
from routing.quote.profiles import ProfileShelf, one_profile
from routing.quote.seat import plain_returns, seated

DAY = timedelta(days=1)


class Guests:
    """Seats returns one at a time; `retour.indexed` does the same for whole tables."""

    def __init__(self, profiles: ProfileShelf) -> None:
        instance = profiles.instance
        self._profiles, self._instance, self._policy = profiles, instance, instance.policy
        self._night = datetime.combine(instance.night, time())
        self._cutoff = self._night + timedelta(seconds=seconds(instance.policy.service.cutoff))
        self._class_idx = {c: i for i, c in enumerate(instance.indexed.class_ids)}
        self._point_idx = {c: i for i, c in enumerate(instance.indexed.points.ids)}
        sizes = instance.tables["sizes"].sort_values("volume_l", kind="stable")
        self._size_l, self._size_kg = sizes["volume_l"].to_numpy(float), sizes["max_weight_kg"].to_numpy(float)
        self._alone: dict[int, Profiles] = {}

    def denied(self, asked: AskedReturn) -> str:
        """Return the sentence that denies a return asked for after its window, empty where none does."""
        start = asked.delivered_on or asked.purchased_on
        if start is None or asked.point_id is not None or asked.flow not in CUSTOMER_FLOWS:
            return ""
        rule = window(self._policy, reason=asked.reason, class_id=asked.class_id, country=asked.country)
        days = (asked.requested_on - start).days
        return rule.denies(days) if rule is not None and days > rule.days else ""

    def later(self, asked: AskedReturn) -> bool:
        """Return whether it is ready only after tonight's cutoff."""
        return asked.ready_at is not None and asked.ready_at > self._cutoff

    def note(self, asked: AskedReturn) -> str:
        """Return what else the customer should know, empty where there is nothing."""
        if not self.later(asked):
            return ""
        return f"ready only after tonight's cutoff {self._policy.service.cutoff}: it goes on a later night"

    def profile(self, asked: AskedReturn) -> int:
        """Return the profile of a return; KeyError where the network knows no such goods or reason."""
        return self._profiles.position[tuple(getattr(asked, column) for column in self._profiles.columns)]

    def _size(self, asked: AskedReturn) -> int:
        """Return the smallest size that takes it, -1: none does."""
        fits = (asked.volume_l <= self._size_l) & (asked.weight_kg <= self._size_kg)
        return int(fits.argmax()) if fits.any() else -1

    def seat(self, asked: AskedReturn) -> Instance:
        """Return the instance with this return alone in it, as return 0 of profile 0."""
        p = self.profile(asked)
        if p not in self._alone:
            self._alone[p] = one_profile(self._instance.indexed.profiles, p)
        due_days = float(self._profiles.due_days[asked.money_state][p])
        returns = plain_returns(
            1,
            ids=np.array([asked.return_id], dtype=object),
            lat=np.array([asked.lat]),
            lon=np.array([asked.lon]),
            class_idx=_one(self._class_idx[asked.class_id]),
            point_idx=_one(-1 if asked.point_id is None else self._point_idx[asked.point_id]),
            size_idx=_one(self._size(asked)),
            volume_l=np.array([asked.volume_l]),
            weight_kg=np.array([asked.weight_kg]),
            value_eur=np.array([asked.value_eur]),
            damaged_battery=np.array([asked.damaged_battery]),
            withdrawal=np.array([asked.reason in self._policy.reasons.withdrawal]),
            refund_slack_days=np.array([due_days - (self._night - asked.requested_on) / DAY]),
            tonight=np.array([not self.later(asked)]),
        )
        return seated(self._instance, returns, self._alone[p])


def _one(value: int) -> NDArray[np.int64]:
    return np.array([value], dtype=np.int64)
