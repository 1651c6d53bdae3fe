"""A foreign point list becomes a network that the gate accepts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from retour import load_network
from retour.errors import InputError
from service.importing import import_file, import_points


def brought_in(folder: Path, *, name: str = "points.csv", out: str = "net"):
    """Import and load."""
    import_points(folder / name, folder / out, mapping=folder / "mapping.toml", seed=3)
    return load_network(folder / out)


def rewrite(file: Path, old: str, new: str) -> None:
    """Replace text that must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def issues_of(folder: Path) -> list[str]:
    """Return the issues an import raises, and see that it wrote nothing."""
    before = sorted(folder.iterdir())
    with pytest.raises(InputError) as caught:
        brought_in(folder)
    assert before == sorted(folder.iterdir())
    return [str(i) for i in caught.value.issues]


def test_points_keep_their_words(five):
    """Ids, names, coordinates, kinds and capacities come from the source and the mapping."""
    points = brought_in(five).points.set_index("point_id").loc[["A", "B"]]
    expected = [["Station", "LOCKER", 52.41, 16.92], ["Bakery", "RELAY", 52.42, 16.93]]
    assert expected == points[["name", "kind", "lat", "lon"]].to_numpy().tolist()
    assert [True, False] == points["capacity_parcels"].isna().tolist()


def test_returns_as_many_as_asked(five):
    """The mapping's number of returns is drawn, each with coordinates of its own."""
    returns = brought_in(five).returns
    assert (60, 60, 0) == (len(returns), returns["return_id"].nunique(), int(returns["lat"].isna().sum()))


def test_hours_become_windows(five):
    """Two ranges on a Tuesday are two rows of weekday 1, in seconds behind the gate."""
    rewrite(
        five / "mapping.toml",
        "[points]",
        '[points]\nhours = ["monday", "tuesday", "tuesday", "tuesday", "tuesday", "tuesday", "tuesday"]',
    )
    hours = brought_in(five).table("hours").query("point_id == 'B' and weekday == 1")
    assert [(32400, 43200), (50400, 64800)] == list(zip(hours["opens"], hours["closes"], strict=True))


def test_lockers_only_get_compartments(five):
    """Three lockers times three sizes; shops have none."""
    boxes = brought_in(five).table("compartments")
    assert {"A": 18, "D": 18, "E": 18} == boxes.groupby("point_id")["count"].sum().to_dict()


def test_home_zone_per_hub(five):
    """Each hub has a home-pickup zone, for what lockers and shops may not take."""
    points = brought_in(five).points
    assert ["home-HUB01", "home-HUB02"] == points.loc[points["kind"] == "HOME", "point_id"].tolist()


def test_same_seed_same_bytes(five):
    """File, mapping and seed decide every byte of the folder."""
    folders = []
    for out in ("one", "two"):
        import_points(five / "points.csv", five / out, mapping=five / "mapping.toml", seed=8)
        folders.append(
            {f.relative_to(five / out): f.read_bytes() for f in sorted((five / out).rglob("*")) if f.is_file()}
        )
    assert folders[0] == folders[1]


def test_generated_data_is_flagged(five):
    """Network description and PROVENANCE.md say what was never observed."""
    night = brought_in(five)
    assert "Generated, not observed: returns: 60 drawn with seed 3" in night.settings.description
    assert "## Generated or assumed: not observed" in (five / "net" / "PROVENANCE.md").read_text(encoding="utf-8")


def test_every_bad_row_is_named(five):
    """Missing coordinate, duplicate id, unknown kind: row, column, value and next step, all at once."""
    rewrite(five / "points.csv", "A,Station,52.41,", "A,Station,,")
    rewrite(five / "points.csv", "C,Kiosk", "B,Kiosk")
    rewrite(five / "points.csv", "D,Mall,52.39,16.95,box", "D,Mall,52.39,16.95,boxx")
    found = issues_of(five)
    assert 3 == len(found)
    assert found[0].startswith("points.csv row 2, y: found ''; the coordinate is missing")
    assert found[1].startswith("points.csv row 4, code: found 'B'; an earlier row has this name already")
    assert "row 5, sort: found 'boxx'" in found[2] and "did you mean 'box'?" in found[2]


def test_unreadable_hours_are_named(five):
    """A cell that is no list of ranges is an issue of its row and column."""
    rewrite(
        five / "mapping.toml",
        "[points]",
        '[points]\nhours = ["monday", "monday", "monday", "monday", "monday", "monday", "tuesday"]',
    )
    rewrite(five / "points.csv", '"09:00-12:00,14:00-18:00"', "mornings")
    assert ["points.csv row 3, tuesday: found 'mornings'; write HH:MM-HH:MM"] == [
        i.partition(", several")[0] for i in issues_of(five)
    ]


def test_latitude_out_of_range(five):
    """A latitude of 524.1 is no place on earth."""
    rewrite(five / "points.csv", "52.41,", "524.1,")
    assert "points.csv row 2, y: found '524.1'; a coordinate lies between -90 and 90 degrees" in issues_of(five)[0]


def test_skipped_rows_are_counted_and_listed(five):
    """With on_bad_row = "skip" the good rows go in; the bad one is counted and kept with its reason."""
    rewrite(five / "mapping.toml", '"fail"', '"skip"')
    rewrite(five / "points.csv", "A,Station,52.41,", "A,Station,north,")
    summary = import_points(five / "points.csv", five / "net", mapping=five / "mapping.toml")
    rejected = pd.read_csv(five / "net" / "import" / "rejected.csv")
    assert (5, 1) == (summary.rows_read, summary.rows_rejected)
    assert [[2, "y", "north", "a coordinate is a number in degrees"]] == rejected.to_numpy().tolist()
    assert "A" not in set(load_network(five / "net").points["point_id"])


