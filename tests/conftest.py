"""Named networks every test may use: the committed samples, loaded once through the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from retour import Instance, load_network

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def tiny() -> Instance:
    """Twelve returns around Lyon that can be planned by hand."""
    return load_network(DATA / "tiny")


@pytest.fixture(scope="session")
def city() -> Instance:
    """Nine hundred returns in Lyon, tuned so that choices bind."""
    return load_network(DATA / "city")
