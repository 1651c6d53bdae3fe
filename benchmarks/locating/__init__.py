"""Location problems, measured: our solvers and general ones on the same standard files."""
