"""Turn an instance of RELOG (Argonne National Laboratory) into a design network, whichever of its formats it is in.

"Classic" files (releases 0.1 to 0.7) have initial amounts of products at collection centres and plants with one input
at several locations; "circular" files (0.8) have centres that sell and take back, and plants with a mix of inputs.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from retour.design import DesignSettings
from retour.errors import InputError, Issue
from retour.gate.design import load_design, write_design
from retour.tables.design import DESIGN_TABLES
from service.importing.publishing import ImportSummary
from service.importing.relog_circular import circular_tables
from service.importing.relog_classic import classic_tables
from service.importing.relog_reading import RelogReader
from service.importing.source import refused

ATTRIBUTION = "RELOG, Argonne National Laboratory, github.com/ANL-CEEESA/RELOG (modified BSD licence)"
CIRCULAR, CLASSIC = "relog-circular", "relog-classic"
MAKERS = {CIRCULAR: circular_tables, CLASSIC: classic_tables}


def import_relog(file: Path, out: Path) -> ImportSummary:
    """Write the design network `out` made of a RELOG file; InputError with every defect, and nothing written, else."""
    content = _json(file)
    generation = generation_of(content, file)
    reader = RelogReader(file.name, content)
    tables = MAKERS[generation](reader)
    reader.refuse_if_wrong()
    settings = DesignSettings(
        name=file.stem, currency="USD", wording=generation, attribution=ATTRIBUTION,
        description="Distances are straight chords between points of WGS84 at altitude 0.",
    )  # fmt: skip
    publish_design(out, tables, settings)
    return ImportSummary(
        out=out, source=file.name, rows_read=sum(map(len, tables.values())), rows_filtered=0,
        rejected=pd.DataFrame({"row": pd.Series(dtype=int)}),
        counts={name: len(tables[name]) for name in DESIGN_TABLES if name in tables}, notes=tuple(reader.notes),
        next_step=f"retour design {out}",
    )  # fmt: skip


def generation_of(content: Any, file: Path) -> Any:
    """Return which of RELOG's formats a file is in; InputError when it is neither."""
    if isinstance(content, dict) and isinstance(content.get("products"), dict) and "plants" in content:
        return CIRCULAR if "centers" in content else CLASSIC
    raise refused(file, "is no RELOG instance: it has no sections products and plants; check the file")


def publish_design(out: Path, tables: dict[str, pd.DataFrame], settings: DesignSettings) -> None:
    """Write the folder `out` by one rename; InputError, and nothing written, when the gate finds a defect."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        message = "holds files already, nothing was written; give a new or empty folder"
        raise InputError([Issue(out.name, None, None, message)])
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        folder = write_design(tables, settings, beside / out.name)
        load_design(folder)
        folder.replace(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _json(file: Path) -> Any:
    if not file.is_file():
        raise refused(file, "there is no such file; check the path")
    try:
        return json.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise refused(file, "is not UTF-8; save it again as UTF-8") from None
    except json.JSONDecodeError as error:
        message = f"is no valid JSON ({error.msg}); correct it"
        raise InputError([Issue(file.name, error.lineno, None, message)]) from None
