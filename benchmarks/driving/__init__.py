"""Driving routes, measured: our engine and its peers on the same instances, for the same wall time, side by side."""
