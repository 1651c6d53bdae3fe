"""Readers of the standard formats of location problems."""
