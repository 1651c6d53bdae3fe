"""The gate of VRPLIB files: every defect of form at once, each with its line, before the library reads the values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from difflib import get_close_matches

from retour.errors import Issue

NODE_SECTIONS = {
    "NODE_COORD": 2, "DEMAND": 1, "BACKHAUL": 1, "SERVICE_TIME": 1, "TIME_WINDOW": 2, "RELEASE_TIME": 1, "PRIZE": 1,
}  # fmt: skip
VEHICLE_SECTIONS = {
    "CAPACITY", "VEHICLES_DEPOT", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST", "VEHICLES_MAX_DURATION",
    "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_RELOADS",
}  # fmt: skip
LIST_SECTIONS = {"VEHICLES_ALLOWED_CLIENTS", "VEHICLES_RELOAD_DEPOT"}
SECTIONS = {*NODE_SECTIONS, *VEHICLE_SECTIONS, *LIST_SECTIONS, "DEPOT", "EDGE_WEIGHT"}
NUMBERS = {
    "CAPACITY", "SERVICE_TIME", "RELEASE_TIME", "DISTANCE", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST",
    "VEHICLES_MAX_DURATION", "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_RELOADS",
}  # fmt: skip
COUNTS = {"DIMENSION": 2, "VEHICLES": 1}  # the least each may be
WORDS = {"NAME", "COMMENT", "TYPE", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT"}
WEIGHT_TYPES = ("EUC_2D", "EXPLICIT")
SAID_ONCE = NUMBERS | COUNTS.keys() | WORDS - {"NAME", "COMMENT"}
OF_KIND = {
    "CVRP": (), "VRPB": ("BACKHAUL",), "HFVRP": (), "VRPTW": ("TIME_WINDOW",),
    "PCVRPTW": ("TIME_WINDOW", "PRIZE"), "MTVRPTWR": ("TIME_WINDOW", "RELEASE_TIME", "VEHICLES_RELOAD_DEPOT"),
    "MDVRPTW": ("TIME_WINDOW", "VEHICLES_DEPOT"), "SDVRPTW": ("TIME_WINDOW", "VEHICLES_ALLOWED_CLIENTS"),
}  # fmt: skip
OF_ALL_KINDS = ("DEMAND", "CAPACITY")


@dataclass(frozen=True)
class Row:
    """One line of a section: its number in the file, from 1, and its words."""

    line: int
    words: tuple[str, ...]


@dataclass
class RawFile:
    """A VRPLIB file cut into header lines and sections; `issues` gathers what is wrong with it."""

    name: str
    header: dict[str, tuple[int, str]] = field(default_factory=dict)
    sections: dict[str, list[Row]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Header lines that nobody understands."""
        return tuple(sorted(self.header.keys() - NUMBERS - COUNTS.keys() - WORDS))

    def blame(self, message: str, *, line: int | None = None, section: str | None = None) -> None:
        """Remember one defect."""
        where = self.name if section is None else f"{self.name} {section}_SECTION"
        self.issues.append(Issue(where, line, None, message))

    def count(self, key: str) -> int | None:
        """A whole number of the header, None where it is missing or wrong."""
        text = self.header.get(key, (0, ""))[1]
        return int(text) if text.isdecimal() and int(text) >= COUNTS[key] else None


def scan(text: str, *, name: str) -> RawFile:
    """Cut the text of a file called `name` into its parts and check their form."""
    raw = RawFile(name)
    _cut(raw, text)
    _check_header(raw)
    _check_kind(raw)
    for section, rows in raw.sections.items():
        _check_section(raw, section, rows)
    return raw


def _cut(raw: RawFile, text: str) -> None:
    rows: list[Row] | None = None
    for line, content in enumerate((line.strip() for line in text.splitlines()), start=1):
        if "EOF" in content:
            return
        if not content or content.startswith("#"):
            continue
        if "_SECTION" in content:
            rows = _begin_section(raw, content, line)
        elif ":" in content:
            if rows is not None:
                raw.blame(f"{content[:40]!r} stands after a section; header lines come first.", line=line)
            _take_header(raw, content, line)
        elif rows is None:
            raw.blame(f"{content[:40]!r} is neither `KEY : value` nor a section; correct or delete it.", line=line)
        else:
            rows.append(Row(line, tuple(content.split())))


