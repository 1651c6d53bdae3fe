"""Every kind of bad input ends in a sentence that names table, row, column, value and next step."""

from pathlib import Path

import pytest

from retour import InputError, check_network, load_network
from retour.gate.text import MAX_LISTED
from tests.retour.defects import (
    Case,
    added,
    cell,
    content,
    drop,
    every,
    line,
    new_file,
    removed,
    rename,
    setting,
    together,
    without,
)

FILES = (
    Case("a table is missing", removed("sites.csv"), "sites.csv", None, None, ("table is missing", "add it")),
    Case("network.toml is missing", removed("network.toml"), "network.toml", None, None, ("missing", "name =")),
    Case("a table in two formats", new_file("points.parquet", "x"), "points.parquet", None, None,
         ("points.csv is here too", "keep one")),
    Case("a corrupt Parquet file", together(removed("regions.csv"), new_file("regions.parquet", "PAR1 no")),
         "regions.parquet", None, None, ("no readable Parquet", "write it again")),
    Case("a table nobody knows", new_file("retruns.csv", "a,b\n1,2\n"), "retruns.csv", None, None,
         ("no table has this name", "did you mean 'returns'?")),
    Case("a file saved in Latin-1", content("hubs.csv", lambda b: b.replace(b"H2", b"H\xe9")), "hubs.csv", 3, None,
         ("0xE9", "offset", "save as UTF-8")),
    Case("an empty file", content("sizes.csv", lambda b: b""), "sizes.csv", None, None, ("empty", "header")),
    Case("semicolons between cells", content("lanes.csv", lambda b: b.replace(b",", b";")), "lanes.csv", 1, None,
         ("semicolons", "';'", "save with commas")),
    Case("tabs between cells", content("lanes.csv", lambda b: b.replace(b",", b"\t")), "lanes.csv", 1, None,
         ("tabs", "save with commas")),
    Case("a quotation mark left open", line("lanes", 'H1,"S9,1'), "lanes.csv", 6, None, ("never closed", "close")),
    Case("a row too short", line("sizes", "XL,90"), "sizes.csv", 5, None, ("2 cells", "header has 3")),
    Case("a row too long", line("sizes", "XL,90,5,30"), "sizes.csv", 5, None, ("4 cells", "decimal point")),
    Case("a column named twice", content("sizes.csv", lambda b: b.replace(b"max_weight_kg", b"max_weight_kg,size")
         .replace(b"5\n", b"5,S\n").replace(b"10\n", b"10,M\n").replace(b",25,S", b",25,L")), "sizes.csv", 1, "size",
         ("twice", "keep one")),
    Case("a column without a name", content("hubs.csv", lambda b: b.replace(b"\n", b",x\n").replace(b",x", b",", 1)),
         "hubs.csv", 1, None, ("column 6", "no name", "remove")),
    Case("a header and nothing else", content("sizes.csv", lambda b: b.split(b"\n")[0] + b"\n"), "sizes.csv",
         None, None, ("holds 0 rows", "at least 1")),
)  # fmt: skip

