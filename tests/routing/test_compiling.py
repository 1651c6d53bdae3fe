"""Kernels kept beside their sources: what is compiled once for all, and what is compiled anew."""

import importlib.util
import os

import numpy as np

from routing.compiling import digest_of

SOURCE = '''
from pathlib import Path

from routing.compiling import kept_with

compiled = kept_with(Path(__file__).parent)


@compiled
def doubled(number):
    return 2 * number


@compiled
def all_doubled(short):
    return doubled(1) + doubled(2) + doubled(number=3) + doubled(short[0]) + doubled(len(short))


@compiled
def halved(amount):
    return doubled(amount) / 4.0
'''


def module_of(folder):
    """The kernels, written to a folder and imported from there."""
    path = folder / "kernels.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("kernels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_compilation_serves_every_whole_number(tmp_path):
    """Constants, short and long numbers share one compiled function; other types have their own."""
    kernels = module_of(tmp_path)
    assert 2 * (1 + 2 + 3 + 4 + 1) == kernels.all_doubled(np.array([4], dtype=np.int32))
    assert 1 == len(kernels.doubled.signatures)
    assert 2.5 == kernels.halved(5.0)
    assert 2 == len(kernels.doubled.signatures)


def test_a_changed_neighbour_counts(tmp_path):
    """The digest that keeps compiled code valid covers every source of every folder named."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "a.py").write_text("1")
    before = digest_of(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "b.py").write_text("2")
    after = digest_of(tmp_path / "one", tmp_path / "two")
    assert before != after
    os.utime(tmp_path / "two" / "b.py", (1, 1))
    assert after == digest_of(tmp_path / "one", tmp_path / "two")
