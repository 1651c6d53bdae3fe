"""The command line: each command reads its words, calls one function and shows what came back."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from service.cli_compare import compare
from service.cli_design import design
from service.cli_drivers import drivers
from service.cli_locate import locate
from service.cli_options import AS_JSON, BUDGET, LOG_JSON, OUT, SEED, finite_seconds
from service.cli_replan import replan
from service.cli_replay import replay
from service.cli_routes import routes
from service.door import DEGRADED, DONE, USAGE, Door, exit_code_of, only_ours_on_stdout, say_json

Engine = Literal["auto", "retour", "pyvrp", "ortools"]
Kind = Literal["tiny", "city", "country", "design"]
NETWORK = Annotated[Path, typer.Argument(help="Network folder or workbook.", show_default=False)]
NIGHT = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Night to plan instead of the network's own.")
]
METHOD = Annotated[
    Literal["auto", "exact", "prices"],
    typer.Option("--method", help="How returns are decided; auto: exact, or by prices on a large night."),
]
PROCESSES = Annotated[
    int | None,
    typer.Option("--processes", min=1, help="Processes side by side on a large night.", show_default="one per core"),
]
CLUSTER = Annotated[
    str | None,
    typer.Option("--cluster", help="Dask scheduler to work on it, for example tcp://planner:8786.", show_default=False),
]
STATUS = Annotated[Path | None, typer.Option("--status", hidden=True, help="Keep a status file, for the app.")]

STREAM_FROM_RETURNS = 2_000_000

app = typer.Typer(
    name="retour",
    help="Decide where returned goods go, which points are emptied tonight and which van drives where.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command(cls=Door)
def check(network: NETWORK, night: NIGHT = None, as_json: AS_JSON = False) -> None:
    """Validate a network folder and print every issue, or what is in it when it is sound."""
    from retour import load_network
    from service.profile import network_profile
    from service.terminal import show_profile

    if (network / "design.toml").is_file():
        from retour.gate.design import load_design
        from service.designing_figures import design_profile

        profile = design_profile(load_design(network))
    else:
        profile = network_profile(load_network(network, night=night.date() if night else None))
    say_json(profile) if as_json else show_profile(profile)


@app.command(cls=Door)
def plan(
    ctx: typer.Context,
    network: NETWORK,
    night: NIGHT = None,
    budget_s: BUDGET = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Limit of the routing engine: same plan every time.", show_default=False)
    ] = None,
    seed: SEED = 1,
    engine: Annotated[
        Engine, typer.Option(help="Routing engine; auto: pyvrp, or the first that honours what it lacks.")
    ] = "auto",
    method: METHOD = "auto",
    processes: PROCESSES = None,
    out: OUT = None,
    as_json: AS_JSON = False,
    log_json: LOG_JSON = False,
    status: STATUS = None,
) -> None:
    """Plan one night: decide the returns, choose what to empty, route the vans, check, store."""
    from service.describe import Asked
    from service.planning import plan_to_run

    budget = budget_s if budget_s or iterations else default_budget_s()
    asked = Asked("plan", network, seed, budget, iterations, engine, method, processes)
    _make_run(plan_to_run, asked, ctx=ctx, night=night, out=out, as_json=as_json, log_json=log_json, status=status)


@app.command(cls=Door)
def decide(
    ctx: typer.Context,
    network: NETWORK,
    night: NIGHT = None,
    budget_s: BUDGET = None,
    seed: SEED = 1,
    method: METHOD = "auto",
    processes: PROCESSES = None,
    cluster: CLUSTER = None,
    stream: Annotated[
        bool, typer.Option("--stream", help="Leave the returns in returns.parquet; large ones are left there anyway.")
    ] = False,
    out: OUT = None,
    as_json: AS_JSON = False,
    log_json: LOG_JSON = False,
) -> None:
    """Decide where each return goes, without routing the vans; check, store."""
    from service.describe import Asked
    from service.planning import decide_to_run

    stream = stream or (method != "exact" and is_long_night(network))
    asked = Asked(
        "decide", network, seed, budget_s or (None if stream else default_budget_s()), engine="none",
        method="prices" if stream else method, processes=processes, cluster=cluster, stream=stream,
    )  # fmt: skip
    _make_run(decide_to_run, asked, ctx=ctx, night=night, out=out, as_json=as_json, log_json=log_json, status=None)


@app.command(cls=Door)
def sample(
    kind: Annotated[Kind, typer.Argument(help="How large a network.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="New folder to write.", show_default=False)],
    returns: Annotated[
        int | None, typer.Option(min=1, help="How many returns of a night.", show_default="the kind's own")
    ] = None,
    size: Annotated[
        Literal["small", "france", "service"] | None,
        typer.Option(help="How large a design network.", show_default="small"),
    ] = None,
    seed: SEED = 1,
) -> None:
    """Write a seeded sample network: of one night, or (design) of the coming years."""
    _require_sample_options(kind, returns=returns, size=size)
    if kind == "design":
        from retour.samples.design import write_design_sample

        write_design_sample(size or "small", target, seed=seed)
        typer.echo(f"{target} is written; next: `retour design {target}`.")
        return
    from retour.samples import write_sample

    try:
        write_sample(kind, target, returns=returns, seed=seed)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--returns") from None
    typer.echo(f"{target} is written; next: `retour plan {target}`.")


def _require_sample_options(kind: str, *, returns: int | None, size: str | None) -> None:
    """Wrong usage where the kind of sample has no use for an option that was given."""
    option, given = ("--returns", returns) if kind == "design" else ("--size", size)
    if given is not None:
        raise typer.BadParameter(f"a {kind} network takes none; leave it out.", param_hint=option)


@app.command("import", cls=Door)
def import_(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="points, locker-vrp or relog.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The foreign file.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="New network folder to write.", show_default=False)],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="mapping.toml: which column means what.", show_default=False)
    ] = None,
    seed: SEED = 1,
) -> None:
    """Turn a foreign file into a network folder."""
    from service.importing import import_file

    summary = import_file(form, file, target, mapping=mapping, seed=seed)
    typer.echo("\n".join(summary.sentences()))
    typer.echo(f"{target} passes every check; next: `{summary.next_step or f'retour plan {target}'}`.")


@app.command(cls=Door)
def runs(out: OUT = None, as_json: AS_JSON = False) -> None:
    """List the stored runs, the newest first: nights, designs, studies, replays."""
    from service.listing import list_stored
    from service.runs_terminal import runs_record, show_runs

    root = runs_folder(out)
    found = list_stored(root)
    say_json(runs_record(root, found)) if as_json else show_runs(root, found)


@app.command(cls=Door)
def explain(
    run: Annotated[str, typer.Argument(help="Run id, run folder, or latest.", show_default=False)],
    return_id: Annotated[str, typer.Argument(metavar="ID", help="Return to explain.", show_default=False)],
    out: OUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Explain one return of a stored run: its price, what binds it, what would change it, what was not open to it."""
    from service.explain_terminal import show_explanation
    from service.explaining import explain_stored, explanation_record
    from service.store import open_run

    found = open_run(runs_folder(out), run)
    explanation = explain_stored(found, return_id)
    say_json(explanation_record(found, explanation)) if as_json else show_explanation(found, explanation)


