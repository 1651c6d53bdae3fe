"""Solutions as `.sol` files: a line per route in location numbers, and the cost."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from retour.errors import InputError, Issue

ROUTE = re.compile(r"route\s*#?\s*(\d+)\s*:(.*)", re.IGNORECASE)


def read_solution(path: Path | str) -> tuple[tuple[int, ...], ...]:
    """The routes of the file, in order, those the numbering leaves out empty; other lines are not looked at.

    Raises `InputError` with every line that makes no sense.
    """
    path, routes, issues = Path(path), list[tuple[int, ...]](), list[Issue]()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError([Issue(path.name, None, None, f"cannot be read: {reason}.")]) from None
    for line, content in enumerate(lines, start=1):
        found = ROUTE.match(content.strip())
        if not found:
            continue
        number, words = int(found[1]), found[2].split()
        if number <= len(routes) or number > len(lines):
            issues.append(Issue(path.name, line, None, f"route {number} is out of order; number them 1, 2 and so on."))
            continue
        issues += [
            Issue(path.name, line, None, f"route {number} names {word!r}; locations are whole numbers of 0 or more.")
            for word in words
            if not word.isdecimal()
        ]
        routes += [()] * (number - 1 - len(routes))
        routes.append(tuple(int(word) for word in words if word.isdecimal()))
    if not routes and not issues:
        issues.append(Issue(path.name, None, None, "no line begins with `Route #1:`; it is no solution file."))
    if issues:
        raise InputError(issues)
    return tuple(routes)


def solution_text(routes: Sequence[Sequence[int]], *, cost: int) -> str:
    """The text of a `.sol` file; `cost` in the convention's units."""
    lines = [f"Route #{number}: {' '.join(map(str, route))}".rstrip() for number, route in enumerate(routes, start=1)]
    return "\n".join([*lines, f"Cost {cost}", ""])


def write_solution(path: Path | str, routes: Sequence[Sequence[int]], *, cost: int) -> None:
    """Write a `.sol` file, whole or not at all."""
    write_whole(Path(path), solution_text(routes, cost=cost))


def write_whole(path: Path, text: str) -> None:
    """Write the text beside `path` and rename it there, so that nobody ever sees half a file."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
