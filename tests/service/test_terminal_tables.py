"""Tables in the terminal: no figure is cut or folded, at any width."""

import pytest
from rich.console import Console

from service.terminal_tables import Shown, print_table, written


def printed(*columns, width, **look):
    """Lines of a table on a console of so many columns, as a pipe gets them."""
    console = Console(width=width, force_terminal=False)
    with console.capture() as caught:
        print_table(console, columns, **look)
    return caught.get().rstrip("\n").split("\n")


def test_headings_break_at_words_before_figures_do():
    """A heading is as narrow as the longest figure or word; below it figures stand right."""
    lines = printed(Shown("", ["H1"], figures=False), Shown("routes say", ["2,103,592"]), width=80)
    assert ["routes", "say"] == [line.strip() for line in lines[:2]]
    assert "H1" == lines[3].split()[0] and lines[3].endswith("2,103,592")


@pytest.mark.parametrize("width", [20, 40, 80])
def test_figures_stay_whole_at_any_width(width):
    """Five columns of millions are wider than a narrow console: then the table is, too, and words are folded."""
    columns = [Shown("a long name of a place", ["a place with a long name"], figures=False)]
    columns += [Shown("rates say", ["2,103,592"]) for _ in range(5)]
    lines = printed(*columns, width=width)
    assert any(5 == line.count("2,103,592") for line in lines)
    assert "…" not in "".join(lines)
    assert all(len(line) <= 80 for line in lines)


def test_names_are_no_markup():
    """Brackets in a name are part of it."""
    assert "P[1]" in "".join(printed(Shown("", ["P[1]"], figures=False), width=80))


@pytest.mark.parametrize(
    ("unit", "values", "expected"),
    [
        ("money", [2103592.4, 12.5, None], ["2,103,592", "12", ""]), ("money", [999.5, -0.001], ["999.50", "0.00"]),
        ("count", [12.0, 0.0], ["12", "0"]), ("share", [0.123, 0.0], ["12.3%", "0.0%"]), ("gap", [0.0123], ["1.23%"]),
        ("km", [5.75, 1234.0], ["5.8", "1,234.0"]),
        ("t", [20.0, 5.0], ["20", "5"]), ("t", [20.0, 5.25], ["20.0", "5.2"]),
        ("degree", [48.85661], ["48.8566"]), (None, [0.5, float("nan")], ["0.50", ""]),
    ],
)  # fmt: skip
def test_figures_are_written_by_what_they_are(unit, values, expected):
    """Counts and money from a thousand on are whole, shares percent, km have one decimal; empty stays empty."""
    assert expected == written(values, unit)
