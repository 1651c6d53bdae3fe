"""Starts the app: Streamlit on this machine only, with nothing sent anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from retour.errors import BackendError

APP = Path(__file__).resolve().parents[1] / "app.py"


def serve_app(*, port: int, runs: Path) -> int:
    """Serve the app over the store `runs` until it is stopped; return the server's exit code."""
    if not APP.is_file():
        raise BackendError(f"The app is not installed: {APP} is missing. Install the project again.")
    command = [
        sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    try:
        return subprocess.run(command, env={**os.environ, "RETOUR_RUNS": str(runs.resolve())}, check=False).returncode
    except KeyboardInterrupt:
        return 0
