"""Compiled comparators for large nights: returns decided one after the other, as the market does."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from routing.decide.scale.settling import way_cost

compiled: Any = numba.njit(cache=True, nogil=True)
ROUNDING = 1e-9
NOWHERE, KEEPS = -2, -1


@compiled
def in_turn(order, link_start, link_block, x_start, x_score, x_place, place_end, place_left, keep_score, keep_left,
            weight, value, slack, profile, share, late, block_start, outcome, hub_days, fixed, per_kg, gain, charge,
            use_start, use_row, use_amount, left, rank_of, way_rank, option, picked):  # fmt: skip
    """Let returns in this order take what scores least and still fits; `place_left` (-1: any number), `left`, `option`
    (-1: KEEP, -2: nowhere) and `picked` change. Returns how many more may keep their item.

    A point scores `x_score`; a way its cost or, where `rank_of` (profiles, outcomes) is not empty, its outcome's rank,
    then `way_rank` (ways,) from 0 to below 1.
    """
    by_rule = len(rank_of) > 0
    for i in order:
        best, option[i], picked[i], place = np.inf, NOWHERE, -1, -1
        if keep_score[i] < np.inf and keep_left > 0:
            best, option[i] = keep_score[i], KEEPS
        for j in range(link_start[i], link_start[i + 1]):
            x_best, x_at, x_in = np.inf, -1, -1
            for x in range(x_start[j], x_start[j + 1]):
                if x_score[x] >= x_best or x_place[x] == NOWHERE:
                    continue
                if x_place[x] < 0:
                    x_best, x_at, x_in = x_score[x], x, -1
                    continue
                for q in range(x_place[x], place_end[x_place[x]]):
                    if place_left[q] != 0:
                        x_best, x_at, x_in = x_score[x], x, q
                        break
            if x_at < 0 or (by_rule and x_best >= best):
                continue
            for w in range(block_start[link_block[j]], block_start[link_block[j] + 1]):
                if by_rule:
                    score = x_best + (rank_of[profile[i], outcome[w]] + way_rank[w]) / 100.0
                else:
                    worth = value[i] * share[profile[i], outcome[w]]
                    score = x_best
                    score += way_cost(w, weight[i], worth, slack[i], late, hub_days, fixed, per_kg, gain, charge)
                if score >= best:
                    continue
                fits = True
                for u in range(use_start[w], use_start[w + 1]):
                    if use_amount[u] > left[use_row[u]] + ROUNDING:
                        fits = False
                        break
                if fits:
                    best, option[i], picked[i], place = score, x_at, w, x_in
        if option[i] == KEEPS:
            keep_left -= 1
        elif option[i] >= 0:
            if place >= 0 and place_left[place] > 0:
                place_left[place] -= 1
            w = picked[i]
            for u in range(use_start[w], use_start[w + 1]):
                left[use_row[u]] -= use_amount[u]
    return keep_left