def _take_header(raw: RawFile, content: str, line: int) -> None:
    key, value = (word.strip() for word in content.split(":", 1))
    if key.upper() in raw.header.keys() & SAID_ONCE:
        raw.blame(f"{key.upper()} is given twice; keep one.", line=line)
    raw.header[key.upper()] = line, value


def _begin_section(raw: RawFile, content: str, line: int) -> list[Row]:
    name = content.strip(" :").removesuffix("_SECTION").upper()
    if name in raw.sections or name in raw.header:
        raw.blame(f"{name} is given twice; keep one.", line=line)
    elif name not in SECTIONS:
        close = get_close_matches(name, sorted(SECTIONS), n=1)
        guess = f"; did you mean {close[0]}?" if close else "; its rule would be lost."
        raw.blame(f"section {name} is not known here{guess}", line=line)
    return raw.sections.setdefault(name, [])


def _check_header(raw: RawFile) -> None:
    for key, least in COUNTS.items():
        if key in raw.header and raw.count(key) is None:
            line, text = raw.header[key]
            raw.blame(f"{key} is {text!r}; it must be a whole number of {least} or more.", line=line)
    if "DIMENSION" not in raw.header:
        raw.blame("DIMENSION is missing; say how many locations there are, depots included.")
    for key in sorted(NUMBERS & raw.header.keys()):
        line, text = raw.header[key]
        if not _is_amount(text):
            raw.blame(f"{key} is {text!r}; it must be a number of 0 or more.", line=line)
    line, weights = raw.header.get("EDGE_WEIGHT_TYPE", (0, "EUC_2D"))
    if weights not in WEIGHT_TYPES:
        raw.blame(f"EDGE_WEIGHT_TYPE is {weights!r}; it must be one of {', '.join(WEIGHT_TYPES)}.", line=line)
    needed = "EDGE_WEIGHT" if weights == "EXPLICIT" else "NODE_COORD"
    if needed not in raw.sections:
        raw.blame(f"{needed}_SECTION is missing; without it there are no distances.")


def _check_kind(raw: RawFile) -> None:
    """Blame what a file of its kind says but this one does not: half a file would pass for a problem without limits."""
    line, kind = raw.header.get("TYPE", (None, ""))
    if kind.upper() not in OF_KIND:
        return
    for name in (*OF_ALL_KINDS, *OF_KIND[kind.upper()]):
        if name not in raw.sections and name not in raw.header:
            said = f"{name}_SECTION" if name in SECTIONS - NUMBERS else name
            raw.blame(
                f"{said} is missing; a {kind} file has it. Complete the file, or delete TYPE to solve without.",
                line=line,
            )


def _check_section(raw: RawFile, section: str, rows: list[Row]) -> None:
    for row in rows:
        for word in row.words:
            if not _is_number(word):
                raw.blame(f"{word!r} is no number.", line=row.line, section=section)
    if section in NODE_SECTIONS:
        _check_rows(raw, section, rows, wanted=raw.count("DIMENSION"), noun="DIMENSION")
    elif section in VEHICLE_SECTIONS | LIST_SECTIONS:
        if "VEHICLES" not in raw.header:
            raw.blame("the header has no VEHICLES; say how many there are.", section=section)
        _check_rows(raw, section, rows, wanted=raw.count("VEHICLES"), noun="VEHICLES")


def _check_rows(raw: RawFile, section: str, rows: list[Row], *, wanted: int | None, noun: str) -> None:
    if wanted is not None and len(rows) != wanted:
        raw.blame(f"{len(rows)} rows are given; {noun} asks for {wanted}.", section=section)
    width = NODE_SECTIONS.get(section, 1)
    for number, row in enumerate(rows, start=1):
        if row.words[0] != str(number):
            message = f"the row is numbered {row.words[0]}; rows go 1, 2, 3 and so on, so {number} is next."
            raw.blame(message, line=row.line, section=section)
            return  # one slip would blame every row after it
    for row in rows:
        if section not in LIST_SECTIONS and len(row.words) != width + 1:
            message = f"the row has {len(row.words) - 1} values; {width} must follow the number."
            raw.blame(message, line=row.line, section=section)


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _is_amount(word: str) -> bool:
    return _is_number(word) and float(word) >= 0
