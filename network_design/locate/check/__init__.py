"""Independent checkers of location answers: they share nothing with the solvers."""
