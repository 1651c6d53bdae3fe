"""New places from demand alone: where they would lie best, proven, as candidates with the attributes of a template."""
