"""`retour import points`: a foreign point list and a mapping become a network folder."""

from __future__ import annotations

from pathlib import Path

from retour.errors import InputError, Issue
from retour.policy import NetworkSettings
from service.importing import demand
from service.importing.assemble import SIZES, network_tables
from service.importing.mapping import Mapping, read_mapping
from service.importing.point_rows import read_points
from service.importing.publishing import ImportSummary, Origin, counts, publish_network
from service.importing.residents import Residents, read_residents


def import_points(file: Path | str, out: Path | str, *, mapping: Path | str, seed: int = 0) -> ImportSummary:
    """Turn the point list `file` into the network folder `out` as `mapping` (a TOML file) says.

    Same file, mapping and seed give the same folder, byte for byte. Raises InputError with every bad row or setting;
    nothing is written then.
    """
    file, out, mapping_file = Path(file), Path(out), Path(mapping)
    said = read_mapping(mapping_file)
    _check_names(said, mapping_file.name)
    rows = read_points(file, said)
    if rows.points.empty:
        raise InputError([Issue(file.name, None, None, "no point is left; check keep, box and the rejected rows")])
    residents = [read_residents(r, folders=(mapping_file.parent, file.parent)) for r in said.demand.residents]
    tables = network_tables(rows, residents, said, seed=seed)
    origin = _origin(file, mapping_file, said, residents, seed)
    publish_network(out, tables, _settings(said, origin), said.policy, origin, rejected=rows.rejects.table())
    return ImportSummary(
        out=out, source=file.name, rows_read=rows.read, rows_filtered=rows.left_out, rejected=rows.rejects.table(),
        counts=counts(tables), notes=tuple(origin.generated),
    )  # fmt: skip


def _check_names(said: Mapping, file: str) -> None:
    where = {
        "demand.leave_out": demand.unknown_classes(said.demand),
        "points.compartments": [f"unknown size {s!r}; use S, M, L" for s in said.points.compartments if s not in SIZES],
        "points.compartment_columns": [
            f"unknown size {s!r}; use S, M, L" for s in said.points.compartment_columns if s not in SIZES
        ],
        "vans.at_hub": [
            f"unknown hub {h!r}" for h in said.vans.at_hub
            if said.hubs.listed and h not in {p.id for p in said.hubs.listed}
        ],
    }  # fmt: skip
    issues = [Issue(file, None, place, sentence) for place, sentences in where.items() for sentence in sentences]
    if issues:
        raise InputError(issues)


def _settings(said: Mapping, origin: Origin) -> NetworkSettings:
    told = [said.network.description, "Generated, not observed: " + "; ".join(origin.generated)]
    return NetworkSettings(
        name=said.network.name, tonight=said.network.night, country=said.network.country, travel=said.network.travel,
        description=" ".join(t for t in told if t), attribution=said.network.attribution,
    )  # fmt: skip


def _origin(file: Path, mapping: Path, said: Mapping, residents: list[Residents], seed: int) -> Origin:
    observed = ["points: names and coordinates"]
    observed += ["points: kind"] if said.points.kind_from else []
    observed += ["hours: opening hours by weekday"] if said.points.hours else []
    observed += ["compartments"] if said.points.compartment_columns else []
    observed += [f"residents: {r.file}, {len(r.places)} places" for r in residents]
    where = "residents of the nearest place" if residents else "points, all alike"
    generated = [
        f"returns: {said.demand.returns} drawn with seed {seed}, customers around the points, shared out by {where}",
        "arrivals and fill: drawn with the same seed",
        f"hubs: {'typed in' if said.hubs.listed else 'placed by k-means on the demand'}",
        "sites, processes, lanes, vans: templates and rates",
        f"travel: great circle x {said.network.travel.circuity:g} at {said.network.travel.speed_kmh:g} km/h",
    ]
    generated += ["compartments: the same for every locker"] if said.points.compartments else []
    generated += [
        f"{r.left_out} places of {r.file} left out: no coordinates or residents" for r in residents if r.left_out
    ]
    generated += [f"coordinates of {r.table}: {r.coordinates}" for r in said.demand.residents if r.coordinates]
    return Origin(file, mapping, seed, observed, generated, said.network.attribution, said.network.licence)
