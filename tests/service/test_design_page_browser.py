"""The Design and Compare pages in a real headless Chromium."""

import pytest

from service.views.design_loaded import stored_designs
from tests.service.designs import small_design
from tests.service.test_app_browser import CHROMIUM, chromium, serve, tab  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium, or set CHROMIUM=/path"),
]


def test_a_network_is_designed_again_and_compared(tab, serve, tmp_path):  # noqa: F811
    """Every tab opens; a design started on the page is stored and opened; both stand side by side."""
    small_design(tmp_path)
    address = serve(tmp_path / "runs")
    tab.goto(f"{address}/design")
    tab.get_by_text("Proven best: no design").wait_for()
    expected = {"Flows": "In tonnes", "Costs": "From the ledger", "What is open": "Open at some time",
                "How near": "Of what arises", "Promises": "every promise kept",
                "Downloads": "Workbook, Excel"}  # fmt: skip
    for name, says in expected.items():
        tab.get_by_role("tab", name=name).click()
        tab.get_by_text(says).first.wait_for()
    tab.get_by_role("button", name="Design a network").click()
    tab.locator(".st-key-design-go button").click()
    tab.locator(".st-key-design-progress").wait_for()
    tab.locator(".st-key-design-progress").wait_for(state="detached")
    assert 2 == len(stored_designs(tmp_path / "runs"))
    tab.get_by_role("link", name="Compare").click()
    tab.get_by_text("Decisions that differ (0)").wait_for()
