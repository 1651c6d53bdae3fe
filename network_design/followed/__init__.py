"""What arises is followed through small places to large ones: the tightest bound of a large design."""
