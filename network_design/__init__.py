"""The coming years: what to open, where, when and how big."""
