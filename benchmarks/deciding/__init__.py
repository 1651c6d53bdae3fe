"""Deciding where returns go, measured: ours, general solvers on the same linear program, and simple rules."""
