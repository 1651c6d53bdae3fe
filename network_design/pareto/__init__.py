"""Designs none of which is better than another in every aim, and others that cost nearly as little."""
