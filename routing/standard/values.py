"""The second gate of VRPLIB files: values that make no sense, each with its line."""

from __future__ import annotations

from routing.standard.sections import LIST_SECTIONS, NODE_SECTIONS, VEHICLE_SECTIONS, RawFile, Row

WHOLE = {"VEHICLES_MAX_RELOADS", "VEHICLES_DEPOT", "VEHICLES_UNIT_DISTANCE_COST"}


def check_values(raw: RawFile) -> None:
    """Blame negative and fractional amounts, closed windows and unknown locations of a file of sound form."""
    _check_depots(raw)
    depots = depot_count(raw)
    for section, rows in raw.sections.items():
        for row in rows:
            _check_signs(raw, section, row)
            if section == "TIME_WINDOW" and float(row.words[1]) > float(row.words[2]):
                message = f"node {row.words[0]} closes at {row.words[2]} but opens at {row.words[1]}; swap or widen."
                raw.blame(message, line=row.line, section=section)
            if section in LIST_SECTIONS or section == "VEHICLES_DEPOT":
                _check_references(raw, section, row, depots)
    for key in sorted(WHOLE & raw.header.keys()):
        line, text = raw.header[key]
        if not float(text).is_integer():
            raw.blame(f"{key} is {text}; it must be a whole number.", line=line)


def depot_count(raw: RawFile) -> int:
    """How many depots the file has; one where it does not say."""
    return sum(word != "-1" for row in raw.sections.get("DEPOT", []) for word in row.words) or 1


def _check_depots(raw: RawFile) -> None:
    named = [(row, word) for row in raw.sections.get("DEPOT", []) for word in row.words if word != "-1"]
    for number, (row, word) in enumerate(named, start=1):
        if word != str(number):
            message = f"depot {word} is listed as number {number}; depots must be the first nodes: 1, 2 and so on."
            raw.blame(message, line=row.line, section="DEPOT")
            return
    dimension = raw.count("DIMENSION") or 0
    if len(named) >= dimension:
        raw.blame(f"{len(named)} depots are listed; DIMENSION {dimension} leaves no client.", section="DEPOT")


def _check_signs(raw: RawFile, section: str, row: Row) -> None:
    if section not in {*NODE_SECTIONS, *VEHICLE_SECTIONS, "EDGE_WEIGHT"} - {"NODE_COORD"}:
        return
    noun = {True: "node", False: "vehicle"}[section in NODE_SECTIONS] + f" {row.words[0]}"
    for word in row.words if section == "EDGE_WEIGHT" else row.words[1:]:
        if float(word) < 0:
            who = "an entry" if section == "EDGE_WEIGHT" else noun
            raw.blame(f"{who} has {word}; it must be 0 or more.", line=row.line, section=section)
        elif section in WHOLE and not float(word).is_integer():
            raw.blame(f"{noun} has {word}; it must be a whole number.", line=row.line, section=section)


def _check_references(raw: RawFile, section: str, row: Row, depots: int) -> None:
    dimension = raw.count("DIMENSION") or 0
    least, most, noun = (1, depots, "depots") if section != "VEHICLES_ALLOWED_CLIENTS" else (
        depots + 1, dimension, "clients")  # fmt: skip
    for word in row.words[1:]:
        if not (float(word).is_integer() and least <= float(word) <= most):
            message = f"vehicle {row.words[0]} names node {word}; {noun} are {least} to {most}."
            raw.blame(message, line=row.line, section=section)
