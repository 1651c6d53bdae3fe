"""Whether runs can be stored in a folder, told before any time is spent on making one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from retour.errors import InputError, Issue

TEMPORARY = ".tmp-"


def require_writable(root: Path) -> None:
    """Raise InputError naming `root` when no run can be stored there; leaves nothing behind, not even `root`."""
    try:
        existing = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=existing):
            pass
    except OSError as error:
        raise no_run(f"no run can be stored in {root} ({error.strerror}); give a folder you may write to.") from None


def no_run(sentence: str) -> InputError:
    """Return the error for a run that cannot be stored or found."""
    return InputError([Issue("runs", None, None, sentence)])
