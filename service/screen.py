"""Starts the app: Streamlit on this machine only, with nothing sent anywhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from retour.errors import BackendError

APP = Path(__file__).resolve().parents[1] / "app.py"


def serve_app(*, port: int, runs: Path) -> NoReturn:
    """Become the app's server over the store `runs`: this process serves until it is stopped.

    Raises BackendError when the app is not installed.
    """
    if not APP.is_file():
        raise BackendError(f"The app is not installed: {APP} is missing. Install the project again.")
    command = [
        sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    os.execve(sys.executable, command, {**os.environ, "RETOUR_RUNS": str(runs.resolve())})
