"""Measurements with a protocol (README.md): the product against its peers. The product imports nothing from here."""
