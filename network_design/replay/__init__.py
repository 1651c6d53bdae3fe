"""Nights planned on a design: what collecting really costs, beside what the design believes it costs."""
