"""Read problems of distances: OR-Library pmed files (a graph) and TSPLIB files (points)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from network_design.locate.distances import DistanceProblem, Distances, Graph, Points
from network_design.locate.reading.opening import MissingOption, instance_name, read_text
from retour.errors import InputError, Issue

MOST_ISSUES = 50
ALWAYS_EUC_2D = ("EUC_2D", "")


def read(
    path: Path | str, *, kind: str, p: int | None = None, capacity: float | None = None, radius: float | None = None
) -> DistanceProblem:
    """Return the problem in a file; `p` overrides the file's number of sites, `radius` is what a site covers (mclp).

    Raises `InputError` with every defect; `MissingOption` where the file has no number of sites and none is given, or
    covering has no radius. Sites here have no `capacity`: it changes nothing.
    """
    path = Path(path)
    lines = read_text(path).splitlines()
    is_tsplib = any(line.strip().upper().startswith("NODE_COORD_SECTION") for line in lines)
    distances, own_p = (_points(lines, path.name), None) if is_tsplib else _graph(lines, path.name)
    count = _count(own_p if p is None else p, path.name, sites=distances.sites)
    if kind == "mclp" and radius is None:
        raise MissingOption("--radius", table=path.name, why="covering needs the distance a site covers")
    return DistanceProblem(
        name=instance_name(path),
        kind=kind,
        distances=distances,
        weight=np.ones(distances.customers),
        least_sites=count,
        most_sites=count,
        radius=math.inf if radius is None else radius,
    )


def _count(p: int | None, table: str, *, sites: int) -> int:
    if p is None:
        raise MissingOption("--p", table=table, why="the file does not say how many sites to open")
    if not 1 <= p <= sites:
        raise InputError([Issue(table, None, "p", f"{p} sites to open, of {sites}; take 1 to {sites}.")])
    return p


def _points(lines: list[str], table: str) -> Points:
    """The points of a TSPLIB file; distances rounded DOWN, as the literature on the p-median does with these files."""
    header, rows, issues = dict[str, tuple[int, str]](), dict[int, tuple[float, float]](), list[Issue]()
    in_points = False
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or words[0].upper() in ("EOF", "-1"):
            continue
        if in_points and words[0].lstrip("+").isdecimal():
            _take_point(words, rows, issues, table=table, row=number)
            continue
        key = words[0].rstrip(":").upper()
        in_points = key == "NODE_COORD_SECTION"
        if not in_points:
            header[key] = (number, line.partition(":")[2].strip())
    _check_header(header, len(rows), issues, table=table)
    if issues:
        raise InputError(issues[:MOST_ISSUES])
    return Points(np.array([rows[node] for node in sorted(rows)]))


def _take_point(
    words: list[str], rows: dict[int, tuple[float, float]], issues: list[Issue], *, table: str, row: int
) -> None:
    where = f"{table} NODE_COORD_SECTION"
    numbers = [_number(word) for word in words[1:3]]
    if len(words) != 3 or None in numbers:
        issues.append(Issue(where, row, None, f"{' '.join(words)!r} is no point; write node, x and y."))
    elif int(words[0]) in rows:
        issues.append(Issue(where, row, None, f"node {words[0]} comes twice; leave one out."))
    else:
        x, y = (number for number in numbers if number is not None)
        rows[int(words[0])] = (x, y)


def _check_header(header: dict[str, tuple[int, str]], points: int, issues: list[Issue], *, table: str) -> None:
    row, weights = header.get("EDGE_WEIGHT_TYPE", (None, ""))
    if weights not in ALWAYS_EUC_2D:
        issues.append(Issue(table, row, "EDGE_WEIGHT_TYPE", f"{weights!r} is not read here; EUC_2D is."))
    row, dimension = header.get("DIMENSION", (None, ""))
    if not dimension.isdecimal():
        issues.append(Issue(table, row, "DIMENSION", f"{dimension!r} is no number of points; give one."))
    elif int(dimension) != points and not issues:
        issues.append(Issue(table, row, "DIMENSION", f"{dimension} points are announced, {points} follow."))
    elif points == 0:
        issues.append(Issue(table, row, "DIMENSION", "there is no point; give at least one."))


def _graph(lines: list[str], table: str) -> tuple[Distances, int]:
    """The graph of a pmed file and its p; of edges given several times the last counts (J. E. Beasley, OR-Library)."""
    rows = [(number, line.split()) for number, line in enumerate(lines, start=1) if line.strip()]
    head = [_number(word) for word in rows[0][1]] if rows else []
    if len(head) != 3 or not all(value is not None and value >= 0 and value.is_integer() for value in head):
        message = "a pmed file begins with nodes, edges and p; a TSPLIB file has a NODE_COORD_SECTION."
        raise InputError([Issue(table, rows[0][0] if rows else None, None, message)])
    nodes, edges, p = (int(value) for value in head if value is not None)
    issues, length = list[Issue](), dict[tuple[int, int], float]()
    for number, words in rows[1:]:
        _take_edge(words, length, issues, nodes=nodes, table=table, row=number)
    if len(rows) - 1 != edges:
        issues.append(Issue(table, rows[0][0], "edges", f"{edges} edges are announced, {len(rows) - 1} follow."))
    if nodes < 1:
        issues.append(Issue(table, rows[0][0], "nodes", "there is no node; give at least one."))
    if issues:
        raise InputError(issues[:MOST_ISSUES])
    ends = np.array(list(length), dtype=np.int64).reshape(-1, 2)
    return Graph(nodes, ends, np.array(list(length.values()), dtype=np.float64)), p


def _take_edge(
    words: list[str], length: dict[tuple[int, int], float], issues: list[Issue], *, nodes: int, table: str, row: int
) -> None:
    numbers = [_number(word) for word in words]
    if len(numbers) != 3 or any(number is None for number in numbers):
        issues.append(Issue(table, row, None, f"{' '.join(words)!r} is no edge; write two nodes and a length."))
        return
    i, j, far = (number for number in numbers if number is not None)
    for end in (i, j):
        if not end.is_integer() or not 1 <= end <= nodes:
            issues.append(Issue(table, row, None, f"node {end:g} does not exist; they go from 1 to {nodes}."))
            return
    if far < 0:
        issues.append(Issue(table, row, None, f"length {far:g} is negative; it must be 0 or more."))
        return
    length[int(min(i, j)) - 1, int(max(i, j)) - 1] = far


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
