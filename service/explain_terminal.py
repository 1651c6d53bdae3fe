"""An explanation as a person reads it in the terminal."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from retour.eligibility import PLANNED
from routing.decide.explanation import Explanation, Removed
from service.reading.words import OUTCOMES, STATES, sentence
from service.run import Run
from service.text import euros, number, signed_euros

PIPED_WIDTH = 120
NAMED = 4
NEGLIGIBLE_EUR = 0.005


def show_explanation(run: Run, explanation: Explanation) -> None:
    """Print why a return goes where it goes."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(Panel(_head(explanation), title=_title(run, explanation), box=box.ROUNDED, title_align="left"))
    if explanation.state == PLANNED:
        console.print(_parts(explanation))
        _limits(console, explanation)
        _runner_up(console, explanation)
        _changes(console, explanation)
    _removed(console, explanation.removed)


def _title(run: Run, explanation: Explanation) -> Text:
    return Text(f"{explanation.return_id}, {run.manifest.network.name}, {run.manifest.night}", style="bold")


def _head(explanation: Explanation) -> Group:
    if explanation.state != PLANNED:
        return Group(Text(STATES[explanation.state], style="bold"), Text(sentence(explanation.why)))
    outcome = OUTCOMES[explanation.outcome]
    gain = "gains" if explanation.cost_eur < 0 else "costs"
    amount = f"{gain} {euros(abs(explanation.cost_eur))}, {number(explanation.co2e_kg, 2)} kg CO2e"
    way = Text(sentence(explanation.decision), style="bold")
    return Group(way, Text(f"{outcome}; {amount}", style="cyan"), Text(explanation.why))


def _parts(explanation: Explanation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    total_kg = number(sum(p.co2e_kg for p in explanation.parts), 3)
    table.add_column("Priced parts", footer="All in")
    table.add_column("quantity", justify="right")
    table.add_column("at", justify="right")
    table.add_column("cost", justify="right", footer=euros(explanation.cost_eur))
    table.add_column("kg CO2e", justify="right", footer=total_kg)
    for part in explanation.parts:
        kg = number(part.co2e_kg, 3) if part.co2e_kg else ""
        quantity = f"{number(part.quantity, 2)} {part.unit}"
        table.add_row(sentence(part.activity), quantity, euros(part.rate_eur), euros(part.cost_eur), kg)
    return table


def _limits(console: Console, explanation: Explanation) -> None:
    console.print("[bold]Binding limits on its way")
    if not explanation.limits:
        console.print("  none: nothing it uses is scarce tonight\n")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("A unit of", "it uses", "of", "at a price of", "worth to others"):
        table.add_column(heading, justify="left" if heading == "A unit of" else "right")
    for b in explanation.limits:
        use, there = f"{number(b.use, 2)} {b.unit}", f"{number(b.capacity, 1)}"
        table.add_row(sentence(b.says), use, there, f"{euros(b.price_eur)}/{b.unit}", euros(b.toll_eur))
    console.print(table)


def _runner_up(console: Console, explanation: Explanation) -> None:
    second = explanation.runner_up
    console.print("[bold]Second best")
    if second is None:
        console.print("  none: there is no other way\n")
        return
    console.print(
        f"  {second.says}: {signed_euros(second.extra_eur)} at tonight's prices", markup=False, soft_wrap=True
    )
    console.print(f"  ({signed_euros(second.extra_alone_eur)} if room and time were free)\n", markup=False)


def _changes(console: Console, explanation: Explanation) -> None:
    console.print("[bold]What would change it")
    if not explanation.changes:
        console.print("  no single figure nearby would")
    for change in explanation.changes:
        console.print(f"  • {change.says}", markup=False, soft_wrap=True)
    console.print()


def _removed(console: Console, removed: tuple[Removed, ...]) -> None:
    if not removed:
        return
    console.print("[bold]What was not open to it")
    for r in removed:
        more = f" and {len(r.names) - NAMED} more" if len(r.names) > NAMED else ""
        costs = f"; waiving it would save {euros(r.costs_eur)}" if r.costs_eur >= NEGLIGIBLE_EUR else ""
        console.print(f"  • {sentence(r.says)} ({r.source}){costs}", markup=False, soft_wrap=True)
        console.print(f"    [dim]{', '.join(r.names[:NAMED])}{more}", soft_wrap=True)
