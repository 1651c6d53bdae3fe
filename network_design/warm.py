"""Compile everything of network design that is compiled, ahead of its first use.

python -m network_design.warm
"""

from __future__ import annotations

from network_design.decomposition import warm as decomposition
from network_design.locate import warm as locate


def compile_all() -> None:
    """Solve small problems of all kinds; what that needs is then compiled and kept beside the sources."""
    for part in (locate, decomposition):
        part.compile_all()


if __name__ == "__main__":
    compile_all()
