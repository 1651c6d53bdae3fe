"""A quote as a person reads it in the terminal."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table

from routing.quote.offer import Alternative, Quote
from service.quoting import Answered
from service.text import euros, number

PIPED_WIDTH = 140
HEADINGS = ("", "where", "what becomes of it", "cost to us", "of which limits", "trip", "fee", "refund", "CO2e")


def show_quote(answered: Answered) -> None:
    """Print the alternatives, the reason of each, and what is refused by which rule."""
    quote = answered.quote
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(f"[bold]{quote.return_id}[/] {quote.state.lower()}: {quote.why}", soft_wrap=True)
    if quote.note:
        console.print(f"[yellow]{quote.note}", soft_wrap=True)
    if quote.alternatives:
        console.print(_offers(quote))
        for offer in quote.alternatives:
            console.print(f"  {', '.join(offer.labels)}: {offer.why}", markup=False, soft_wrap=True)
    if quote.refusals:
        console.print("\n[bold]Not offered")
        for refusal in quote.refusals:
            console.print(f"  {refusal}", markup=False, soft_wrap=True)
    console.print(f"\n[dim]{answered.prices_from}; answered in {answered.milliseconds:.1f} ms", soft_wrap=True)


def _offers(quote: Quote) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in HEADINGS[:3] else "right")
    for offer in quote.alternatives:
        table.add_row(*_cells(offer))
    return table


def _cells(offer: Alternative) -> tuple[str, ...]:
    where = f"{offer.kind} {offer.point_id}" if offer.point_id else "with the customer"
    what = f"{offer.outcome} {offer.site_id}" if offer.site_id else offer.outcome
    return (
        ", ".join(offer.labels), where, what, euros(offer.cost_eur), euros(offer.limits_eur),
        f"{number(offer.effort_km, 1)} km", euros(offer.fee_eur),
        f"{offer.refund_on:%d %b} ({number(offer.refund_days, 1)} d)", f"{number(offer.co2e_kg, 2)} kg",
    )  # fmt: skip
