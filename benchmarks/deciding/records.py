"""Records of nights: which a method did not finish, so that larger ones need not be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.deciding.case import Case
from benchmarks.measuring.outcomes import KILLED, NOT_DONE, TOO_LARGE
from benchmarks.measuring.records import Record, Records

NOT_TRIED = "not tried"
NO_FURTHER = (NOT_DONE, KILLED, TOO_LARGE)
"""Outcomes after which a larger night is not worth trying."""
KEY = ("method", "returns", "seed", "limit_s")


@dataclass(frozen=True)
class NightRecords(Records):
    """The records in a file, one per method, night and limit."""

    key: tuple[str, ...] = KEY

    def failed_below(self, case: Case) -> int | None:
        """Return the returns of the smallest night that the case's method did not finish within the same limit.

        None where it finished all that are smaller than the case.
        """
        failed = [
            r["returns"] for r in self.read()
            if (r["method"], r["limit_s"]) == (case.method, case.limit_s) and r["outcome"] in NO_FURTHER
        ]  # fmt: skip
        return min((returns for returns in failed if returns < case.returns), default=None)


def not_tried(case: Case, *, failed_at: int) -> Record:
    """Return the record of a case that is hopeless: the method did not finish a smaller night."""
    return case.as_record() | {"outcome": NOT_TRIED, "note": f"did not finish {failed_at:,} returns"}


def at_size(records: Sequence[Record], returns: int) -> list[Record]:
    """Return the records of nights of this size."""
    return [record for record in records if record["returns"] == returns]
