"""Where a decision turns, in sentences."""

from __future__ import annotations

from retour.instance import Instance
from routing.decide import limit_rows as limits
from routing.decide.alternatives import Alternatives
from routing.decide.explain import Words
from routing.decide.levers import CARBON, CLOCK, COMMISSION, DISTANCE, LANE, LIMIT, PROCESS, VALUE, WEIGHT
from routing.decide.turning import Turn

LEAST = {"EUR": 0.005, "kg": 0.005, "km": 0.005, "day": 0.005}
LEAST_OF_A_PRICE = 0.0005
LIMIT_WORDS = {
    limits.POINT_ROOM: "room at {place}",
    limits.COMPARTMENTS: "a compartment {detail} at {place}",
    limits.HUB_SORTING: "sorting at hub {place} {detail}",
    limits.LANE: "room on the lane {place} {detail}",
    limits.PROCESS_HOURS: "an hour of {detail} at {place}",
    limits.PROCESS_ITEMS: "a place in {detail} at {place}",
    limits.CONTRACT: "an item promised to {place}",
    limits.KEEP_SHARE: "a place among what customers may keep",
    limits.CO2E_BUDGET: "a kilogram of tonight's CO2e budget",
    limits.SPEND_BUDGET: "a euro of tonight's spending budget",
}
POINT_LIMITS = (limits.POINT_ROOM, limits.COMPARTMENTS)
CONDITIONS = {
    VALUE: ("Were it worth {by:.2f} EUR {less} ({at:.2f} instead of {now:.2f} EUR)", ("less", "more")),
    WEIGHT: ("Were it {by:.2f} kg {less} ({at:.2f} instead of {now:.2f} kg)", ("lighter", "heavier")),
    CLOCK: ("Were its refund due {by:.1f} days {less}", ("sooner", "later")),
    PROCESS: ("If {subject} cost {by:.2f} EUR {less} an item", ("less", "more")),
    LANE: ("If the lane {subject} cost {by:.2f} EUR {less} a parcel", ("less", "more")),
    COMMISSION: ("If {subject} took {by:.2f} EUR {less} commission", ("less", "more")),
    DISTANCE: ("If {subject} were {by:.2f} km nearer ({at:.2f} instead of {now:.2f} km)", ("", "")),
    CARBON: ("If a tonne of CO2e cost {at:.0f} instead of {now:.0f} EUR", ("", "")),
}
SLIGHTEST = {
    VALUE: "Were it worth the least bit {less}",
    WEIGHT: "Were it the least bit {less}",
    CLOCK: "Were its refund due the least bit {less}",
    PROCESS: "If {subject} cost the least bit {less} an item",
    LANE: "If the lane {subject} cost the least bit {less} a parcel",
    COMMISSION: "If {subject} took the least bit {less} commission",
    DISTANCE: "If {subject} were the least bit nearer",
    CARBON: "If CO2e cost the least bit {less}",
}


class TurnWords:
    """Says turns of one return's decision."""

    def __init__(self, instance: Instance, found: Alternatives, mine: int) -> None:
        self._found, self._mine = found, mine
        self._words = Words(instance, found.options)
        self._points = dict(zip(instance.indexed.points.ids, range(len(instance.indexed.points.ids)), strict=True))
        sites = instance.sites
        self._sites = dict(zip(sites["site_id"], sites["name"].fillna(sites["site_id"]), strict=True))

    def alternative(self, a: int) -> str:
        """Return an alternative in words."""
        return self._words.option(int(self._found.x[a]), int(self._found.z[a]))

    def then(self, a: int) -> str:
        """Return what would happen instead: what is different only."""
        found, mine = self._found, self._mine
        if found.x[a] < 0:
            return "the customer would keep it"
        there = f"it would be handed over at {self._words.point(int(found.x[a]))}"
        if found.x[mine] >= 0 and found.way[a] == found.way[mine]:
            return there
        if self._only_the_day(a):
            return f"it would be treated on working day {found.options.ways.day[found.way[a]] + 1} after its arrival"
        after = self._words.recovery(int(found.z[a]))
        if found.x[mine] >= 0 and found.point[a] == found.point[mine]:
            return f"it would go to {after}"
        return f"{there}, then go to {after}"

    def _only_the_day(self, a: int) -> bool:
        found, mine, ways = self._found, self._mine, self._found.options.ways
        if found.x[mine] < 0 or found.point[a] != found.point[mine]:
            return False
        one, other = found.way[a], found.way[mine]
        return bool(ways.hub_idx[one] == ways.hub_idx[other] and ways.process_idx[one] == ways.process_idx[other])

    def limit(self, row: int) -> str:
        """Return what a unit of a limit is called: `room at locker LK1`."""
        limit = self._found.limits.table.iloc[row]
        place = limit["place_id"]
        if limit["limit"] in POINT_LIMITS and place in self._points:
            place = self._words.place(self._points[place])
        detail = _in_words(limit["limit"], limit["detail"])
        return LIMIT_WORDS[limit["limit"]].format(place=self._sites.get(place, place), detail=detail)

    def turn(self, turn: Turn) -> str:
        """Return a turn as one sentence."""
        lever = turn.lever
        condition = self._limit_condition(turn) if lever.kind == LIMIT else self._condition(turn)
        return f"{condition}, {self.then(turn.then)}."

    def _condition(self, turn: Turn) -> str:
        lever = turn.lever
        pattern, words = CONDITIONS[lever.kind]
        slight = abs(turn.change) < LEAST.get(lever.unit, LEAST["EUR"])
        subject = self._words.place(self._points[lever.subject]) if lever.subject in self._points else lever.subject
        less = words[turn.up] or ("more" if turn.up else "less")
        pattern = SLIGHTEST[lever.kind] if slight else pattern
        return pattern.format(by=abs(turn.change), less=less, at=turn.at, now=lever.now, subject=subject)

    def _limit_condition(self, turn: Turn) -> str:
        unit = self.limit(turn.lever.row)
        less, means = ("more", "a little less of it") if turn.up else ("less", "a little more of it")
        by = f"{abs(turn.change):.2f} EUR" if abs(turn.change) >= LEAST_OF_A_PRICE * 10 else "the least bit"
        if turn.lever.now == 0 and turn.up:
            return f"If {unit} were scarce and cost {by}"
        return f"If {unit} cost {by} {less} ({means})"


def _in_words(limit: str, detail: str) -> str:
    """Return a limit's detail with its day counted as people do: day 0 of sorting is tonight, of a process day 1."""
    name, _, day = detail.rpartition("day ")
    if not day.isdigit():
        return detail
    if limit == limits.HUB_SORTING:
        return "tonight" if day == "0" else f"in {day} days"
    return f"{name.strip()} on working day {int(day) + 1}"
