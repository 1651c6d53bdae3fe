"""What a stored folder holds: a night, a design, a study or a replay; one of another kind than asked for is refused."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from service.manifest import damaged
from service.run import MANIFEST
from service.writable import no_run

NIGHT, DESIGN, STUDY, REPLAY = "night", "design", "study", "replay"
FOLDERS = {NIGHT: ".", DESIGN: "designs", STUDY: "studies", REPLAY: "replays"}
"""Where each kind lies in a store."""
KINDS = {"plan": NIGHT, "decide": NIGHT, **{kind: kind for kind in (DESIGN, STUDY, REPLAY)}}
"""What the word in `run.json` stands for."""
INSTEAD = {
    NIGHT: "use `retour explain`, `retour replan`, `retour drivers` or `retour compare`, or open its report.html",
    DESIGN: "use `retour compare` or `retour replay`, or open its report.html",
    STUDY: "use `retour compare`, `retour replay` with one of its designs, or open its report.html",
    REPLAY: "use `retour compare` with the designs of its rounds.csv, or `retour design` with its folder network",
}


def find_stored(root: Path, which: str | Path, wanted: str) -> Path | None:
    """Return the folder of what is stored in `root` under an id, or lies at a path; None where nothing is.

    Raises InputError where it is of another kind than `wanted`, or where its `run.json` is damaged.
    """
    own = root / FOLDERS[wanted] / which
    others = (root / name / which for name in FOLDERS.values())
    folder = next((f for f in (own, Path(which), *others) if (f / MANIFEST).is_file()), None)
    if folder is None:
        return None
    kind = _kind_of(folder)
    if kind != wanted:
        raise no_run(f"{folder.resolve().name} is a {kind}, not a {wanted}; {INSTEAD[kind]}")
    return folder


def close_to(which: str | Path, known: list[str]) -> str:
    """Return the end of a sentence that names the ids most like `which`; empty when nothing comes close."""
    close = difflib.get_close_matches(str(which), known)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _kind_of(folder: Path) -> str:
    file = folder / MANIFEST
    try:
        told = json.loads(file.read_bytes())
    except ValueError:
        raise damaged(file, "it is no JSON") from None
    word = told.get("kind") if isinstance(told, dict) else None
    if word not in KINDS:
        raise damaged(file, f"its kind is {word!r}")
    return KINDS[word]
