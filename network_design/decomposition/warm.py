"""Compile the kernels of the decomposition ahead of their first use, so that no time budget pays for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from network_design.decomposition.ascent import begin
from network_design.decomposition.relaxation import Relaxation
from network_design.model.build import build_model
from retour.gate.design import load_design
from retour.samples.design import write_design_sample


def compile_all() -> None:
    """Price the small sample once; what that needs is then compiled and kept beside the source."""
    with tempfile.TemporaryDirectory() as folder:
        instance = load_design(write_design_sample("small", Path(folder) / "small", seed=1))
    begin(Relaxation([build_model(instance)], [1.0]))
