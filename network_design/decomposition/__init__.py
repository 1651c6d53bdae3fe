"""Prices on what leaves a place make places independent: a bound for the largest designs, and a guide to good ones."""
