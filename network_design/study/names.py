"""What may be wrong with a study: names that the network does not know, and figures that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from network_design.greenfield.defects import greenfield_issues
from network_design.study.changes import CHANGEABLE, DISTANCES, SELECTORS, rows_of, selected, selector_column
from network_design.study.settings import Change, Levers, Study
from retour.design import DesignInstance
from retour.errors import Issue
from retour.gate.text import did_you_mean, nth
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import PlaceStatus

NEAR_ONE = 1e-6
RESERVED = ("all futures", "expected figures", "as it is")


def study_issues(study: Study, instance: DesignInstance, file: str) -> list[Issue]:
    """Return every defect of a study, each with the place in the file, what was found and the next step."""
    issues = [*_twice(study, file), *_probabilities(study, file)]
    for where, levers in _levers(study):
        issues += check_levers(levers, instance, file, where)
    for where, change in _changes(study):
        issues += check_change(change, instance, file, where)
    for scenario in study.scenarios:
        for table in scenario.tables:
            if table not in DESIGN_TABLES:
                where = f"scenarios.{scenario.id}.tables"
                issues.append(_unknown(file, where, "table", table, DESIGN_TABLES))
    issues += _gas(study, instance, file)
    if study.greenfield is not None:
        issues += greenfield_issues(study.greenfield, instance, file)
    return issues


def check_levers(levers: Levers, instance: DesignInstance, file: str, where: str) -> list[Issue]:
    """Places and groups must be known, and no place both open and closed; what is always there cannot be closed."""
    places = instance.tables["places"].set_index("place_id")
    named = {"must_open": levers.must_open, "must_close": levers.must_close, "forbidden": levers.forbidden}
    issues = [
        _unknown(file, f"{where}.{lever}", "place", place, places.index)
        for lever, ids in named.items() for place in ids if place not in places.index
    ]  # fmt: skip
    for place in sorted(set(levers.must_open) & {*levers.must_close, *levers.forbidden}):
        issues.append(Issue(file, None, where, f"{place!r} must be open and closed; take it out of one of the lists"))
    sized = set(instance.tables["capacities"]["place_id"])
    for lever in ("must_close", "forbidden"):
        for place in named[lever]:
            if place in places.index and (place not in sized or places.at[place, "status"] == PlaceStatus.ALWAYS):
                message = f"{place!r} is always there; give it the status EXISTING and a size in capacities to close it"
                issues.append(Issue(file, None, f"{where}.{lever}", message))
    groups = {*places["group_id"].dropna(), *places["kind"]}
    for count in levers.counts:
        if count.group not in groups:
            issues.append(_unknown(file, f"{where}.counts", "group or kind", count.group, groups))
        if count.most is not None and count.most < count.least:
            message = f"at most {count.most} and at least {count.least} places of {count.group!r}; raise most"
            issues.append(Issue(file, None, f"{where}.counts", message))
    if levers.from_period > instance.periods:
        message = f"found {levers.from_period}; the network has {instance.periods} periods"
        issues.append(Issue(file, None, f"{where}.from_period", message))
    return issues


def check_change(change: Change, instance: DesignInstance, file: str, where: str) -> list[Issue]:
    """Table, column and selection must be known; exactly one way of changing; something must be changed."""
    if change.table not in CHANGEABLE:
        return [_unknown(file, where, "table that may be changed", change.table, CHANGEABLE)]
    if change.column not in CHANGEABLE[change.table]:
        known = [c for c in CHANGEABLE[change.table] if c]
        return [_unknown(file, where, f"column of {change.table} that may be changed", change.column, known)]
    given = [v for v in (change.factor, change.add, change.set) if v is not None]
    wanted = "factor" if change.table == DISTANCES else "exactly one of factor, add and set"
    if len(given) != 1 or (change.table == DISTANCES and change.factor is None):
        return [Issue(file, None, where, f"give {wanted}")]
    unknown = [s for s in SELECTORS if getattr(change, s) is not None and selector_column(change, s) is None]
    if unknown:
        return [Issue(file, None, where, f"{change.table} cannot be selected by {unknown[0]}; leave it out")]
    return _about_nothing(change, instance, file, where)


def _about_nothing(change: Change, instance: DesignInstance, file: str, where: str) -> list[Issue]:
    """Rows must be selected, and what becomes of them must be allowed by the table."""
    if change.table == DISTANCES:
        return []
    table = rows_of(instance, change)
    rows = selected(instance, table, change)
    if not rows.any():
        return [Issue(file, None, where, f"no row of {change.table} is selected; correct the names or leave it out")]
    if change.table == "capacities" and change.column == "size_t" and change.period is not None:
        return [Issue(file, None, where, "a size holds in every period; leave out period")]
    low = DESIGN_TABLES[change.table].column(change.column).low
    figures = table.loc[rows, change.column].to_numpy(float)
    least = change.set if change.set is not None else (figures + (change.add or 0.0)).min()
    if low is not None and least < low:
        message = f"{change.table}.{change.column} becomes {least:g}; it must be {low:g} or more"
        return [Issue(file, None, where, message)]
    return []


def _levers(study: Study) -> Iterator[tuple[str, Levers]]:
    yield "levers", study.levers
    for option in study.designs:
        yield f"designs.{option.id}.levers", option.levers


def _changes(study: Study) -> Iterator[tuple[str, Change]]:
    owners = [("", study.changes), *((f"scenarios.{s.id}.", s.changes) for s in study.scenarios)]
    for where, changes in owners:
        for number, change in enumerate(changes, start=1):
            yield f"{where}changes, {nth(number)} entry", change


def _twice(study: Study, file: str) -> Iterator[Issue]:
    """Designs and futures share one table, so each id stands once, and those that the study makes itself are taken."""
    ids = sorted([*(o.id for o in study.designs), *(s.id for s in study.scenarios), *RESERVED])
    for one, other in pairwise(ids):
        if one == other:
            yield Issue(file, None, "id", f"{one!r} is named twice, or is one of the study's own; give each its own id")


def _probabilities(study: Study, file: str) -> Iterator[Issue]:
    given = [s.probability for s in study.scenarios if s.probability is not None]
    if given and len(given) < len(study.scenarios):
        yield Issue(file, None, "scenarios", "some have a probability and some have none; give all or none")
    elif given and abs(sum(given) - 1) > NEAR_ONE:
        yield Issue(file, None, "scenarios", f"the probabilities add up to {sum(given):g}; they must add up to 1")
    if study.uncertainty is not None and not study.scenarios:
        yield Issue(file, None, "uncertainty", "there is no future to design for; add [[scenarios]]")


def _gas(study: Study, instance: DesignInstance, file: str) -> Iterator[Issue]:
    emitting = ("transport_emissions", "handling_emissions", "process_emissions")
    known = {gas for table in emitting for gas in instance.tables[table]["gas"]}
    named = [(f"{where}.carbon.gas", levers.carbon.gas) for where, levers in _levers(study) if levers.carbon]
    if study.front is not None and "emissions" in study.front.aims:
        named.append(("front.gas", study.front.gas))
    for where, gas in named:
        if gas not in known:
            yield _unknown(file, where, "gas", gas, known)


def _unknown(file: str, where: str, what: str, name: str, known: Iterable[str]) -> Issue:
    names = [str(k) for k in known]
    guess = did_you_mean(name, names) or f"; known: {', '.join(names[:8])}"
    return Issue(file, None, where, f"unknown {what} {name!r}{guess}")
