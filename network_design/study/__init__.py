"""A study of a design network: its futures, the levers it pulls, and what it asks of them."""
