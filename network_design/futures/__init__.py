"""One design for several futures: what stands is decided before, what flows after the future is known."""
