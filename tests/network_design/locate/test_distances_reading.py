"""Promises of the readers of pmed and TSPLIB files: figures as the literature counts them, defects all at once."""

import gzip

import numpy as np
import pytest

from network_design.locate.reading.distances import read
from network_design.locate.reading.opening import MissingOption, instance_name, read_text
from retour.errors import InputError

PMED = "4 4 2\n1 2 10\n2 3 5\n1 2 3\n3 4 1\n"
TSPLIB = """NAME : corner
TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 1 1
3 1.0e+01 0
EOF
"""


def written(folder, text, name="file"):
    """A file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def all_distances(problem):
    """Customers in rows, sites in columns."""
    return problem.distances.between(customers=slice(None), sites=slice(None)).tolist()


def issues_of(path, **options):
    """What is wrong with a file, in sentences."""
    with pytest.raises(InputError) as raised:
        read(path, **{"kind": "pmedian", **options})
    return [str(issue) for issue in raised.value.issues]


def test_of_an_edge_given_twice_the_last_counts(tmp_path):
    """1-2 is 3 long, not 10; then shortest paths: 1-3 is 3 + 5, 1-4 is 3 + 5 + 1."""
    problem = read(written(tmp_path, PMED), kind="pmedian")
    assert [0.0, 3.0, 8.0, 9.0] == all_distances(problem)[0]
    assert (2, 2, True) == (problem.least_sites, problem.most_sites, problem.costs_are_whole)


def test_points_are_rounded_down(tmp_path):
    """1.41 counts as 1, 9.06 as 9."""
    problem = read(written(tmp_path, TSPLIB), kind="pmedian", p=1)
    assert [[0.0, 1.0, 10.0], [1.0, 0.0, 9.0], [10.0, 9.0, 0.0]] == all_distances(problem)


def test_gzipped_and_plain_are_the_same(tmp_path):
    """Told by the content, whatever the name."""
    plain = read(written(tmp_path, PMED, "a.txt"), kind="pmedian")
    (tmp_path / "a.gz").write_bytes(gzip.compress(PMED.encode()))
    packed = read(tmp_path / "a.gz", kind="pmedian")
    assert all_distances(plain) == all_distances(packed)
    assert ("a", "a", "b") == (plain.name, packed.name, instance_name("b.txt.gz"))


def test_p_may_be_overridden_and_must_be_somewhere(tmp_path):
    """A pmed file has one of its own, TSPLIB has none, covering needs a radius too."""
    assert 3 == read(written(tmp_path, PMED), kind="pmedian", p=3).open_count
    for options, missing in (({"kind": "pmedian"}, "--p"), ({"kind": "mclp", "p": 2}, "--radius")):
        with pytest.raises(MissingOption) as raised:
            read(written(tmp_path, TSPLIB), **options)
        assert missing == raised.value.option


def test_more_sites_than_there_are(tmp_path):
    """Named with the limit."""
    assert ["file, p: 5 sites to open, of 4; take 1 to 4."] == issues_of(written(tmp_path, PMED), p=5)


def test_every_defect_of_a_graph_comes_back(tmp_path):
    """Each with its line."""
    text = "4 6 2\n1 2\n1 9 3\n1 2 -3\n3 x 1\n"
    assert [
        "file row 2: '1 2' is no edge; write two nodes and a length.",
        "file row 3: node 9 does not exist; they go from 1 to 4.",
        "file row 4: length -3 is negative; it must be 0 or more.",
        "file row 5: '3 x 1' is no edge; write two nodes and a length.",
        "file row 1, edges: 6 edges are announced, 4 follow.",
    ] == issues_of(written(tmp_path, text))


def test_every_defect_of_points_comes_back(tmp_path):
    """Each with its section and line, those of the header too."""
    text = TSPLIB.replace("2 1 1", "2 1 one").replace("3 1.0e+01", "1 1.0e+01").replace("EUC_2D", "GEO")
    assert [
        "file NODE_COORD_SECTION row 7: '2 1 one' is no point; write node, x and y.",
        "file NODE_COORD_SECTION row 8: node 1 comes twice; leave one out.",
        "file row 4, EDGE_WEIGHT_TYPE: 'GEO' is not read here; EUC_2D is.",
    ] == issues_of(written(tmp_path, text), p=1)


@pytest.mark.parametrize("text", ["", "hello\n", "1.5 2 3\n", "-4 0 1\n"])
def test_what_is_neither_format_says_what_would_be(tmp_path, text):
    """The sentence names both."""
    (issue,) = issues_of(written(tmp_path, text))
    assert "a pmed file begins with nodes, edges and p; a TSPLIB file has a NODE_COORD_SECTION." in issue


def test_what_cannot_be_read_says_why(tmp_path):
    """No file, a damaged archive, no text."""
    (tmp_path / "cut.gz").write_bytes(gzip.compress(PMED.encode() * 50)[:-20])
    (tmp_path / "image").write_bytes(bytes([200, 201, 202]))
    for name, reason in (("none", "No such file"), ("cut.gz", "cut short"), ("image", "not text in UTF-8")):
        with pytest.raises(InputError, match=reason):
            read_text(tmp_path / name)


def test_a_radius_is_kept(tmp_path):
    """In the unit of the distances; every customer weighs the same."""
    problem = read(written(tmp_path, TSPLIB), kind="mclp", p=1, radius=2.5)
    assert (2.5, 3.0) == (problem.radius, np.sum(problem.weight))