COLUMNS = (
    Case("a column is missing", drop("processes", "cost_eur"), "processes.csv", None, "cost_eur",
         ("missing", "EUR/item")),
    Case("a misspelt column", rename("points", "capacity_parcels", "capacity_parcel"), "points.csv", 1,
         "capacity_parcel", ("did you mean 'capacity_parcels'?",)),
    Case("a column in another unit", rename("vehicles", "max_duration_h", "max_duration_min"), "vehicles.csv", 1,
         "max_duration_min", ("counts in h", "convert", "'max_duration_h'")),
    Case("an empty required cell", cell("processes", 3, "cost_eur", ""), "processes.csv", 3, "cost_eur",
         ("empty", "0 or more (EUR/item)")),
    Case("text in the place of a number", cell("returns", 3, "weight_kg", "light"), "returns.csv", 3, "weight_kg",
         ("'light'", "must be a number", "kg")),
    Case("a decimal comma", cell("returns", 3, "weight_kg", "0,4"), "returns.csv", 3, "weight_kg",
         ("'0,4'", "decimal comma", "0.4")),
    Case("NaN", cell("returns", 2, "value_eur", "NaN"), "returns.csv", 2, "value_eur", ("'NaN'", "give the value")),
    Case("infinity", cell("regions", 2, "speed_kmh", "inf"), "regions.csv", 2, "speed_kmh", ("'inf'", "number")),
    Case("half a van", cell("vehicles", 2, "count", "1.5"), "vehicles.csv", 2, "count", ("'1.5'", "whole number")),
    Case("a date the wrong way round", cell("returns", 2, "requested_on", "20/11/2026"), "returns.csv", 2,
         "requested_on", ("'20/11/2026'", "YYYY-MM-DD")),
    Case("a day that does not exist", cell("returns", 2, "requested_on", "2026-11-31"), "returns.csv", 2,
         "requested_on", ("'2026-11-31'",)),
    Case("a moment with a time zone", cell("returns", 3, "ready_at", "2026-11-23T09:00+01:00"), "returns.csv", 3,
         "ready_at", ("local date and time",)),
    Case("a time of day that is none", cell("vehicles", 2, "shift_start", "8h30"), "vehicles.csv", 2, "shift_start",
         ("'8h30'", "HH:MM")),
    Case("a flag that is none", cell("returns", 4, "damaged_battery", "maybe"), "returns.csv", 4, "damaged_battery",
         ("'maybe'", "true or false")),
    Case("a negative capacity", cell("points", 3, "capacity_parcels", "-40"), "points.csv", 3, "capacity_parcels",
         ("-40", "0 or more (parcel)")),
    Case("a value above its limit", cell("returns", 2, "weight_kg", "1200"), "returns.csv", 2, "weight_kg",
         ("1200", "to 1000 (kg)")),
    Case("a latitude beyond the pole", cell("hubs", 3, "lat", "487"), "hubs.csv", 3, "lat", ("487", "-90 to 90")),
    Case("an unknown word", cell("points", 3, "kind", "RELAI"), "points.csv", 3, "kind",
         ("'RELAI'", "RELAY, LOCKER", "did you mean 'RELAY'?")),
    Case("an unknown tag", cell("points", 3, "refuses", "BATTERY;WOOD"), "points.csv", 3, "refuses",
         ("'WOOD'", "TEXTILE")),
    Case("KEEP as a process", cell("processes", 5, "outcome", "KEEP"), "processes.csv", 5, "outcome", ("'KEEP'",)),
    Case("a repeated id", cell("returns", 4, "return_id", "R1"), "returns.csv", 4, "return_id",
         ("'R1' stands in row 2 already", "rename")),
    Case("a repeated combination", line("lanes", "H1,S1,3"), "lanes.csv", 6, None, ("'H1'", "'S1'", "row 3 already")),
    Case("an unknown reference", cell("returns", 4, "point_id", "P11"), "returns.csv", 4, "point_id",
         ("unknown id 'P11'", "points", "did you mean 'P1'?")),
    Case("an unknown class in a list", cell("processes", 3, "classes", "phone;phones"), "processes.csv", 3, "classes",
         ("'phones'", "did you mean 'phone'?")),
)  # fmt: skip

PLACES = (
    Case("swapped coordinates of a point", together(cell("points", 3, "lat", "2.36"), cell("points", 3, "lon", "48.9")),
         "points.csv", 3, "lat", ("2.36", "48.9", "swap the two")),
    Case("swapped coordinates of a return", together(cell("returns", 2, "lat", "2.3"), cell("returns", 2, "lon", "49")),
         "returns.csv", 2, "lat", ("2.3", "49", "swap the two")),
    Case("a point in the Gulf of Guinea", together(cell("points", 4, "lat", "0"), cell("points", 4, "lon", "0")),
         "points.csv", 4, "lat", ("latitude 0", "real coordinates")),
    Case("a hub and a site of one name", together(
        cell("sites", 3, "site_id", "H2"), cell("processes", 5, "site_id", "H2"), cell("lanes", 4, "to_id", "S1"),
        without("lanes", 4)), "sites.csv", 3, "site_id", ("'H2'", "hubs too", "different names")),
    Case("a window closing before opening", cell("points", 3, "closes", "08:00"), "points.csv", 3, "closes",
         ("08:00", "09:00", "must close later")),
    Case("a weekday closing before opening", cell("hours", 3, "closes", "13:00"), "hours.csv", 3, "closes",
         ("13:00", "14:00")),
    Case("overlapping hours", cell("hours", 3, "opens", "11:00"), "hours.csv", 3, "opens",
         ("Monday from 11:00", "until 12:00", "merge")),
    Case("compartments of a relay", line("compartments", "P2,S,4"), "compartments.csv", 5, "point_id",
         ("'P2' is a RELAY", "remove the row")),
    Case("a locker without compartments", together(every("compartments", "count", "0"), without("fill", 2, 3)),
         "compartments.csv", 2, "count", ("'P1' has 0 compartments", "give its counts")),
    Case("a point more than overfull", cell("fill", 4, "parcels", "81"), "fill.csv", 4, "parcels",
         ("81 parcels", "holds 40", "200%")),
    Case("sizes out of order", cell("sizes", 3, "volume_l", "70"), "sizes.csv", 4, "volume_l",
         ("'L' (60 litres", "follows 'M' (70", "small to large")),
    Case("two sizes alike", cell("sizes", 3, "volume_l", "5"), "sizes.csv", 3, "volume_l", ("follows 'S'",)),
)  # fmt: skip

