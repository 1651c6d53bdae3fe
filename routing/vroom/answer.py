"""VROOM's answer to a plan, driven by our own arithmetic on the problem as written; broken rules stand in it.

Nothing here knows a solver: the same walk writes the answer and checks it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from routing.standard.instance import NEVER
from routing.vroom.problem import VroomJob, VroomProblem, VroomVehicle
from routing.vroom.reading import break_windows
from routing.vroom.words import BreakWords

SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000


@dataclass(frozen=True)
class VroomAnswer:
    """`record` is VROOM's output; `violations` what it breaks, a record each with rule, ids, found, limit, unit."""

    record: dict[str, Any]
    violations: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        """The output as VROOM writes it."""
        return json.dumps(self.record, ensure_ascii=False, indent=1) + "\n"


def vroom_answer(
    vroom: VroomProblem,
    plan: Sequence[tuple[int, Sequence[int]]],
    *,
    breaks: Mapping[int, Sequence[tuple[int, int]]] | None = None,
) -> VroomAnswer:
    """What becomes of a plan, pairs of vehicle id and job ids in order; unknown ids raise `KeyError`.

    `breaks` gives by vehicle id its breaks in order: id, and after how many jobs. A break begins as early as it may, on
    the way where need be. A vehicle leaves as late as makes no job or break later than leaving at once would.
    """
    rests = breaks or {}
    vehicles = {vehicle.words.id: vehicle for vehicle in vroom.vehicles}
    jobs = {job.words.id: job for job in vroom.jobs}
    drives = [
        _Drive(vroom, vehicles[vehicle], [jobs[job] for job in stops], rests.get(vehicle, ()))
        for vehicle, stops in plan
        if stops
    ]
    served = Counter(job for _, stops in plan for job in stops)
    broken = [violation for drive in drives for violation in drive.violations()]
    broken += [
        _violation("served_once", (f"job {job}",), times, 1, "visits", f"Job {job} is served {times} times.")
        for job, times in served.items()
        if times > 1
    ]
    broken += [
        _violation("one_route", (f"vehicle {vehicle}",), times, 1, "routes", f"Vehicle {vehicle} has {times} routes.")
        for vehicle, times in Counter(drive.vehicle.words.id for drive in drives).items()
        if times > 1
    ]
    left_out = [job for job in vroom.jobs if not served[job.words.id]]
    routes = [drive.record() for drive in drives]
    summary = _summary(routes, unassigned=len(left_out))
    unassigned = [{"id": job.words.id, "type": "job", **_place(vroom, job.place)} for job in left_out]
    return VroomAnswer({"code": 0, "summary": summary, "unassigned": unassigned, "routes": routes}, tuple(broken))


def _violation(rule: str, ids: tuple[str, ...], found: int, limit: int, unit: str, message: str) -> dict[str, Any]:
    return {"rule": rule, "ids": ids, "found": found, "limit": limit, "unit": unit, "message": message}


def _summary(routes: Sequence[dict[str, Any]], *, unassigned: int) -> dict[str, Any]:
    keys = ("cost", "setup", "service", "duration", "waiting_time", "priority", "distance")
    totals = {key: sum(route[key] for route in routes) for key in keys if all(key in route for route in routes)}
    return {**totals, "routes": len(routes), "unassigned": unassigned, "violations": []}


def _place(vroom: VroomProblem, place: int) -> dict[str, Any]:
    location = vroom.coordinates[place]
    record: dict[str, Any] = {} if location is None else {"location": list(location)}
    return {**record, "location_index": place} if vroom.indices else record


class _Pause(NamedTuple):
    """A break as it is taken: when it begins, seconds waited for that and driven since what came before."""

    words: BreakWords
    begins: int
    waited: int
    driven: int


