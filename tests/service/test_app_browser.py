"""The app in a real headless Chromium: pages open, a night is planned, clicks land, nothing leaves the machine."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service import colours
from service.store import list_runs, publish

sync_api = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright (make env)")
Image = pytest.importorskip("PIL.Image", reason="the map test finds points by colour with pillow (make env)")

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HERE = {"localhost", "127.0.0.1"}
PATIENCE_MS = 120_000
HEADER_PX, ROW_PX, MARK_PX = 36, 31, 20

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium, or set CHROMIUM=/path"),
]


def free_port():
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(address, server):
    """Return when the server answers; fail when it ended or stays silent."""
    for _ in range(240):
        assert server.poll() is None, "the app's server ended early"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise AssertionError("the app's server did not answer")


@pytest.fixture(scope="module")
def serve():
    """Start the app over a store and return its address; every server ends with the module."""
    servers = []

    def start(runs):
        port = free_port()
        command = [
            sys.executable, "-m", "streamlit", "run", "app.py",
            "--server.port", str(port), "--server.address", "127.0.0.1",
        ]  # fmt: skip
        environment = {**os.environ, "RETOUR_RUNS": str(runs)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        servers.append(subprocess.Popen(command, cwd=ROOT, env=environment, **quiet))
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(address, servers[-1])
        return address

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store that two hand-written nights are put into."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def app(serve, store):
    """The app over the store of hand-written nights."""
    return serve(store)


@pytest.fixture
def two_nights(store, plan, asked, tiny, sound):
    """The store holds two nights of tiny."""
    for _ in range(2 - len(list_runs(store))):
        publish(store, plan, asked=asked, instance=tiny, violations=sound)


@pytest.fixture(scope="module")
def chromium():
    """One headless browser for the module."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A fresh tab; at its end no request may have gone to another machine and no page may show an exception."""
    page = chromium.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    yield page
    exceptions = page.get_by_test_id("stException").count()
    page.close()
    strangers = {
        a for a in addresses if urlsplit(a).scheme.startswith(("http", "ws")) and urlsplit(a).hostname not in HERE
    }
    assert (set(), 0) == (strangers, exceptions)


def select_row(tab, key, row):
    """Click the mark of a row of the table whose key starts with `key`."""
    grid = tab.locator(f"[class*='st-key-{key.replace('.', '-')}'] canvas").first
    grid.wait_for()
    tab.wait_for_timeout(1000)
    box = grid.bounding_box()
    tab.mouse.click(box["x"] + MARK_PX, box["y"] + HEADER_PX + ROW_PX * row + ROW_PX / 2)


def places_of(tab, box, colour):
    """Places inside a box of the screen that show a colour, a few steps apart."""
    screen = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    wanted = colours.rgba(colour)[:3]
    xs = range(int(box["x"]), int(box["x"] + box["width"]), 3)
    ys = range(int(box["y"]), int(min(box["y"] + box["height"], screen.height)), 3)
    close = [
        (x, y)
        for x in xs
        for y in ys
        if all(abs(a - b) < 14 for a, b in zip(screen.getpixel((x, y)), wanted, strict=True))
    ]
    return close[:: max(1, len(close) // 12)]


def click_slowly(tab, x, y):
    """Move, wait, press, hold, release: deck.gl loses a bare click."""
    tab.mouse.move(x - 2, y)
    tab.mouse.move(x, y)
    tab.wait_for_timeout(500)
    tab.mouse.down()
    tab.wait_for_timeout(60)
    tab.mouse.up()


def test_every_page_opens_from_the_navigation(tab, app, two_nights):
    """Tonight, Returns and Runs show the open night; a search is still there when one comes back."""
    tab.goto(app)
    tab.get_by_text("Net gain").wait_for()
    tab.get_by_role("link", name="Returns").click()
    tab.get_by_text("Returns of tiny").wait_for()
    search = tab.get_by_placeholder("Return, order")
    search.fill("armchair")
    search.press("Enter")
    tab.get_by_text("1 of 5 returns").wait_for()
    tab.get_by_role("link", name="Runs").click()
    tab.get_by_text("Select one run to open it").wait_for()
    tab.get_by_role("link", name="Returns").click()
    tab.get_by_text("1 of 5 returns").wait_for()


def test_every_tab_of_tonight_opens(tab, app, two_nights):
    """Points, ledger, limits, promises and files are one click away."""
    tab.goto(app)
    expected = {
        "Timeline": "unloading",
        "Points": "Must be emptied",
        "Ledger": "In all −€52.06",
        "Scarce limits": "What one more unit",
        "Promises": "found every promise kept",
        "Downloads": "Workbook, Excel",
    }
    for name, says in expected.items():
        tab.get_by_role("tab", name=name).click()
        tab.get_by_text(says).first.wait_for()


def test_a_click_on_the_map_opens_the_point(tab, app, two_nights):
    """A click on the only large dot, P3, shows its forecast and van; a return that goes there is one click away."""
    tab.goto(app)
    canvas = tab.locator(".st-key-tonight-map-frame canvas").first
    canvas.wait_for()
    tab.wait_for_timeout(5000)
    opened = tab.get_by_text("Leaving it costs")
    for x, y in places_of(tab, canvas.bounding_box(), colours.CALM):
        click_slowly(tab, x, y)
        tab.wait_for_timeout(2500)
        if opened.count():
            break
    assert 1 == opened.count()
    tab.get_by_text("Emptied tonight", exact=True).wait_for()
    select_row(tab, "tonight.coming", 0)
    tab.get_by_text("Returns of tiny").wait_for()
    tab.locator(".receipt").wait_for()


def test_a_clicked_return_shows_its_priced_parts(tab, app, two_nights):
    """Selecting the first return tells its way and what each step costs, down to the total."""
    tab.goto(f"{app}/returns")
    select_row(tab, "returns.table", 0)
    receipt = tab.locator(".receipt")
    receipt.wait_for()
    lines = receipt.inner_text()
    assert all(part in lines for part in ("Recovered value", "Commission", "Carbon at its price", "−€36.50"))
    assert 4 == tab.locator(".way .step").count()


def test_two_runs_stand_side_by_side(tab, app, two_nights):
    """Two selected runs are compared; one can be opened."""
    tab.goto(f"{app}/runs")
    select_row(tab, "runs.table", 0)
    tab.get_by_role("button", name="Open this run").wait_for()
    select_row(tab, "runs.table", 1)
    tab.get_by_text("Side by side").wait_for()


def test_a_newcomer_plans_the_first_night(tab, serve, tmp_path):
    """From an empty store: choose tiny, press Plan, wait for the end; the night is open, checked and explained."""
    tab.goto(serve(tmp_path))
    tab.get_by_text("Plan your first night").wait_for()
    chooser = tab.locator(".st-key-plan-network input")
    chooser.fill("data/tiny")
    chooser.press("Enter")
    seconds = tab.locator(".st-key-plan-budget input")
    seconds.fill("5")
    seconds.press("Enter")
    tab.locator(".st-key-plan-go button").click()
    tab.get_by_text("Saved against fixed rules").first.wait_for()
    tab.get_by_text("no promise broken").wait_for()
    assert [True] == list_runs(tmp_path)["feasible"].tolist()
    tab.get_by_role("link", name="Returns").click()
    select_row(tab, "returns.table", 0)
    tab.locator(".receipt").wait_for()
    tab.get_by_text("What would change it").wait_for()
    tab.locator(".changes p").first.wait_for()
    tab.get_by_text("points.reach_m, policy reach").first.wait_for()
