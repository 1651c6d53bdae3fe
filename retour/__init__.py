"""The language of returns: nouns, tables, money, carbon and travel."""