MOVEMENT = (
    Case("a van point without a hub", cell("points", 3, "hub_id", ""), "points.csv", 3, "hub_id",
         ("'P2'", "name its hub")),
    Case("a hub without vans", cell("vehicles", 2, "count", "0"), "hubs.csv", 2, "hub_id",
         ("'H1' empties 3 points", "0 vans", "vehicles")),
    Case("a shift that ends before it starts", cell("vehicles", 2, "shift_end", "07:00"), "vehicles.csv", 2,
         "shift_end", ("08:00 to 07:00", "within 24 hours")),
    Case("a shift of more than a day", cell("vehicles", 2, "shift_end", "33:00"), "vehicles.csv", 2, "shift_end",
         ("within 24 hours",)),
    Case("a paid time longer than the shift", cell("vehicles", 2, "max_duration_h", "9"), "vehicles.csv", 2,
         "max_duration_h", ("9 h", "lasts 8 h")),
    Case("overtime after an unknown limit",
         together(drop("vehicles", "max_duration_h"), cell("vehicles", 2, "max_overtime_h", "2")),
         "vehicles.csv", 2, "max_overtime_h", ("2 h of overtime", "max_duration_h", "is empty")),
    Case("a price of overtime without any", cell("vehicles", 2, "overtime_per_hour_eur", "9"), "vehicles.csv", 2,
         "overtime_per_hour_eur", ("9 EUR/h", "no overtime", "max_overtime_h")),
    Case("an end of the night that is no place", cell("vehicles", 2, "starts_at", "G7"), "vehicles.csv", 2,
         "starts_at", ("unknown id 'G7'", "garages or hubs")),
    Case("an end of the night at a point", cell("vehicles", 2, "ends_at", "P1"), "vehicles.csv", 2,
         "ends_at", ("'P1' stands in points", "garages or hubs")),
    Case("a break as long as the time before it", added("breaks", "vehicle_type_id,duration_min,within_h", "V1,45,0.5"),
         "breaks.csv", 2, "duration_min", ("45 min within 0.5 h (30 min)", "shorter")),
    Case("a break of no van", added("breaks", "vehicle_type_id,duration_min,within_h", "V9,45,6"), "breaks.csv", 2,
         "vehicle_type_id", ("unknown id 'V9'", "vehicles")),
    Case("a break of hours", added("breaks", "vehicle_type_id,duration_min,within_h", "V1,2700,4.5"), "breaks.csv", 2,
         "duration_min", ("2700", "720")),
    Case("a garage named like a hub", added("garages", "garage_id,lat,lon", "H1,45.75,4.85"), "garages.csv", 2,
         "garage_id", ("'H1' is a name in hubs too",)),
    Case("a garage in the sea", added("garages", "garage_id,lat,lon", "G1,0,0"), "garages.csv", 2, "lat",
         ("latitude 0 and longitude 0",)),
    Case("a carrier point without a lane", together(cell("lanes", 2, "from_id", "P2")), "points.csv", 4, "emptied_by",
         ("'P3'", "no lane", "lanes")),
    Case("a hub that leads nowhere", without("lanes", 5), "hubs.csv", 3, "hub_id", ("'H2'", "no lane", "to a site")),
    Case("a lane to itself", line("lanes", "H1,H1,1"), "lanes.csv", 6, "to_id", ("'H1' to itself",)),
    Case("a lane from a site", line("lanes", "S1,H1,1"), "lanes.csv", 6, "from_id",
         ("'S1' stands in sites", "points or hubs")),
    Case("a lane past the hubs", line("lanes", "P3,S1,1"), "lanes.csv", 6, "to_id", ("straight to site 'S1'",)),
    Case("a site that does nothing", line("sites", "S3,48.6,2.4,"), "sites.csv", 4, "site_id",
         ("'S3' has no process",)),
    Case("an unknown emission line", cell("vehicles", 2, "emission_line", "van_deisel"), "vehicles.csv", 2,
         "emission_line", ("'van_deisel'", "did you mean 'van_diesel'?")),
    Case("an unknown rate", cell("rates", 2, "rate_id", "stop_parks"), "rates.csv", 2, "rate_id",
         ("unknown rate 'stop_parks'", "did you mean 'stop_park_s'?")),
    Case("a rate in another unit", cell("rates", 2, "unit", "min"), "rates.csv", 2, "unit",
         ("'min'", "must be 's'", "convert")),
    Case("a road shorter than the air", cell("travel", 2, "distance_m", "7"), "travel.csv", 2, "distance_m",
         ("7 m", "'H1' to 'P1'", "crow flies")),
    Case("minutes in the place of seconds", cell("travel", 2, "duration_s", "15"), "travel.csv", 2, "duration_s",
         ("15 s", "200 km/h", "give seconds")),
    Case("a need that no van meets",
         together(cell("vehicles", 2, "offers", "low_emission"), cell("points", 2, "needs", "low_emision;tail_lift")),
         "points.csv", 2, "needs", ("low_emision;tail_lift", "no van type of hub 'H1'", "did you mean 'low_emission'")),
    Case("a group of two hubs",
         together(line("vehicles", "V2,H2,1,120,08:00,16:00,"), cell("points", 3, "hub_id", "H2"),
                  cell("points", 2, "same_van", "keys"), cell("points", 3, "same_van", "keys")),
         "points.csv", 3, "same_van", ("'keys'", "hub 'H1'", "'H2'")),
    Case("parcels brought to a point that a carrier empties",
         added("deliveries", "point_id,parcels,volume_l,weight_kg", "P3,3,30,5"), "deliveries.csv", 2, "point_id",
         ("'P3'", "emptied by CARRIER", "let a VAN")),
)  # fmt: skip

