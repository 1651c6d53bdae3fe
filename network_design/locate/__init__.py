"""Pure location problems: which of many sites to open, with a proven gap."""
