"""What is repeated for a lost partition brings it to where it was, and nothing more is."""

from __future__ import annotations

from routing.decide.scale.replay import Change, with_change


def after(*methods: str) -> list[str]:
    """The methods still repeated after these calls."""
    log: list[Change] = []
    for method in methods:
        log = with_change(log, (method, ()))
    return [name for name, _ in log]


def test_a_new_auction_voids_the_last():
    """Room is allotted anew from nothing: what was bid before does not matter."""
    assert ["furnish", "clear", "contend", "bid"] == after(
        "furnish", "clear", "contend", "bid", "bid", "link_up", "settle", "clear", "contend", "bid"
    )


def test_a_remembered_plan_is_made_again():
    """A plan that is kept to come back to survives the next auction."""
    plan = ("clear", "contend", "bid", "link_up", "settle", "remember")
    assert ["furnish", *plan, "clear", "bid"] == after("furnish", *plan, "clear", "contend", "clear", "bid")


def test_only_the_last_remembered_plan_is_made_again():
    """Remembering a better plan forgets the first."""
    first, better = ("clear", "bid", "remember"), ("clear", "contend", "link_up", "remember")
    assert ["furnish", *better] == after("furnish", *first, *better)


def test_coming_back_voids_what_came_after():
    """Once the remembered plan is the plan again, later attempts do not matter."""
    assert ["furnish", "clear", "settle", "remember", "recall"] == after(
        "furnish", "clear", "settle", "remember", "clear", "bid", "settle", "recall"
    )


def test_comparators_do_not_touch_the_plan():
    """Turns of the next comparator void those of the last, not the plan."""
    plan = ("furnish", "clear", "bid", "remember", "recall")
    assert [*plan, "begin_turns", "take_turns"] == after(
        *plan, "begin_turns", "take_turns", "take_turns", "begin_turns", "take_turns"
    )
