"""Plain words for the codes of the tables."""

from __future__ import annotations

import pandas as pd

from retour.facts import reasons

KINDS = {"RELAY": "Relay shop", "LOCKER": "Locker", "STORE": "Store", "HOME": "Home pickup"}
OUTCOMES = {
    "RESTOCK": "Back to stock",
    "EXCHANGE": "Exchanged",
    "REPAIR": "Repaired",
    "REFURBISH": "Refurbished",
    "REMANUFACTURE": "Remanufactured",
    "PARTS": "Taken for parts",
    "OUTLET": "Sold in an outlet",
    "LIQUIDATE": "Sold in bulk",
    "INTERNAL_USE": "Used by ourselves",
    "VENDOR": "Back to the vendor",
    "DONATE": "Donated",
    "RECYCLE": "Recycled",
    "DISPOSE": "Disposed of",
    "KEEP": "Kept by customer",
}
STATUSES = {"OPTIMAL": "Proven best", "FEASIBLE": "Sound plan", "INFEASIBLE": "No plan fits", "FAILED": "Failed"}
STATES = {"PLANNED": "Planned tonight", "DENIED": "Denied", "LATER": "Another night"}


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless there is one."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def sentence(text: object) -> str:
    """Return text that begins with a capital."""
    words = str(text)
    return words[:1].upper() + words[1:]


def reason_words(codes: pd.Series) -> dict[str, str]:
    """Return what each reason in `codes` is called; one of the business's own is read as it is written."""
    known = reasons()["label"].to_dict()
    return {c: known.get(c, str(c).replace("_", " ").capitalize()) for c in codes.dropna().unique()}
