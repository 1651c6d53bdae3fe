"""Every page draws every kind of run without a browser: whole nights, decisions alone, broken and degraded plans."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from retour.plan import shaped
from service.manifest import OverrideRecord, ReplannedRecord
from service.override_words import as_options
from service.store import publish

PAGES = ("tonight", "returns", "runs")


def open_page(name):
    """Run one page as the app would; the time limit is for a busy machine."""
    script = f"from service.views import {name}\n{name}.page()\n"
    return AppTest.from_string(script, default_timeout=60).run()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty run store that the app uses."""
    monkeypatch.setenv("RETOUR_RUNS", str(tmp_path))
    return tmp_path


def texts(app):
    """Everything a page says in words."""
    elements = [*app.header, *app.markdown, *app.caption, *app.info, *app.error, *app.warning, *app.success]
    return " ".join(str(e.value) for e in elements)


@pytest.mark.parametrize(
    ("name", "says"),
    [("tonight", "Plan your first night"), ("returns", "no return is decided"), ("runs", "No run is stored")],
)
def test_empty_store_tells_the_newcomer_what_to_do(store, name, says):
    """Without a run every page says what to do next."""
    app = open_page(name)
    assert says in texts(app) and not app.exception


def test_newcomer_finds_the_city_chosen(store):
    """The form offers data/city first, so that one click plans."""
    app = open_page("tonight")
    assert "data/city" == app.selectbox(key="plan.network").value
    assert not app.button(key="plan.go").disabled


@pytest.mark.parametrize("name", PAGES)
def test_pages_draw_a_whole_night(store, plan, asked, tiny, sound, name):
    """A sound night opens on every page."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    assert not open_page(name).exception


@pytest.mark.parametrize("name", PAGES)
def test_pages_draw_decisions_alone(store, plan, asked, tiny, sound, name):
    """A run without vans opens too: no map, no points, no vans."""
    nothing = {n: shaped(n, pd.DataFrame()) for n in ("visits", "stops", "routes")}
    publish(store, replace(plan, **nothing), asked=replace(asked, kind="decide"), instance=tiny, violations=sound)
    assert not open_page(name).exception


def test_tonight_opens_the_newest_plan(store, plan, asked, tiny, sound):
    """Decisions stored later, without vans, do not take the place of the night's plan; both kinds are listed."""
    night = publish(store, plan, asked=asked, instance=tiny, violations=sound)
    nothing = {n: shaped(n, pd.DataFrame()) for n in ("visits", "stops", "routes")}
    publish(store, replace(plan, **nothing), asked=replace(asked, kind="decide"), instance=tiny, violations=sound)
    assert f"run {night.id}" in texts(open_page("tonight"))
    assert ["decide", "plan"] == open_page("runs").dataframe[0].value["kind"].tolist()


def test_tonight_shows_figures_and_alerts(store, plan, asked, tiny, sound):
    """The gain, what it saves, and the sentence that needs an eye."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = open_page("tonight")
    figures = {m.label: m.value for m in app.metric}
    assert ("€52.06", "€46.25", "2") == (
        figures["Net gain"],
        figures["Saved against fixed rules"],
        figures["Points emptied"],
    )
    assert "P2 is left and overflows with a chance of 60%." in texts(app)


def test_tonight_shows_broken_promises_and_why_it_is_degraded(store, degraded_plan, asked, tiny, broken):
    """The checker's verdict and the fallback's reason are on the first screen."""
    publish(store, degraded_plan, asked=asked, instance=tiny, violations=broken)
    app = open_page("tonight")
    assert "The engine failed; routes come from the savings heuristic." in texts(app)
    assert "1 promise broken" in {m.delta for m in app.metric}


def test_returns_are_found_and_counted(store, plan, asked, tiny, sound):
    """A search says how many of all returns it found."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = open_page("returns")
    assert "5 returns" in texts(app)
    app.text_input(key="returns.text").set_value("armchair").run()
    assert "1 of 5 returns" in texts(app)


def test_a_chosen_return_tells_its_story(store, plan, asked, tiny, sound):
    """What was chosen on another page opens here: cost, reason and clock of R01."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = AppTest.from_string("from service.views import returns\nreturns.page()\n", default_timeout=60)
    app.session_state["session.return"] = "R01"
    said = texts(app.run())
    assert "**Gains €36.50 all in, 0.20 kg CO2e.** Best of three" in said
    assert not app.exception


def test_a_denied_return_names_rule_and_source(store, plan, asked, tiny, sound):
    """The customer's answer is the rule with its source."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = AppTest.from_string("from service.views import returns\nreturns.page()\n", default_timeout=60)
    app.session_state["session.return"] = "R11"
    assert "Directive 2011/83/EU" in texts(app.run())


def test_changes_are_gathered_and_start_a_job(store, plan, asked, tiny, sound, monkeypatch):
    """A stop moved and a van lost, as the options of `retour replan`; nothing can be planned again before."""
    from service.views import replan_form

    started = []
    monkeypatch.setattr(replan_form, "start_replan", lambda asked, **_: started.append(asked) or replan_form.st.stop())
    run = publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = open_page("tonight")
    assert app.button(key="replan.go").disabled
    app.selectbox(key="replan.stop").set_value("P3")
    app.selectbox(key="replan.kind").set_value("lock").run()
    app.button(key="replan.add_stop").click().run()
    app.button(key="replan.add_van").click().run()
    assert not app.button(key="replan.go").disabled
    app.button(key="replan.go").click().run()
    assert not app.exception
    assert (run.id, ["--lock=P3", "--lose=V1"]) == (started[0].run, as_options(started[0].words))


def test_the_price_of_every_change_is_shown(store, plan, asked, tiny, sound):
    """A plan made again says what was changed and what that costs."""
    override = OverrideRecord(
        kind="lock", stop="P3", van=None, van_type=None, words="stop P3 stays on its van", price_eur=4.5,
        at_most_eur=None,
    )  # fmt: skip
    replanned = ReplannedRecord(
        run_id="before", overrides=(override,), price_eur=4.5, price_at_most_eur=None, stability_per_stop_eur=1.0,
        changed_van=2, reordered=0, retimed=1, changes=("P2 goes from V1 to V2.",),
    )  # fmt: skip
    publish(store, plan, asked=asked, instance=tiny, violations=sound, replanned=replanned)
    app = open_page("tonight")
    assert "stop P3 stays on its van: **about +€4.50**" in texts(app)
    assert "2 stops changed vans" in texts(app)
    assert not app.exception
