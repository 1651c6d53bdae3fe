"""The mixed-integer programs that general solvers are given: the strong formulations of the literature, as arrays."""