GOODS = (
    Case("an unknown reason", cell("returns", 2, "reason", "poor_fitt"), "returns.csv", 2, "reason",
         ("'poor_fitt'", "did you mean 'poor_fit'?")),
    Case("odds that do not sum to one", cell("grade_odds", 3, "probability", "0.2"), "grade_odds.csv", 2,
         "probability", ("'shoes'", "sum to 0.95", "must be 1")),
    Case("neither grade nor odds", cell("returns", 2, "grade", ""), "returns.csv", 2, "grade",
         ("'shoes' with reason 'poor_fit'", "give the grade or the odds")),
    Case("neither point nor coordinates", cell("returns", 3, "lon", ""), "returns.csv", 3, "lat", ("'R2'", "point_id")),
    Case("a battery at a point that refuses it", cell("returns", 5, "point_id", "P2"), "returns.csv", 5, "point_id",
         ("'R4'", "'P2'", "refuses BATTERY")),
    Case("a parcel too heavy for its point", cell("returns", 4, "weight_kg", "21"), "returns.csv", 4, "weight_kg",
         ("21 kg", "'P1'", "takes 20 kg")),
    Case("a damaged battery in a locker", cell("returns", 4, "damaged_battery", "true"), "returns.csv", 4, "point_id",
         ("damaged battery", "LOCKER", "ADR")),
    Case("asked back before it was bought", cell("returns", 2, "purchased_on", "2026-11-21"), "returns.csv", 2,
         "requested_on", ("2026-11-20", "before purchased_on 2026-11-21")),
    Case("delivered before it was bought", cell("returns", 2, "delivered_on", "2026-11-01"), "returns.csv", 2,
         "delivered_on", ("2026-11-01", "before purchased_on 2026-11-02")),
    Case("asked back before it was delivered", cell("returns", 2, "delivered_on", "2026-11-22"), "returns.csv", 2,
         "requested_on", ("2026-11-20", "before delivered_on 2026-11-22")),
    Case("a request in the future", cell("returns", 2, "requested_on", "2062-11-20"), "returns.csv", 2,
         "requested_on", ("2062-11-20", "after tonight 2026-11-23")),
    Case("history in the future", cell("arrivals", 3, "date", "2062-11-20"), "arrivals.csv", 3, "date",
         ("2062-11-20", "after tonight")),
    Case("ready in another century", cell("returns", 3, "ready_at", "2126-11-23T09:00"), "returns.csv", 3, "ready_at",
         ("2126-11-23T09:00", "60 days")),
    Case("a country in words", cell("returns", 2, "country", "France"), "returns.csv", 2, "country",
         ("'France'", "two capital letters")),
    Case("a class without recovery values", line("item_classes", "toys,,0.01,3"), "item_classes.csv", 4, "class_id",
         ("'toys'", "recovery_values")),
    Case("a class nobody processes", together(cell("processes", 2, "classes", "phone"), without("processes", 5),
         without("lanes", 4), without("sites", 3)), "returns.csv", 2, "class_id",
         ("'shoes'", "OUTLET, RESTOCK", "processes")),
)  # fmt: skip

