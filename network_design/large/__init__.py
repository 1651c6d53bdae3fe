"""Designs too large to be solved as one program: prices, an outline, a first design, and its parts one by one."""
