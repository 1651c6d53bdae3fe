"""Our own engine: ruin and recreate with local search, for every feature and any size, on both cores.

What is published and what it builds on: slack induction by string removals (Christiaens and Vanden Berghe 2020,
10.1287/trsc.2019.0914), local search after every step on the few stops that changed (Accorsi and Vigo 2021,
10.1287/trsc.2021.1059), constant-time checks of time windows (Vidal et al. 2013, 10.1016/j.cor.2012.07.018). Memory is
linear in stops unless the problem brings a matrix.
"""

from routing.pickup.ruin_recreate.engine import solve

__all__ = ["solve"]
