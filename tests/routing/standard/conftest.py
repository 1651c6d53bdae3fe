"""Tiny instance files of every kind, made here, and the benchmark files where they are at hand."""

from pathlib import Path

import pytest

from routing.standard import read_standard

SQUARE = "NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 3 8\n4 -3 4\n5 0 -5\n"
DEMAND = "DEMAND_SECTION\n1 0\n2 2\n3 3\n4 4\n5 1\n"
WINDOWS = "TIME_WINDOW_SECTION\n1 0 100\n2 10 20\n3 0 30\n4 0 60\n5 0 90\n"
DEPOT = "DEPOT_SECTION\n1\n-1\nEOF\n"


def header(kind: str, **more: object) -> str:
    """The first lines of a file with a depot and four clients."""
    lines = {"NAME": "square", "TYPE": kind, "DIMENSION": 5, "EDGE_WEIGHT_TYPE": "EUC_2D", **more}
    return "".join(f"{key} : {value}\n" for key, value in lines.items())


TEXTS = {
    "CVRP": header("CVRP", CAPACITY=6) + SQUARE + DEMAND + DEPOT,
    "VRPTW": header("VRPTW", VEHICLES=3, CAPACITY=6, SERVICE_TIME=1) + SQUARE + DEMAND + WINDOWS + DEPOT,
    "PCVRPTW": header("PCVRPTW", VEHICLES=2, CAPACITY=6, SERVICE_TIME=1) + SQUARE + DEMAND + WINDOWS
    + "PRIZE_SECTION\n1 0\n2 0\n3 5\n4 5\n5 5\n" + DEPOT,
    "HFVRP": header("HFVRP", VEHICLES=3) + SQUARE + DEMAND + "CAPACITY_SECTION\n1 4\n2 4\n3 8\n"
    + "VEHICLES_FIXED_COST_SECTION\n1 2\n2 2\n3 3\nVEHICLES_UNIT_DISTANCE_COST_SECTION\n1 1\n2 1\n3 2\n" + DEPOT,
    "MDVRPTW": header("MDVRPTW", VEHICLES=2, CAPACITY=6, VEHICLES_MAX_DURATION=40, SERVICE_TIME=1) + SQUARE
    + "DEMAND_SECTION\n1 0\n2 0\n3 3\n4 4\n5 1\n"
    + "TIME_WINDOW_SECTION\n1 0 100\n2 0 100\n3 50 60\n4 0 60\n5 0 90\n"
    + "VEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION\n1\n2\nEOF\n",
    "SDVRPTW": header("SDVRPTW", VEHICLES=2, CAPACITY=10, SERVICE_TIME=1) + SQUARE + DEMAND + WINDOWS
    + "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 3 4 5\nEOF\n",
    "MTVRPTWR": header("MTVRPTWR", VEHICLES=1, CAPACITY=6, SERVICE_TIME=1) + SQUARE + DEMAND
    + "TIME_WINDOW_SECTION\n1 0 200\n2 0 100\n3 0 100\n4 0 150\n5 0 190\n"
    + "RELEASE_TIME_SECTION\n1 0\n2 0\n3 5\n4 7\n5 0\nVEHICLES_RELOAD_DEPOT_SECTION\n1 1\n" + DEPOT,
    "VRPB": header("VRPB", CAPACITY=6) + SQUARE + "DEMAND_SECTION\n1 0\n2 2\n3 3\n4 0\n5 0\n"
    + "BACKHAUL_SECTION\n1 0\n2 0\n3 0\n4 4\n5 1\n" + DEPOT,
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """Write a file's text and return its path."""

    def write(text: str, name: str = "square.vrp") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def square(written):
    """The tiny instance of a kind, or of a changed text of it."""

    def make(kind: str, *changes: tuple[str, str], **options):
        text = TEXTS[kind]
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return read_standard(written(text), **options)

    return make


@pytest.fixture(scope="session")
def benchmark_files(request) -> Path:
    """Folder of the public benchmark files, beside the repository."""
    folder = request.config.rootpath.parent / "shared" / "benchmarks" / "vrp"
    if not folder.is_dir():
        pytest.skip(f"the public benchmark files are not at {folder}")
    return folder