SETTINGS = (
    Case("no TOML", setting("policy.toml", "[refund]", "[refund"), "policy.toml", 18, None, ("no valid TOML",)),
    Case("settings in Latin-1", content("network.toml", lambda b: b.replace(b"small", b"sm\xe9ll")), "network.toml",
         None, None, ("0xE9", "save as UTF-8")),
    Case("an unknown setting", setting("policy.toml", "max_value_eur", "max_valeu_eur"), "policy.toml", None,
         "keep.max_valeu_eur", ("no such setting", "did you mean 'max_value_eur'?")),
    Case("a setting of the wrong type", setting("policy.toml", "days = 14", 'days = "two weeks"'), "policy.toml", None,
         "windows, 1st entry, days", ('"two weeks"', "whole number")),
    Case("a setting below its limit", setting("policy.toml", "max_value_eur = 15.0", "max_value_eur = -3"),
         "policy.toml", None, "keep.max_value_eur", ("found -3; must be 0 or more",)),
    Case("an outcome nobody knows", setting("policy.toml", '"RESTOCK"', '"RESELL"'), "policy.toml", None,
         "outcomes.allowed, 1st entry", ('"RESELL"', "'RESTOCK'")),
    Case("a cutoff that is no time", setting("policy.toml", 'cutoff = "18:00"', 'cutoff = "6 pm"'), "policy.toml",
         None, "service.cutoff", ('"6 pm"', "HH:MM")),
    Case("a reason in both trees", setting("policy.toml", 'claim = ["defective"', 'claim = ["poor_fit", "defective"'),
         "policy.toml", None, "reasons", ("poor_fit", "both trees")),
    Case("store credit only", setting("policy.toml", "store_credit_only = false", "store_credit_only = true"),
         "policy.toml", None, None, ("money back", "2011/83/EU")),
    Case("a withdrawal settled by an exchange",
         setting("policy.toml", 'offered_for = ["', 'offered_for = ["poor_fit", "'), "policy.toml", None, None,
         ("poor_fit", "must offer money back", "2011/83/EU")),
    Case("an exchange for an unknown reason", setting("policy.toml", 'offered_for = ["', 'offered_for = ["brokken", "'),
         "policy.toml", None, "exchange.offered_for", ("unknown reason 'brokken'",)),
    Case("an outcome on two steps", setting("policy.toml", '["PARTS"]', '["PARTS", "DONATE"]'),
         "policy.toml", None, "outcomes", ("DONATE", "one step")),
    Case("a window for an unknown class", setting("policy.toml", "days = 14", 'days = 14\nclass_id = "shoe"'),
         "policy.toml", None, "windows, 1st entry, class_id", ("'shoe'", "did you mean 'shoes'?")),
    Case("no name", setting("network.toml", 'name = "small"', ""), "network.toml", None, "name", ("missing", "add it")),
    Case("no night", setting("network.toml", 'tonight = "2026-11-23"', ""), "network.toml", None, "tonight",
         ("no night to plan", "give a date")),
    Case("a night that does not exist", setting("network.toml", "2026-11-23", "2026-11-31"), "network.toml", None,
         "tonight", ("'2026-11-31'", "no such day")),
    Case("another currency", setting("network.toml", 'currency = "EUR"', 'currency = "CHF"'), "network.toml", None,
         "currency", ('"CHF"', "convert")),
)  # fmt: skip

