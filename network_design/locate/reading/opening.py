"""Open a standard file, gzipped or plain, and what every reader says when it cannot."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from retour.errors import InputError, Issue

GZIP_MAGIC = b"\x1f\x8b"


class MissingOption(InputError):  # noqa: N818 -- it is an InputError with the option to give
    """A figure that the file does not hold must come with the command: `option` is its name, `--p` for example."""

    def __init__(self, option: str, *, table: str, why: str) -> None:
        self.option = option
        super().__init__([Issue(table, None, None, f"{why}; give it with {option}.")])


def read_text(path: Path | str) -> str:
    """Return the text of a file, unpacked where it is gzipped (told by its first bytes, not by its name).

    Raises `InputError` where it cannot be read or is no text.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError([Issue(path.name, None, None, f"cannot be read: {_reason(error)}.")]) from None


def instance_name(path: Path | str) -> str:
    """Return the name of the instance in a file: the file's name without `.gz` and one more ending."""
    name = Path(path).name
    return Path(name.removesuffix(".gz")).stem or name


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return "it is gzipped, and damaged or cut short"
    return getattr(error, "strerror", None) or str(error)
