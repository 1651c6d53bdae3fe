"""The house rules that a reader relies on: arrows, solvers in their backends, names of files, the lock."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each part may import of the others: retour <- routing <- network_design <- service <- app.
ARROWS = {
    "retour": set(),
    "routing": {"retour"},
    "network_design": {"retour", "routing"},
    "service": {"retour", "routing", "network_design"},
    "app": {"retour", "routing", "network_design", "service"},
}

# The only files that may import a solver. A new backend adds its line here.
SOLVER_FILES = {
    "highspy": {"routing/decide/exact.py", "routing/pickup/bound_lp.py", "network_design/locate/facility/mip.py",
                "network_design/highs.py"},  # fmt: skip
    "ortools": {"routing/pickup/ortools_engine.py"},
    "pulp": {"routing/decide/rich_model.py"},
    "pyvrp": {"routing/pickup/pyvrp_engine.py"},
}

SCREEN = {"streamlit", "pydeck", "plotly"}
SLOW_TO_IMPORT = {"geopandas", "streamlit", "plotly", "ortools", "pyvrp", "highspy", "numba"}
NAMES_THAT_SAY_NOTHING = {"utils.py", "helpers.py", "common.py", "misc.py"}


def source_files() -> list[str]:
    """Every source file of the product, relative to the root, in order."""
    packages = [path for part in ARROWS for path in (ROOT / part).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in [*packages, *ROOT.glob("app.py")])


def part_of(file: str) -> str:
    """Name of the part a file belongs to: its package, or ``app``."""
    return file.split("/")[0].removesuffix(".py")


def imported_modules(file: str) -> Iterator[str]:
    """Dotted names a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def checkers(part: str) -> list[str]:
    """Files of a part's independent checker: ``check.py``, or all of ``check/``."""
    return [file for file in source_files() if file.startswith((f"{part}/check.py", f"{part}/check/"))]


def in_package(name: str, package: str) -> bool:
    """Whether a dotted name is a package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def imported_packages(file: str) -> set[str]:
    """First parts of the names a file imports."""
    return {name.split(".")[0] for name in imported_modules(file)}


@pytest.mark.parametrize("file", source_files())
def test_imports_follow_the_arrows(file):
    """No part imports a part above it, and nothing imports the app."""
    above = ARROWS.keys() - ARROWS[part_of(file)] - {part_of(file)}
    assert set() == imported_packages(file) & above


@pytest.mark.parametrize("part", ["routing", "network_design"])
def test_checkers_import_the_language_only(part):
    """A checker shares no code with the optimiser whose plans it judges."""
    own = f"{part}.check"
    names = {n for file in checkers(part) for n in imported_modules(file) if not in_package(n, own)}
    used = {name.split(".")[0] for name in names}
    assert set() == used & ((ARROWS.keys() | SOLVER_FILES.keys()) - {"retour"})


@pytest.mark.parametrize("solver", sorted(SOLVER_FILES))
def test_solvers_stay_in_their_backends(solver):
    """A solver library is imported by its own backend files and nowhere else."""
    users = {file for file in source_files() if solver in imported_packages(file)}
    assert set() == users - SOLVER_FILES[solver]


def test_screen_libraries_stay_at_the_doors():
    """Screen libraries appear in the app and in the service only."""
    users = {part_of(file) for file in source_files() if imported_packages(file) & SCREEN}
    assert users <= {"app", "service"}


@pytest.mark.skipif("service/cli.py" not in source_files(), reason="there is no command line yet")
def test_command_line_starts_light():
    """Asking the command for help loads no map, screen, chart or solver library."""
    code = "import service.cli, sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert set() == set(loaded.stdout.split()) & SLOW_TO_IMPORT


def test_file_names_say_what_is_inside():
    """No file is a drawer for whatever had no place."""
    assert [] == [file for file in source_files() if Path(file).name in NAMES_THAT_SAY_NOTHING]


def test_every_library_used_is_declared():
    """Whatever the product imports is the product's own, the standard library or a declared dependency."""
    declared = {name.replace("-", "_") for name in declared_dependencies()}
    used = {package for file in source_files() for package in imported_packages(file)}
    assert set() == used - declared - ARROWS.keys() - sys.stdlib_module_names


def test_lock_covers_the_dependencies_and_names_no_address():
    """The lock pins every declared dependency, with hashes, and says nothing about where it was resolved."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock, flags=re.MULTILINE))
    assert set() == declared_dependencies() - pinned
    assert "://" not in lock


def declared_dependencies() -> set[str]:
    """Names of the libraries that ``pyproject.toml`` declares for the product, those of its extras too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    return {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in [*project["dependencies"], *extras]}
