"""Large nights: prices of the shared limits, best responses per partition, auctions for room, an exact core."""
