"""Who listens to a long computation: a terminal, a log, or several at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from retour.progress import Listener, Progress, silent


def all_of(*listeners: Listener) -> Listener:
    """Return one listener that passes every piece of news on to all."""

    def tell(news: Progress) -> None:
        for listener in listeners:
            listener(news)

    return tell


def log_listener(news: Progress) -> None:
    """Write every piece of news to the log."""
    structlog.get_logger().info(
        "progress", stage=news.stage, done=round(news.done, 3), message=news.message, best_eur=news.best_eur
    )


@contextmanager
def terminal_listener() -> Iterator[Listener]:
    """Draw a bar per stage on standard error while the block runs; where that is no terminal, stay silent."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (
        TextColumn("[bold]{task.description:<8}"), BarColumn(24), TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[message]}", markup=True),
    )  # fmt: skip
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield _bar_per_stage(bars)


def _bar_per_stage(bars: Bars) -> Listener:
    stages: dict[str, int] = {}

    def tell(news: Progress) -> None:
        if news.stage not in stages:
            for earlier in stages.values():
                bars.update(earlier, completed=1.0)  # type: ignore[arg-type]
                bars.stop_task(earlier)  # type: ignore[arg-type]
            stages[news.stage] = bars.add_task(news.stage, total=1.0, message="")
        bars.update(stages[news.stage], completed=news.done, message=news.message)  # type: ignore[arg-type]

    return tell