def test_filters_leave_rows_out(five):
    """Rows that do not meet a condition, or lie outside the box, are left out and counted."""
    box = "box = { south = 52.0, north = 52.43, west = 16.0, east = 17.0 }\n"
    keep = '[[source.keep]]\ncolumn = "sort"\nequals = "box"\n'
    rewrite(five / "mapping.toml", 'on_bad_row = "fail"\n', box + keep)
    summary = import_points(five / "points.csv", five / "net", mapping=five / "mapping.toml")
    points = load_network(five / "net").points
    assert (3, ["A", "D"]) == (summary.rows_filtered, points.loc[points["kind"] != "HOME", "point_id"].tolist())


def test_filtered_rows_may_be_bad(five):
    """A row the filters leave out is nobody's concern, whatever it holds."""
    rewrite(five / "mapping.toml", 'on_bad_row = "fail"\n', '[[source.keep]]\ncolumn = "sort"\nis_in = ["box"]\n')
    rewrite(five / "points.csv", "B,Bakery,52.42,", "B,Bakery,nowhere,")
    points = brought_in(five).points
    assert ["A", "D", "E"] == points.loc[points["kind"] == "LOCKER", "point_id"].tolist()


def test_missing_column_suggests(five):
    """A column the mapping names and the file lacks is an issue with the nearest name."""
    rewrite(five / "mapping.toml", 'name = "label"', 'name = "lable"')
    assert [
        "points.csv row 1, lable: the mapping names this column but the file has none; did you mean 'label'?"
    ] == issues_of(five)


def test_carrier_points_get_a_label(five):
    """A point no van goes to is emptied by a carrier over a lane to its hub, and nothing waits there from before."""
    rewrite(five / "mapping.toml", "[hubs]", '[[points.carrier.where]]\ncolumn = "code"\nequals = "E"\n\n[hubs]')
    night = brought_in(five)
    lanes = night.table("lanes").query("from_id == 'E'")
    assert ["CARRIER"] == night.points.query("point_id == 'E'")["emptied_by"].tolist()
    assert [(5.4, 0.81)] == list(zip(lanes["cost_eur_per_parcel"], lanes["cost_eur_per_kg"], strict=True))
    assert "E" not in set(night.table("fill")["point_id"])


def test_semicolons_latin1_and_decimal_comma(five):
    """Delimiter, encoding and decimal sign are the mapping's to say."""
    rows = (five / "points.csv").read_text(encoding="utf-8").replace("Bakery", "Pâtisserie")
    frame = pd.read_csv(pd.io.common.StringIO(rows), dtype=str)
    frame[["y", "x"]] = frame[["y", "x"]].apply(lambda c: c.str.replace(".", ","))
    frame.to_csv(five / "points.csv", sep=";", index=False, encoding="latin-1")
    rewrite(five / "mapping.toml", "[source]\n", '[source]\ndelimiter = ";"\nencoding = "latin-1"\ndecimal = ","\n')
    bakery = brought_in(five).points.set_index("point_id").loc["B"]
    assert ("Pâtisserie", 52.42) == (bakery["name"], bakery["lat"])


def test_wrong_encoding_says_what_to_set(five):
    """A file in another encoding is an issue, not a traceback."""
    (five / "points.csv").write_bytes("code,label,y,x,sort\nA,Café,52.4,16.9,box\n".encode("latin-1"))
    assert "points.csv: is not written in utf-8; set encoding in the mapping, for example latin-1" == issues_of(five)[0]


def test_compressed_and_parquet_give_the_same_points(five):
    """A .csv.gz and a .parquet of the same rows make the same network."""
    frame = pd.read_csv(five / "points.csv", dtype=str)
    frame.to_csv(five / "points.csv.gz", index=False)
    frame.assign(y=frame["y"].astype(float), x=frame["x"].astype(float)).to_parquet(five / "points.parquet")
    nights = [
        brought_in(five, name=n, out=n.replace(".", "-")) for n in ("points.csv", "points.csv.gz", "points.parquet")
    ]
    assert 1 == len({n.hash for n in nights})


def test_geojson_brings_its_own_coordinates(five):
    """A GeoJSON file has its coordinates in its shapes; the mapping names no columns for them."""
    import geopandas

    frame = pd.read_csv(five / "points.csv", dtype=str)
    spots = geopandas.points_from_xy(frame["x"].astype(float), frame["y"].astype(float))
    geopandas.GeoDataFrame(frame.drop(columns=["x", "y"]), geometry=spots, crs=4326).to_file(five / "points.geojson")
    rewrite(five / "mapping.toml", 'lat = "y"\nlon = "x"\n', "")
    points = brought_in(five, name="points.geojson").points.set_index("point_id")
    assert (52.41, 16.92) == (points.at["A", "lat"], points.at["A", "lon"])


def test_existing_folder_is_never_touched(five):
    """A folder that holds anything is refused and left as it is."""
    (five / "net").mkdir()
    (five / "net" / "mine.txt").write_text("mine")
    assert ["net: holds files already, nothing was written; give a new or empty folder"] == issues_of(five)


def test_formats_by_name(five):
    """The command's formats: an unknown one, and points without a mapping, say what to do."""
    for form, sentence in (("pionts", "did you mean 'points'?"), ("points", "add --map mapping.toml")):
        with pytest.raises(InputError, match=sentence):
            import_file(form, five / "points.csv", five / "net")