class _Drive:
    """One vehicle's route, with the moment service begins at each job, and each break."""

    def __init__(
        self, vroom: VroomProblem, vehicle: VroomVehicle, jobs: list[VroomJob], breaks: Sequence[tuple[int, int]]
    ) -> None:
        self.vroom, self.vehicle, self.jobs = vroom, vehicle, jobs
        words = {pause.id: pause for pause in vehicle.words.breaks}
        self.breaks = [(words[pause_id], done) for pause_id, done in breaks]
        ends = [[] if end is None else [end] for end in (vehicle.start, vehicle.end)]
        self.path = [*ends[0], *(job.place for job in jobs), *ends[1]]
        self.first = len(ends[0])  # position of the first job on the path
        self.opens, self.closes = vehicle.words.time_window or (0, NEVER)
        self.leaves = self._latest_departure(self._begin_from(self.opens))
        self.begins = self._begin_from(self.leaves)

    def _leg(self, position: int) -> int:
        """Seconds from the place before to the place at a position of the path; none to the first."""
        return int(self.vroom.durations[self.path[position - 1], self.path[position]]) if position else 0

    def _begin_from(self, departure: int) -> list[int]:
        return [begins for begins, _, _ in self._walk(departure)]

    def _walk(self, departure: int) -> list[tuple[int, int, list[_Pause]]]:
        """Per job, and at last for the end: when its service begins (or the route ends), arrival, breaks on the way."""
        now, found = departure, []
        for position in range(len(self.jobs) + 1):
            job = self.jobs[position] if position < len(self.jobs) else None
            at = self.first + position
            left = self._leg(at) if job is not None or self.vehicle.end is not None else 0
            pauses = []
            for pause, _ in (p for p in self.breaks if p[1] == position):
                begins = _next_start(break_windows(pause, self.vehicle.words), now)
                driven = min(left, begins - now)
                pauses.append(_Pause(pause, begins, begins - now - driven, driven))
                left, now = left - driven, begins + pause.service
            arrival = now + left
            begins = arrival if job is None else _service_start(job, arrival)
            found.append((begins, arrival, pauses))
            now = begins + (0 if job is None else job.service_s)
        return found

    def _latest_departure(self, begins: list[int]) -> int:
        """The last moment to leave without beginning the last service later; at once where a window is missed."""
        if self.breaks:
            return self._last_alike(self._moments(self.opens))
        latest = begins[-2]
        for position in range(len(self.jobs) - 1, 0, -1):
            job = self.jobs[position - 1]
            arrive_by = latest - self._leg(self.first + position) - job.service_s
            latest = min(arrive_by, _window_end(job, begins[position - 1]))
        return max(self.opens, latest - self._leg(self.first))

    def _moments(self, departure: int) -> list[int]:
        """When every job and break begins and the route ends."""
        return [at for begins, _, pauses in self._walk(departure) for at in (*(p.begins for p in pauses), begins)]

    def _last_alike(self, moments: list[int]) -> int:
        """The last departure with the same moments: they are never earlier where one leaves later."""
        early, late = self.opens, max(self.opens, moments[0])
        while early < late:
            middle = (early + late + 1) // 2
            if self._moments(middle) == moments:
                early = middle
            else:
                late = middle - 1
        return early

    @property
    def ends_at(self) -> int:
        """When the vehicle is done."""
        return self.begins[-1]

    def _sum(self, table: Any) -> int:
        return int(sum(table[start, end] for start, end in pairwise(self.path)))

    def _cost(self) -> int:
        costs = self.vehicle.words.costs
        if self.vroom.costs is not None:
            return costs.fixed + self._sum(self.vroom.costs)
        metres = 0 if self.vroom.distances is None else self._sum(self.vroom.distances)
        hourly = costs.per_hour * self._sum(self.vroom.durations) / SECONDS_PER_HOUR
        return costs.fixed + round(hourly + costs.per_km * metres / METRES_PER_KM)

    def _loads(self) -> list[list[int]]:
        """Load by dimension when leaving and after each job."""
        size = max([len(self.vehicle.words.capacity), *(len(a) for job in self.jobs for a in _amounts(job))])
        zeros = (0,) * size
        aboard = [sum((job.words.delivery or zeros)[unit] for job in self.jobs) for unit in range(size)]
        loads = [aboard]
        for job in self.jobs:
            delivery, pickup = (amount or zeros for amount in _amounts(job))
            aboard = [now - less + more for now, less, more in zip(aboard, delivery, pickup, strict=True)]
            loads.append(aboard)
        return loads

    def record(self) -> dict[str, Any]:
        """The route as VROOM tells it; durations and distances of steps are those so far."""
        steps = self._steps()
        totals = {
            "vehicle": self.vehicle.words.id, "cost": self._cost(), "setup": 0,
            "service": sum(job.service_s for job in self.jobs) + sum(pause.service for pause, _ in self.breaks),
            "duration": self._sum(self.vroom.durations),
            "waiting_time": sum(step["waiting_time"] for step in steps),
            "priority": sum(job.words.priority for job in self.jobs), "violations": [],
        }  # fmt: skip
        if self.vroom.distances is not None:
            totals["distance"] = self._sum(self.vroom.distances)
        return {**totals, "steps": steps}

    def _steps(self) -> list[dict[str, Any]]:
        loads, steps, travelled = self._loads(), [], 0
        if self.vehicle.start is not None:
            steps.append(self._step("start", self.vehicle.start, self.leaves, loads[0]))
        for position, (begins, arrival, pauses) in enumerate(self._walk(self.leaves)):
            so_far = travelled
            for pause in pauses:
                so_far += pause.driven
                steps.append(self._pause_step(pause, loads[position], duration=so_far))
            if position < len(self.jobs):
                job = self.jobs[position]
                travelled += self._leg(self.first + position)
                step = self._step("job", job.place, arrival, loads[position + 1], duration=travelled)
                steps.append({**step, "id": job.words.id, "service": job.service_s, "waiting_time": begins - arrival})
        if self.vehicle.end is not None:
            travelled += self._leg(len(self.path) - 1)
            steps.append(self._step("end", self.vehicle.end, self.ends_at, loads[-1], duration=travelled))
        return steps

    def _pause_step(self, pause: _Pause, load: list[int], *, duration: int) -> dict[str, Any]:
        return {
            "type": "break", "id": pause.words.id, "setup": 0, "service": pause.words.service,
            "waiting_time": pause.waited, "load": load, "arrival": pause.begins - pause.waited, "duration": duration,
            "violations": [],
        }  # fmt: skip

    def _step(self, kind: str, place: int, arrival: int, load: list[int], *, duration: int = 0) -> dict[str, Any]:
        return {
            "type": kind, **_place(self.vroom, place), "setup": 0, "service": 0, "waiting_time": 0,
            "load": load, "arrival": arrival, "duration": duration, "violations": [],
        }  # fmt: skip

    def violations(self) -> Iterator[dict[str, Any]]:
        """Every rule the route breaks."""
        name, words = f"vehicle {self.vehicle.words.id}", self.vehicle.words
        yield from self._break_violations(name)
        for job, begins in zip(self.jobs, self.begins, strict=False):
            closes = max((end for _, end in job.words.time_windows), default=NEVER)
            if begins > closes:
                message = f"Job {job.words.id} begins at {begins}; its last window closes at {closes}."
                yield _violation("time_window", (name, f"job {job.words.id}"), begins, closes, "s", message)
            if missing := job.words.skills - words.skills:
                message = f"Job {job.words.id} needs skills {sorted(missing)}, which {name} lacks."
                yield _violation("skills", (name, f"job {job.words.id}"), 0, len(missing), "skills", message)
        for unit, most in enumerate(map(max, zip(*self._loads(), strict=True))):
            capacity = words.capacity[unit] if words.capacity else 0
            if most > capacity:
                message = f"{name.capitalize()} carries {most} in dimension {unit + 1}; it holds {capacity}."
                yield _violation("capacity", (name,), most, capacity, "load units", message)
        yield from self._limits(name)

    def _break_violations(self, name: str) -> Iterator[dict[str, Any]]:
        """Breaks that begin outside their windows, and breaks not taken once."""
        taken = Counter(pause.id for pause, _ in self.breaks)
        for pause in self.vehicle.words.breaks:
            if taken[pause.id] != 1:
                message = f"{name.capitalize()} takes break {pause.id} {taken[pause.id]} times; once is due."
                yield _violation("breaks", (name, f"break {pause.id}"), taken[pause.id], 1, "breaks", message)
        for rest in (rest for _, _, rests in self._walk(self.leaves) for rest in rests):
            last = max(end for _, end in break_windows(rest.words, self.vehicle.words))
            if rest.begins > last:
                message = f"Break {rest.words.id} of {name} begins at {rest.begins}; it may begin until {last}."
                yield _violation("break_window", (name, f"break {rest.words.id}"), rest.begins, last, "s", message)

    def _limits(self, name: str) -> Iterator[dict[str, Any]]:
        words = self.vehicle.words
        metres = 0 if self.vroom.distances is None else self._sum(self.vroom.distances)
        for rule, found, limit, unit in (
            ("vehicle_window", self.ends_at, self.closes, "s"),
            ("max_tasks", len(self.jobs), words.max_tasks, "jobs"),
            ("max_travel_time", self._sum(self.vroom.durations), words.max_travel_time, "s"),
            ("max_distance", metres, words.max_distance, "m"),
        ):
            if limit is not None and found > limit:
                message = f"{name.capitalize()} breaks {rule}: found {found} {unit}, limit {limit}."
                yield _violation(rule, (name,), found, limit, unit, message)


def _amounts(job: VroomJob) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return job.words.delivery, job.words.pickup


def _service_start(job: VroomJob, arrival: int) -> int:
    return _next_start(sorted(job.words.time_windows), arrival)


def _next_start(windows: Sequence[tuple[int, int]], now: int) -> int:
    """The first moment from now inside a window; now where there is none."""
    return next((max(now, opens) for opens, closes in windows if now <= closes), now)


def _window_end(job: VroomJob, begins: int) -> int:
    """When the window in which service begins closes; that moment itself where it misses every window."""
    ends = (closes for opens, closes in job.words.time_windows if opens <= begins <= closes)
    return max(ends, default=begins if job.words.time_windows else NEVER)
