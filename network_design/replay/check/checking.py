"""Check a replay: every promise of its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import pandas as pd

from network_design.check.finding import Findings
from network_design.replay.check import adding_up, charges, driving
from network_design.replay.check.claimed import Claimed
from network_design.replay.check.driving import Driven
from retour.design.plan import shaped

RULES: tuple[Callable[[Claimed, Sequence[Driven]], Findings], ...] = (
    driving.check_room, driving.check_shifts, driving.check_far_stops, adding_up.check_nights, adding_up.check_hubs,
    adding_up.check_rounds, charges.check_stop_charges, charges.check_amounts, charges.check_surrogate,
    charges.check_places,
)  # fmt: skip


def check_replay(claimed: Claimed) -> pd.DataFrame:
    """Return the table `violations`: every promise of a replay that is broken, a sentence each."""
    routes = driving.driven_routes(claimed)
    found = [asdict(finding) for rule in RULES for finding in rule(claimed, routes)]
    return shaped("violations", pd.DataFrame(found))
