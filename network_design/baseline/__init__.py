"""The network as it is, held against the client's books: what deviates, why, and which figures would settle it."""