CASES = (*FILES, *COLUMNS, *PLACES, *MOVEMENT, *GOODS, *SETTINGS)


def everything_in(folder: Path) -> dict[str, bytes]:
    """Names and bytes of every file below a folder."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_the_small_network_is_sound(small_network):
    """The network that every case starts from has no defect of its own."""
    assert [] == check_network(small_network)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.defect)
def test_a_defect_is_one_issue_that_says_where_and_what(case, small_network):
    """Each defect is one issue with table, row and column, the value found and the next step."""
    case.edit(small_network)
    before = everything_in(small_network.parent)
    with pytest.raises(InputError) as refused:
        load_network(small_network)
    issues = refused.value.issues
    assert [(case.table, case.row, case.column)] == [(i.table, i.row, i.column) for i in issues], issues
    assert [] == [words for words in case.says if words not in issues[0].message], issues[0].message
    assert before == everything_in(small_network.parent)


def test_checking_tells_what_loading_would(small_network):
    """Checking returns the issues that loading raises, and bad data has its own exit code."""
    PLACES[4].edit(small_network)
    with pytest.raises(InputError) as refused:
        load_network(small_network)
    assert (3, refused.value.issues) == (refused.value.exit_code, tuple(check_network(small_network)))


def test_every_defect_is_told_at_once(small_network):
    """Defects of many sorts come together, none hides another."""
    cases = (*COLUMNS[3:6], *PLACES[6:9], *MOVEMENT[2:3], *MOVEMENT[7:9], SETTINGS[4])
    for case in cases:
        case.edit(small_network)
    found = {(i.table, i.column) for i in check_network(small_network)}
    assert {(case.table, case.column) for case in cases} <= found


def test_a_repeated_defect_is_listed_up_to_a_limit(small_network):
    """A column that is wrong throughout is listed for some rows, then counted."""
    ids = "".join(f"R{i},shoes,poor_fit,48.86,2.35,,6,-1,80,A,,2026-11-20,\n" for i in range(100, 150))
    line("returns", ids.rstrip("\n"))(small_network)
    issues = check_network(small_network)
    assert MAX_LISTED + 1 == len(issues)
    assert [6, 7] == [issue.row for issue in issues[:2]]
    assert "returns.csv, weight_kg: and 30 more rows with the same defect" == str(issues[-1])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such folder"),
        (lambda path: path.mkdir(), "holds no CSV or Parquet file"),
        (lambda path: path.write_text("x"), "is no network"),
    ],
    ids=["nothing there", "an empty folder", "a file of no known type"],
)
def test_a_path_that_is_no_network(make, says, tmp_path):
    """A path that cannot be a network is refused in one sentence."""
    path = tmp_path / "night"
    make(path)
    with pytest.raises(InputError, match=says):
        load_network(path)


def test_a_workbook_that_is_none(tmp_path):
    """A damaged workbook is refused in one sentence."""
    (tmp_path / "night.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (issue,) = check_network(tmp_path / "night.xlsx")
    assert "night.xlsx" == issue.table
    assert "no readable Excel workbook" in issue.message


def test_rows_are_counted_as_a_spreadsheet_shows_them(small_network):
    """Empty lines and rows of commas are no defects, and the rows after them keep their numbers."""
    content("sizes.csv", lambda text: text.replace(b"M,15", b"\n,,\nM,-15"))(small_network)
    issues = check_network(small_network)
    assert [("sizes.csv", 5, "volume_l")] == [(i.table, i.row, i.column) for i in issues if "-15" in i.message][:1]
