"""The night of a stored run, rebuilt from the copies the run keeps: its network folder may be gone or changed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.convert import DTYPES, absent, settled
from retour.instance import Instance
from retour.policy import NetworkSettings, Policy
from retour.tables import INPUT_TABLES
from retour.tables.column import FLAG, TAGS, Column, Table
from service.run import Run

RETURNS = "returns"
CLOSE_MATCHES = 3


def stored_instance(run: Run, return_ids: Sequence[str] | None = None) -> Instance:
    """Return the instance a run was planned for, with all of its returns or only those asked for.

    What decisions do not read is left out: `arrivals` is empty and `travel` holds the legs of lanes only, so the hash
    is another than the run's. Raises InputError naming close matches when a return is not among the run's.
    """
    settings = run.settings()
    tables = {name: _table(run, table) for name, table in INPUT_TABLES.items() if name != RETURNS}
    tables[RETURNS] = stored_returns(run, return_ids)
    network, policy = NetworkSettings.model_validate(settings["network"]), Policy.model_validate(settings["policy"])
    return Instance(network, policy, run.manifest.night, tables)


def stored_returns(run: Run, return_ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the `returns` table of a run as the gate left it, or the rows asked for; errors as `stored_instance`."""
    if return_ids is None:
        return _table(run, INPUT_TABLES[RETURNS])
    wanted = "SELECT * FROM input_returns WHERE return_id IN (SELECT unnest(?))"
    found = as_the_gate_left_it(run.query(wanted, [list(return_ids)]), INPUT_TABLES[RETURNS])
    for missing in (i for i in return_ids if i not in set(found["return_id"])):
        raise InputError([Issue(RETURNS, None, None, _no_return(run, missing))])
    return found.set_index("return_id").loc[list(return_ids)].reset_index()[found.columns]


def as_the_gate_left_it(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a stored table with the types every input table has behind the gate; absent columns are empty."""
    columns = {c.name: _typed(frame[c.name], c) if c.name in frame else absent(frame.index, c) for c in table.columns}
    return settled(pd.DataFrame(columns, index=frame.index), table)


def _table(run: Run, table: Table) -> pd.DataFrame:
    kept = table.name in run.manifest.inputs
    return as_the_gate_left_it(run.input(table.name) if kept else pd.DataFrame(), table)


def _typed(values: pd.Series, column: Column) -> pd.Series:
    if column.kind == TAGS:
        return pd.Series([() if tags is None else tuple(tags) for tags in values], index=values.index, dtype=object)
    return values.astype("bool" if column.kind == FLAG else DTYPES[column.kind])


def _no_return(run: Run, return_id: str) -> str:
    ids = run.input(RETURNS, ["return_id"])["return_id"]
    close = difflib.get_close_matches(return_id, ids[ids.str.len().between(len(return_id) - 2, len(return_id) + 2)])
    meant = f"; did you mean {' or '.join(close[:CLOSE_MATCHES])}?" if close else "; the Returns page lists them."
    return f"run {run.id} has no return {return_id!r}{meant}"
