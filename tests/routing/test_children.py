"""Whatever ends a command ends what it started, at once and without a word."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

SEARCHES_FOR_LONG = """
import signal

from routing.standard import read_standard
from routing.standard.solve import solve_standard

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background has it ignored
    solve_standard(read_standard("circle.vrp"), seed=1, budget_s=300)
"""
PATIENCE_S = 60


@pytest.fixture
def search(tmp_path):
    """A search of five minutes in a process of its own, which has started another."""
    size = 200
    places = "".join(f"{node} {node * node % 97} {node * 31 % 89}\n" for node in range(1, size + 1))
    loads = "".join(f"{node} {(node > 1) * (1 + node % 5)}\n" for node in range(1, size + 1))
    (tmp_path / "circle.vrp").write_text(
        f"TYPE : CVRP\nDIMENSION : {size}\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 20\n"
        f"NODE_COORD_SECTION\n{places}DEMAND_SECTION\n{loads}DEPOT_SECTION\n1\n-1\nEOF\n",
        encoding="utf-8",
    )
    (tmp_path / "search.py").write_text(SEARCHES_FOR_LONG, encoding="utf-8")
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen([sys.executable, "search.py"], cwd=tmp_path, stdout=said, stderr=said)
        yield process
        process.kill()
        process.wait()


def started_by(process: subprocess.Popen) -> list[psutil.Process]:
    """Wait for the process that solves; everything that was started."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        children = psutil.Process(process.pid).children(recursive=True)
        if any("spawn_main" in " ".join(child.cmdline()) for child in children):
            return children
        time.sleep(0.1)
    raise AssertionError("nothing was started")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_goes_on_after_its_parent(search, by):
    """Interrupted, asked to end or killed: the processes of a search end with it, long before its time is up."""
    children = started_by(search)
    search.send_signal(by)
    search.wait(PATIENCE_S)
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert [] == alive


def test_an_interruption_is_told_once(search, tmp_path):
    """Ctrl-C reaches every process of the terminal; only the first one speaks of it."""
    children = started_by(search)
    for process in (search, *children):
        process.send_signal(signal.SIGINT)
    search.wait(PATIENCE_S)
    assert 1 == (tmp_path / "said").read_text(encoding="utf-8").count("Traceback")
