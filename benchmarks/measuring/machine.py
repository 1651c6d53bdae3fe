"""What the measurements were made on."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

LIBRARIES = ("highspy", "ortools", "numba", "numpy", "scipy", "pandas")
GB = 2**30
LOOK_S = 1.0
ROOT = Path(__file__).resolve().parents[2]


def machine(libraries: Iterable[str] = LIBRARIES) -> dict[str, Any]:
    """Return processor, cores, memory, Python, libraries, and the commit of the code ('+' where files differ)."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / GB),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in libraries},
        "commit": (_git("rev-parse", "--short", "HEAD") or "unknown")
        + ("+" if _git("status", "--porcelain", "-uno") else ""),
    }


def busy_percent() -> float:
    """Return how busy all cores are with other processes, watched for a second."""
    return psutil.cpu_percent(interval=LOOK_S)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _git(*words: str) -> str:
    answer = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return answer.stdout.strip()