@app.command(cls=Door)
def quote(
    where: Annotated[
        str, typer.Argument(metavar="NETWORK|RUN", help="Network, or run id, run folder, latest.", show_default=False)
    ],
    asked: Annotated[
        str, typer.Option("--return", metavar="ID|FILE", help="Return by its id, or a .json or .csv file with one.")
    ],
    night: NIGHT = None,
    budget_s: Annotated[
        float,
        typer.Option("--time-budget", min=0.1, help="Seconds to decide a network's night in.", callback=finite_seconds),
    ] = 20.0,
    seed: SEED = 1,
    out: OUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Offer the customer of one return several ways: their price for us, effort, fee, refund, CO2e and reason."""
    from service.quoting import quote_one, quote_record

    with only_ours_on_stdout():
        answered = quote_one(
            where, asked, root=runs_folder(out), night=night.date() if night else None, budget_s=budget_s, seed=seed
        )
    if as_json:
        say_json(quote_record(answered))
        return
    from service.quote_terminal import show_quote

    show_quote(answered)


app.command(cls=Door)(compare)
app.command(cls=Door)(design)
app.command(cls=Door)(drivers)
app.command(cls=Door)(locate)
app.command(cls=Door)(replan)
app.command(cls=Door)(replay)
app.command(cls=Door)(routes)


@app.command("app", cls=Door)
def app_(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port (RETOUR_PORT, else 8501).")] = None,
    out: OUT = None,
) -> None:
    """Open the app in a browser."""
    from service.screen import serve_app
    from service.settings import settings

    serve_app(port=port or settings().port, runs=runs_folder(out))


def runs_folder(out: Path | None) -> Path:
    """Return the store asked for, else the one of the settings."""
    from service.settings import settings

    return out or settings().runs


def is_long_night(network: Path) -> bool:
    """Return True for a folder whose returns in Parquet are too many to hold in memory."""
    from retour.gate.streamed import returns_to_stream

    return returns_to_stream(network) > STREAM_FROM_RETURNS


def default_budget_s() -> float:
    """Return the planning time where none was given, seconds."""
    from service.settings import settings

    return settings().time_budget_s


def process_age_s() -> float:
    """Return how long this process has been running: a time budget counts from its start."""
    import psutil

    return max(0.0, time.time() - psutil.Process().create_time())


def _make_run(
    make: Callable[..., Any], asked: Any, *, ctx: typer.Context, night: datetime | None, out: Path | None,
    as_json: bool, log_json: bool, status: Path | None,
) -> None:  # fmt: skip
    """Make a run while telling whoever watches, show it, and end in its exit code."""
    from service import listeners, logging
    from service.status_file import told_to
    from service.terminal import run_record, show_run

    already_s = ctx.obj or 0.0
    begun = time.perf_counter() - already_s
    logging.configure(as_json=log_json)
    with told_to(status, exit_code_of) as file, listeners.terminal_listener() as terminal, only_ours_on_stdout():
        listener = listeners.all_of(terminal, listeners.log_listener, *([file.listen] if file else []))
        run = make(
            asked, root=runs_folder(out), night=night.date() if night else None, already_s=already_s, listener=listener
        )
        code = DEGRADED if run.manifest.degraded else DONE
        if file:
            file.end(run_id=run.id, exit_code=code)
    seconds = time.perf_counter() - begun
    say_json({**run_record(run, seconds=seconds), "exit_code": code}) if as_json else show_run(run, seconds=seconds)
    raise typer.Exit(code)


def main() -> None:
    """Run the command; a wrong usage asked to answer in JSON does so."""
    try:
        app(prog_name="retour", obj=process_age_s())
    except SystemExit as end:
        if end.code == USAGE and "--json" in sys.argv:
            sentence = "Wrong usage; standard error says what is wrong."
            say_json({"status": "USAGE", "exit_code": USAGE, "error": sentence})
        raise


if __name__ == "__main__":
    main()
