"""How every command ends: what it raises becomes a sentence (or one JSON object) and an exit code."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from retour.errors import BackendError, InfeasibleError, InputError, RetourError

DONE, USAGE, INPUT, INFEASIBLE, BACKEND, DEGRADED = 0, 2, 3, 4, 5, 6
STATUS_WORDS = {InputError: "INVALID", InfeasibleError: "INFEASIBLE", BackendError: "FAILED"}
HEADINGS = {
    InputError: "The input has {count} to correct; nothing was written.",
    InfeasibleError: "No plan fits the limits.",
    BackendError: "The solver failed; nothing was written.",
}


class Door(TyperCommand):
    """A command that tells errors to people in sentences, to machines as JSON, and never shows a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; errors end in the exit code of their kind."""
        as_json = bool(ctx.params.get("as_json"))
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except RetourError as error:
            tell(error, as_json=as_json)
            raise typer.Exit(error.exit_code) from None
        except Exception as error:  # the last net: whatever a library throws at us ends in a message and a log
            log = write_traceback(ctx.params.get("out"))
            sentence = f"Unexpected {type(error).__name__}: {error}. The details are in {log}; please send them to us."
            tell(BackendError(sentence), as_json=as_json)
            raise typer.Exit(BACKEND) from None


def exit_code_of(error: Exception) -> int:
    """Return the exit code an error ends in."""
    return error.exit_code if isinstance(error, RetourError) else BACKEND


def tell(error: RetourError, *, as_json: bool) -> None:
    """Say what went wrong: one JSON object on standard output, or every sentence on standard error."""
    if as_json:
        say_json(error_record(error))
        return
    kind = next((k for k in HEADINGS if isinstance(error, k)), BackendError)
    lines = error.issues if isinstance(error, InputError) else str(error).splitlines()
    count = f"{len(lines)} issue{'s' if len(lines) != 1 else ''}"
    typer.secho(HEADINGS[kind].format(count=count), err=True, fg="red", bold=True)
    for line in lines:
        typer.echo(f"  {line}", err=True)


def error_record(error: RetourError) -> dict[str, Any]:
    """Return an error as plain values: `status`, `error`, `exit_code`, and each issue or reason."""
    status = next((word for kind, word in STATUS_WORDS.items() if isinstance(error, kind)), "FAILED")
    record: dict[str, Any] = {"status": status, "exit_code": error.exit_code, "error": str(error), "feasible": False}
    if isinstance(error, InputError):
        record["issues"] = [asdict(issue) for issue in error.issues]
    if isinstance(error, InfeasibleError):
        record["reasons"] = list(error.reasons)
        if error.unserved:
            record["unserved"] = [dict(stop) for stop in error.unserved]
    return record


def say_json(record: Any) -> None:
    """Write one JSON object and nothing else to standard output."""
    typer.echo(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2))


@contextmanager
def only_ours_on_stdout() -> Iterator[None]:
    """Send what libraries write to standard output while the block runs, C code included, to standard error."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(ours, 1)
        os.close(ours)


def write_traceback(out: Path | None) -> Path:
    """Keep the current traceback in a file, beside the runs if they can be written; return where."""
    for folder in (*([Path(out) / "logs"] if out else []), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / f"retour-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.log"
            log.write_text(traceback.format_exc(), encoding="utf-8")
            return log
        except OSError:
            continue
    return Path(os.devnull)
